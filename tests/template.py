"""What tests begin with, built once by the program and laid down again, row for row, for each of them.

Making a practice costs 160 ms of keys and queries and two tests in three begin with one. The rows that its making added
to the database are kept with the objects that stand for them; later tests get the same rows in one INSERT per table and
a copy of the objects of their own. Nothing is shared between tests but the ids and keys.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import connection
from django.utils import timezone

from serment.vault.tenancy import all_practices

T = TypeVar("T")
_Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]
PARAMETERS = 30_000
"""Values in one statement: below the limit of either database."""


class Template(Generic[T]):
    """``lay()`` gives what ``build()`` makes; within a test's transaction ``build`` runs once a day only."""

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._day: date | None = None
        self._made = b""
        self._inserts: list[tuple[str, list[Any]]] = []

    def lay(self) -> T:
        """The objects, and their rows in the database. A test that commits (no transaction around it) builds anew."""
        if not connection.in_atomic_block:
            return self._build()
        if self._day == timezone.localdate():
            with all_practices(), connection.cursor() as cursor:
                for statement, values in self._inserts:
                    cursor.execute(statement, values)
            return pickle.loads(self._made)
        before = _every_row()
        made = self._build()
        self._made = pickle.dumps(made)
        self._inserts = _inserts(before, _every_row())
        self._day = timezone.localdate()
        return made


def _every_row() -> _Rows:
    found: _Rows = {}
    with all_practices(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor]
            found[table] = [column[0] for column in cursor.description], rows
    return found


def _inserts(before: _Rows, after: _Rows) -> list[tuple[str, list[Any]]]:
    """The statements that add what ``after`` has more. Raises AssertionError where a row that was there has changed."""
    quote, statements = connection.ops.quote_name, []
    for table, (columns, rows) in after.items():
        had, has = Counter(map(repr, before[table][1])), Counter(map(repr, rows))
        assert not had - has, f"{table}: a row that was there is changed"
        added = [row for row in rows if repr(row) not in had]
        head = f"INSERT INTO {quote(table)} ({', '.join(map(quote, columns))}) VALUES "
        one = f"({', '.join(['%s'] * len(columns))})"
        step = PARAMETERS // len(columns)
        for start in range(0, len(added), step):
            some = added[start : start + step]
            statements.append((head + ", ".join([one] * len(some)), [v for row in some for v in row]))
    return statements
