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


Groups = Sequence[Sequence[int]]
"""A search: a subject must carry at least one token of every group. Put the rarest first: it drives the join."""


def subjects(groups: Groups, limit: int) -> list[int]:
    """Subjects that carry at least one token of every group, newest first, at most ``limit``: one query."""
    return subjects_by_choice([(groups, limit)])[0]


def subjects_by_choice(choices: Sequence[tuple[Groups, int]]) -> list[list[int]]:
    """The subjects of several searches, each with its own limit: one query for all of them."""
    found: list[list[int]] = [[] for _ in choices]
    parts: list[str] = []
    parameters: list[int] = []
    for number, (groups, limit) in enumerate(choices):
        if groups and all(groups):
            sql, values = _select(groups, limit)
            parts.append(f"SELECT {number} AS choice, subject_id FROM ({sql}) AS c{number}")  # noqa: S608
            parameters += values
    if not parts:
        return found
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        for number, subject_id in cursor.fetchall():
            found[number].append(subject_id)
    # UNION ALL promises no order between rows.
    return [sorted(ids, reverse=True) for ids in found]


def _select(groups: Groups, limit: int) -> tuple[str, list[int]]:
    practice_id = current_practice()
    table = connection.ops.quote_name(IndexToken._meta.db_table)
    sql = [f"SELECT DISTINCT t0.subject_id FROM {table} t0"]  # noqa: S608 (our own table name)
    parameters: list[int] = []
    for number in range(1, len(groups)):
        # CROSS JOIN keeps SQLite from reordering; PostgreSQL reads it as an ordinary join.
        sql.append(f"CROSS JOIN {table} t{number}")
    conditions = []
    for number, group in enumerate(groups):
        marks = ",".join(["%s"] * len(group))
        conditions.append(f"t{number}.practice_id = %s AND t{number}.token IN ({marks})")
        parameters += [practice_id, *group]
        if number:
            conditions.append(f"t{number}.subject_id = t0.subject_id")
    sql.append("WHERE " + " AND ".join(conditions))
    sql.append("ORDER BY t0.subject_id DESC LIMIT %s")
    return " ".join(sql), [*parameters, limit]
