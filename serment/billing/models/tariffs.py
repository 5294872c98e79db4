"""Prices that a practitioner confirmed, and their favourite sets of acts."""

from __future__ import annotations

from django.db import models

from serment.practice.models import Practitioner
from serment.vault.inventory import NO_PERSONAL_DATA
from serment.vault.tenancy import TenantModel


class TariffConfirmation(TenantModel):
    """A practitioner read a price marked « à vérifier » and takes it as theirs.

    ``tariff``: the row, with its day, its zone and its amount (`quote.tariffs.key_of`): another price asks again.
    """

    inventory = NO_PERSONAL_DATA

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    tariff = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "practitioner", "tariff"], name="tariff_confirmed_once"
            )
        ]


class ActSet(TenantModel):
    """A practitioner's favourite set of acts, taken up in one gesture. ``acts``: `quote.Act` as JSON, no patient."""

    inventory = NO_PERSONAL_DATA

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    acts = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "practitioner", "name"], name="act_set_name_once")
        ]
