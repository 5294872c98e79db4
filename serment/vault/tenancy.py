"""Every row belongs to a practice, and every query is asked within one.

`TenantModel.objects` filters by the practice of the running request (or command) and refuses to work outside of
one; on PostgreSQL, row-level security repeats the filter underneath (`serment.vault.rls`). `unscoped` is for the
few acts that span practices: finding a session by its token, migrations, verifying every journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, models
from django.db.backends.signals import connection_created

from serment.vault import prepared
from serment.vault.fields import IdField

ALL = "*"
_current: ContextVar[int | None] = ContextVar("practice", default=None)


class NoPractice(RuntimeError):
    """A tenant row was asked for outside of any practice: a programming error, never a user's."""


def current_practice() -> int:
    """Id of the practice at work. Raises NoPractice where there is none."""
    practice_id = _current.get()
    if practice_id is None:
        raise NoPractice("no practice is at work here: wrap the call in using_practice()")
    return practice_id


def current_practice_or_none() -> int | None:
    return _current.get()


def _tell_database(value: str) -> None:
    """Give PostgreSQL the practice for its row policies, once per change on a connection."""
    if connection.vendor != "postgresql" or getattr(connection, "serment_practice", None) == value:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('serment.practice', %s, false)", [value])
    # A rollback would undo the setting, so what was set inside a transaction is not remembered.
    connection.serment_practice = None if connection.in_atomic_block else value


@connection_created.connect
def _forget(sender: Any, connection: Any, **kwargs: Any) -> None:
    connection.serment_practice = None


def enter_practice(practice_id: int) -> None:
    """Work in ``practice_id`` until told otherwise (the request middleware uses this)."""
    _current.set(practice_id)
    _tell_database(str(practice_id))


def leave_practice() -> None:
    _current.set(None)
    _tell_database("")


@contextmanager
def using_practice(practice_id: int) -> Iterator[None]:
    """Work in ``practice_id`` within the block."""
    before = _current.get()
    enter_practice(practice_id)
    try:
        yield
    finally:
        _current.set(before)
        _tell_database("" if before is None else str(before))


@contextmanager
def all_practices() -> Iterator[None]:
    """Let the row policies of PostgreSQL pass every practice within the block (for `unscoped` only)."""
    before = _current.get()
    _tell_database(ALL)
    try:
        yield
    finally:
        _tell_database("" if before is None else str(before))


class _PracticeAtWork(models.Value):
    """The practice as it will be when the query runs: for querysets written outside of any (a form's choices)."""

    def __init__(self) -> None:
        super().__init__(None, output_field=models.BigIntegerField())

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        if prepared.is_preparing():
            return "%s", [_PRACTICE_MARK]
        return "%s", [current_practice()]


class _PracticeMark(prepared.Mark):
    """The practice at work, in a prepared read. Raises NoPractice where there is none."""

    def value(self, values: Any, connection: Any) -> int:
        return current_practice()


_PRACTICE_MARK = _PracticeMark("practice", models.BigIntegerField())


class TenantManager(models.Manager):
    """Rows of the practice at work, and no other. Running such a query outside of any raises NoPractice."""

    def get_queryset(self) -> models.QuerySet:
        practice_id = None if prepared.is_preparing() else _current.get()
        return (
            super()
            .get_queryset()
            .filter(practice_id=_PracticeAtWork() if practice_id is None else practice_id)
        )

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        practice_id, objs = current_practice(), list(objs)  # an iterator would be used up by the first look
        for obj in objs:
            if obj.practice_id is None:
                obj.practice_id = practice_id
        return super().bulk_create(objs, *args, **kwargs)


class TenantModel(models.Model):
    """Base of every model that belongs to a practice: opaque id, practice id, scoped manager."""

    id = IdField(primary_key=True)
    practice_id = models.BigIntegerField(editable=False)

    objects = TenantManager()
    unscoped = models.Manager()

    class Meta:
        abstract = True
        base_manager_name = "unscoped"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.practice_id is None:
            self.practice_id = current_practice()
        super().save(*args, **kwargs)
