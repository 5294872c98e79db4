"""The chained journal: one row per event, each holding the hash of the one before (référentiel E-TRAC-1, E-TRAC-3)."""

from __future__ import annotations

from django.db import models

from serment.vault.inventory import Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantManager


class Head(models.Model):
    """Where a practice's chain stands. Locked while an event is appended."""

    inventory = "no personal data"
    row_policy = False

    practice_id = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField(default=0)
    digest = models.BinaryField(default=b"")


class Seal(models.Model):
    """What a purge leaves of the events it took: up to which number, and the hash the chain goes on from.

    A seal counts only if the chain itself tells of it (an event `journal.purged` with the same number and hash), so
    that a row added by hand hides nothing.
    """

    inventory = "no personal data"

    practice_id = models.BigIntegerField()
    through_seq = models.BigIntegerField()
    digest = models.BinaryField()
    events = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    objects = TenantManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "through_seq"], name="journal_seal_once")
        ]


class Event(models.Model):
    """Who did what, when, to which row. Never a content: ids and codes only (E-TRAC-1)."""

    inventory = Inventory(
        purpose=Purpose.JOURNAL,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"actor_id": (Category.TRACE,), "subject_id": (Category.TRACE,), "details": (Category.TRACE,)},
        recipients=("owner", "patient"),
        retention="journal",
        export="access history",
        destruction="purge under a seal",
        clear={
            "actor_id": "the journal must be provable without any key",
            "subject_id": "opaque id, no identity",
            "details": "codes and counts only",
        },
    )

    pk = models.CompositePrimaryKey("practice_id", "seq")
    practice_id = models.BigIntegerField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    session_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=48)
    subject_id = models.BigIntegerField(null=True)
    object_id = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)
    digest = models.BinaryField()

    objects = TenantManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [
            models.Index(fields=["practice_id", "subject_id", "seq"], name="event_by_subject"),
            models.Index(fields=["practice_id", "actor_id", "seq"], name="event_by_actor"),
            models.Index(fields=["practice_id", "at"], name="event_by_time"),
        ]
