"""Reads whose SQL is written once.

On this kind of page the ORM spends four times longer writing a query than the database answering it. A prepared
read is an ordinary queryset, built once with `Slot`s where its values go; later runs only fill the slots. The
practice at work is filled in as well, so a prepared read is as scoped as any other (ADR 0007).
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

_preparing: ContextVar[bool] = ContextVar("preparing", default=False)


def is_preparing() -> bool:
    """Whether a prepared read is being written: the practice must stay a slot."""
    return _preparing.get()


class Mark:
    """Stands for a value among the parameters of the written SQL."""

    def __init__(self, name: str, field: models.Field) -> None:
        self.name, self.field = name, field

    def value(self, values: dict[str, Any], connection: Any) -> Any:
        return self.field.get_db_prep_value(values[self.name], connection)


class Slot(models.Value):
    """A value given at each run, of the type of ``field``: ``filter(patient_id=Slot("patient_id"))``."""

    def __init__(self, name: str, field: models.Field | None = None) -> None:
        super().__init__(None, output_field=field or models.BigIntegerField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [Mark(self.name, self.output_field)]


def _twin(thing: Any) -> Any:
    """A shallow copy that asks nothing: `copy.copy` of a queryset would run it."""
    made = object.__new__(type(thing))
    made.__dict__.update(thing.__dict__)
    return made


class Prepared:
    """A queryset whose SQL is kept. ``build`` gives it, with slots, and runs once per kind of database."""

    def __init__(self, build: Callable[[], models.QuerySet]) -> None:
        self._build = build
        self._written: dict[str, tuple[models.QuerySet, Any, str, tuple[Any, ...]]] = {}

    def _write(self, connection: Any) -> tuple[models.QuerySet, Any, str, tuple[Any, ...]]:
        token = _preparing.set(True)
        try:
            queryset = self._build()
            compiler = queryset.query.get_compiler(connection=connection)
            sql, params = compiler.as_sql()
        finally:
            _preparing.reset(token)
        compiler.connection = None  # a connection belongs to its thread
        self._written[connection.vendor] = written = (queryset, compiler, sql, tuple(params))
        return written

    def all(self, **values: Any) -> list[Any]:
        """What the queryset gives with these values. Raises KeyError for a slot left empty, NoPractice."""
        connection = connections[DEFAULT_DB_ALIAS]
        queryset, written, sql, params = self._written.get(connection.vendor) or self._write(connection)
        filled = tuple(p.value(values, connection) if isinstance(p, Mark) else p for p in params)
        compiler = _twin(written)
        compiler.connection = connection
        compiler.as_sql = lambda *args, **kwargs: (sql, filled)
        run = _twin(queryset)
        run._query = _twin(queryset.query)
        run._query.get_compiler = lambda *args, **kwargs: compiler
        return list(run._iterable_class(run))

    def first(self, **values: Any) -> Any:
        """The first row, or None. The queryset should be cut to one."""
        return next(iter(self.all(**values)), None)
