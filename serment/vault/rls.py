"""PostgreSQL row-level security: the practice filter once more, underneath the program.

Installed after every migration on each table with a `practice_id`, so that none can be forgotten. Tables read
before the practice is known (signing in) say so on their model with ``row_policy = False``.
The policy binds the owner of the table too (FORCE); a database superuser is bound by nothing, so do not give the
program a superuser's login (docs/keys.md).
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections

POLICY = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS serment_practice ON {table};
CREATE POLICY serment_practice ON {table}
  USING (current_setting('serment.practice', true) = '*'
         OR practice_id = NULLIF(NULLIF(current_setting('serment.practice', true), ''), '*')::bigint);
"""


def policed_tables() -> list[str]:
    """Names of the tables that carry the policy."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if getattr(model, "row_policy", True)
        and model._meta.managed
        and any(field.name == "practice_id" for field in model._meta.concrete_fields)
    )


def install_policies(sender: Any, using: str = "default", **kwargs: Any) -> None:
    connection = connections[using]
    if connection.vendor != "postgresql" or sender.label != "vault":
        return
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in policed_tables():
            if table in existing:
                cursor.execute(POLICY.format(table=connection.ops.quote_name(table)))
