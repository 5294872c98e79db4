"""What is left of an accounting year once its rows have ended by their own rule: sums, of nobody."""

from __future__ import annotations

from django.db import models

from serment.practice.models import Practitioner
from serment.vault.inventory import NO_PERSONAL_DATA
from serment.vault.tenancy import TenantModel


class EndedYear(TenantModel):
    """A practitioner's year whose claims and payments were deleted: its sums, exact to the cent (R7.8)."""

    inventory = NO_PERSONAL_DATA

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    receipts = models.JSONField(
        default=dict, help_text="mode → cents received, reversals and refunds taken off"
    )
    payments = models.PositiveIntegerField(default=0, help_text="rows")
    claims = models.PositiveIntegerField(default=0, help_text="rows")
    claimed_cents = models.BigIntegerField(default=0, help_text="claims not cancelled")
    ended_at = models.DateTimeField(auto_now=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "practitioner", "year"], name="year_ended_once")
        ]

    @property
    def total_cents(self) -> int:
        return sum(self.receipts.values())
