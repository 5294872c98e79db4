"""The blind index: write and ask keyed tokens. What a term is (a name prefix, a phone…) is its room's affair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from serment.vault import crypto
from serment.vault.models import IndexToken
from serment.vault.tenancy import current_practice


def tokens(index_key: bytes, terms: Iterable[str]) -> set[int]:
    """Tokens of some terms; a term is ``kind:value`` so that two kinds never meet."""
    return {crypto.token(index_key, term) for term in terms}


def rows(subject_id: int, values: Iterable[int]) -> list[IndexToken]:
    practice_id = current_practice()
    return [IndexToken(practice_id=practice_id, token=value, subject_id=subject_id) for value in values]


def replace(subject_id: int, old: set[int], new: set[int]) -> None:
    """Bring a subject's tokens from ``old`` to ``new``, writing only the difference."""
    if old - new:
        IndexToken.objects.filter(subject_id=subject_id, token__in=old - new).delete()
    IndexToken.objects.bulk_create(rows(subject_id, new - old))


def subjects(groups: Sequence[Sequence[int]], limit: int) -> list[int]:
    """Subjects that carry at least one token of every group, newest first, at most ``limit``: one query.

    Put the rarest group first: it drives the join.
    """
    if not groups or not all(groups):
        return []
    practice_id = current_practice()
    table = connection.ops.quote_name(IndexToken._meta.db_table)
    marks = [",".join(["%s"] * len(group)) for group in groups]
    sql = [f"SELECT DISTINCT t0.subject_id FROM {table} t0"]  # noqa: S608 (our own table name)
    parameters: list[int] = []
    for number in range(1, len(groups)):
        # CROSS JOIN keeps SQLite from reordering; PostgreSQL reads it as an ordinary join.
        sql.append(f"CROSS JOIN {table} t{number}")
    conditions = []
    for number, group in enumerate(groups):
        conditions.append(f"t{number}.practice_id = %s AND t{number}.token IN ({marks[number]})")
        parameters += [practice_id, *group]
        if number:
            conditions.append(f"t{number}.subject_id = t0.subject_id")
    sql.append("WHERE " + " AND ".join(conditions))
    sql.append("ORDER BY t0.subject_id DESC LIMIT %s")
    parameters.append(limit)
    with connection.cursor() as cursor:
        cursor.execute(" ".join(sql), parameters)
        return [row[0] for row in cursor.fetchall()]
