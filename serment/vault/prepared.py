"""Reads whose SQL is written once.

On this kind of page the ORM spends four times longer writing a query than the database answering it. A prepared
read is an ordinary queryset, built once with `Slot`s where its values go; later runs only fill the slots. The
practice at work is filled in as well, so a prepared read is as scoped as any other (ADR 0007).
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable

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


@dataclass(frozen=True)
class Written:
    """What is kept of a read for one kind of database. ``fields``: of a read of whole rows without joins."""

    queryset: models.QuerySet
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    converters: dict[int, Any]
    fields: tuple[str, ...] | None


class Prepared:
    """A queryset whose SQL is kept. ``build`` gives it, with slots, and runs once per kind of database."""

    def __init__(self, build: Callable[[], models.QuerySet]) -> None:
        self._build = build
        self._written: dict[str, Written] = {}

    def _write(self, connection: Any) -> Written:
        token = _preparing.set(True)
        try:
            queryset = self._build()
            compiler = queryset.query.get_compiler(connection=connection)
            sql, params = compiler.as_sql()
        finally:
            _preparing.reset(token)
        converters = compiler.get_converters([column[0] for column in compiler.select])
        compiler.connection = None  # a connection belongs to its thread
        self._written[connection.vendor] = written = Written(
            queryset, compiler, sql, tuple(params), converters, _plain_fields(queryset, compiler)
        )
        return written

    def all(self, **values: Any) -> list[Any]:
        """What the queryset gives with these values. Raises KeyError for a slot left empty, NoPractice."""
        connection = connections[DEFAULT_DB_ALIAS]
        kept = self._written.get(connection.vendor) or self._write(connection)
        filled = tuple(p.value(values, connection) if isinstance(p, Mark) else p for p in kept.params)
        compiler = _twin(kept.compiler)
        compiler.connection = connection
        if kept.fields is not None:
            with connection.cursor() as cursor:
                cursor.execute(kept.sql, filled)
                rows = cursor.fetchall()
            if kept.converters:
                rows = compiler.apply_converters(rows, kept.converters)
            return _instances(kept.queryset.model, connection.alias, kept.fields, rows)
        compiler.as_sql = lambda *args, **kwargs: (kept.sql, filled)
        compiler.get_converters = lambda expressions: kept.converters
        run = _twin(kept.queryset)
        run._query = _twin(kept.queryset.query)
        run._query.get_compiler = lambda *args, **kwargs: compiler
        return list(run._iterable_class(run))

    def first(self, **values: Any) -> Any:
        """The first row, or None. The queryset should be cut to one."""
        return next(iter(self.all(**values)), None)


def _plain_fields(queryset: models.QuerySet, compiler: Any) -> tuple[str, ...] | None:
    """Attribute names of the columns, where a row of the read is a model's row and nothing else."""
    if queryset._iterable_class is not ModelIterable or queryset.query.annotation_select:
        return None
    if compiler.klass_info is None or compiler.klass_info.get("related_klass_infos"):
        return None
    return tuple(column[0].target.attname for column in compiler.select)


def _instances(model: type[models.Model], alias: str, names: tuple[str, ...], rows: Any) -> list[Any]:
    """Rows of the model as `from_db` makes them, without what `__init__` weighs that no column of a row needs.

    A column that was not read is left out, and is read when asked, as after `only()`.
    """
    made = []
    for row in rows:
        instance = object.__new__(model)
        instance._state = state = ModelState()
        state.adding = False
        state.db = alias
        instance.__dict__.update(zip(names, row, strict=True))
        made.append(instance)
    return made
