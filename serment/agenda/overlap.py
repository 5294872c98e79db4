"""The database itself refuses that two appointments of a practitioner overlap (DESIGN §5).

PostgreSQL: an exclusion constraint. SQLite: triggers, under the one-writer-at-a-time lock that every transaction
takes at BEGIN. An appointment that is cancelled or missed holds no slot, nor does one of a type that may overlap.
A length over 24 hours is refused too: it lets the trigger look at one day of the index instead of all of it.

Installed by the first migration and again after each (SQLite drops triggers when a migration rebuilds the table).
"""

from __future__ import annotations

from typing import Any

from django.db import connections

NAME = "agenda_no_overlap"
TOO_LONG = "agenda_too_long"

_SQLITE_RULE = f"""
CREATE TRIGGER IF NOT EXISTS agenda_overlap_{{event}} BEFORE {{when}} ON agenda_appointment
BEGIN
  SELECT RAISE(ABORT, '{TOO_LONG}') WHERE NEW."end" > datetime(NEW.start, '+1 day');
  SELECT RAISE(ABORT, '{NAME}')
  WHERE NEW.exclusive AND NEW.state NOT IN ('cancelled', 'missed') AND EXISTS (
    SELECT 1 FROM agenda_appointment AS other
    WHERE other.practice_id = NEW.practice_id AND other.practitioner_id = NEW.practitioner_id
      AND other.start < NEW."end" AND other.start > datetime(NEW.start, '-1 day') AND other."end" > NEW.start
      AND other.exclusive AND other.state NOT IN ('cancelled', 'missed') AND other.id <> NEW.id
  );
END
"""  # noqa: S608 (constants of this module only)
_SQLITE_EVENTS = {
    "insert": "INSERT",
    "update": 'UPDATE OF practice_id, practitioner_id, start, "end", state, exclusive',
}
_POSTGRESQL = f"""
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE agenda_appointment ADD CONSTRAINT {TOO_LONG} CHECK ("end" <= start + interval '24 hours');
ALTER TABLE agenda_appointment ADD CONSTRAINT {NAME} EXCLUDE USING gist (
  practice_id WITH =, practitioner_id WITH =, tstzrange(start, "end") WITH &&
) WHERE (exclusive AND state NOT IN ('cancelled', 'missed'));
"""


def install(connection: Any) -> None:
    """Put the rule in place if it is not there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for event, when in _SQLITE_EVENTS.items():
                cursor.execute(_SQLITE_RULE.format(event=event, when=when))
        elif connection.vendor == "postgresql":
            cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s", [NAME])
            if cursor.fetchone() is None:
                cursor.execute(_POSTGRESQL)


def install_by_migration(apps: Any, schema_editor: Any) -> None:
    install(schema_editor.connection)


def install_after_migrate(sender: Any, using: str = "default", **kwargs: Any) -> None:
    connection = connections[using]
    if "agenda_appointment" in connection.introspection.table_names():
        install(connection)


def is_overlap(error: Exception) -> bool:
    """Whether an IntegrityError is this rule speaking."""
    return NAME in str(error)
