"""Protocols: ordonnances the practice writes often, without any patient's data."""

from __future__ import annotations

from django.db import models

from serment.vault.inventory import NO_PERSONAL_DATA
from serment.vault.tenancy import TenantModel


class Usage(TenantModel):
    """How often someone prescribes a medicine: what the search puts first. No patient is in it."""

    inventory = NO_PERSONAL_DATA

    owner_id = models.BigIntegerField()
    medicine_key = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "owner_id", "medicine_key"], name="usage_once")
        ]


class Protocol(TenantModel):
    """Named lines, ready to be put on an ordonnance. ``shared``: offered to the whole practice."""

    inventory = NO_PERSONAL_DATA

    label = models.CharField("nom", max_length=80)
    kind = models.CharField(max_length=16, default="medicines")
    lines = models.JSONField(help_text="lines as payloads.Line, without overrides")
    owner_id = models.BigIntegerField()
    shared = models.BooleanField("proposé à tout le cabinet", default=False)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "owner_id", "label"], name="protocol_label_once")
        ]
