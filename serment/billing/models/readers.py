"""Who reads whose accounts, where a practitioner decided otherwise than the rule (`billing.perms`)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from serment.practice.models import Practitioner
from serment.vault.inventory import NO_PERSONAL_DATA
from serment.vault.tenancy import TenantModel


class AccountsReader(TenantModel):
    """A practitioner's word on one person: a colleague who may read their accounts, a helper who may not."""

    inventory = NO_PERSONAL_DATA

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    person_id = models.BigIntegerField()
    allowed = models.BooleanField()
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "person_id", "practitioner"], name="accounts_reader_once"
            )
        ]
