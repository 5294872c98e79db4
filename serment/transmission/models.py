"""Feuilles de soins on their way: each sheet's state, the lots, the returns. The engine here is a simulator."""

from __future__ import annotations

from django.db import models

from serment.billing.models import Claim
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel


class Lot(TenantModel):
    """Sheets of one fund, sent together. ``message`` is its one identity: sent twice, it is received once.

    The B2 file holds social-security numbers and acts: it is sealed in the billing domain, and leaves after three
    months (R7.7), the amounts staying with the claims.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", "à envoyer"
        SENT = "sent", "envoyé"
        ACKNOWLEDGED = "acknowledged", "reçu par la caisse"

    inventory = Inventory(
        purpose=Purpose.CLAIMS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"file": (Category.NIR, Category.HEALTH)},
        recipients=("amo",),
        retention="claims",
        export="none: the claims hold what it says",
        destruction="emptied after three months",
        subject="practice",
    )
    subject_attribute = "practice_id"

    number = models.PositiveIntegerField()
    scheme = models.CharField(max_length=2)
    fund = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PREPARED)
    message = models.CharField(max_length=32)
    file = SealedField(domain=Domain.BILLING, null=True)
    sheets_count = models.PositiveIntegerField(default=0)
    amo_cents = models.IntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "number"], name="lot_number_once"),
            models.UniqueConstraint(fields=["practice_id", "message"], name="lot_message_once"),
        ]


class Sheet(TenantModel):
    """One feuille de soins, beside its claim: `states` says what may follow what."""

    inventory = NO_PERSONAL_DATA

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="sheets")
    lot = models.ForeignKey(Lot, null=True, on_delete=models.PROTECT, related_name="sheets")
    state = models.CharField(max_length=12, default="signed")
    due_on = models.DateField(help_text="last working day to send it (R.161-47 CSS)")
    reject_code = models.CharField(max_length=8, blank=True)
    reject_label = models.CharField(max_length=100, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    signed_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "state"], name="sheet_by_state")]
        constraints = [models.UniqueConstraint(fields=["practice_id", "claim"], name="sheet_once_per_claim")]


class Return(TenantModel):
    """A file that came back: kept sealed, read once; one that does not read waits for a person."""

    inventory = Inventory(
        purpose=Purpose.CLAIMS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"file": (Category.NIR, Category.HEALTH)},
        recipients=("secretary",),
        retention="claims",
        export="none: the claims hold what it says",
        destruction="emptied after three months",
        subject="practice",
    )
    subject_attribute = "practice_id"

    digest = models.CharField(max_length=64)
    file = SealedField(domain=Domain.BILLING, null=True)
    trouble = models.CharField(max_length=300, blank=True)
    transfer = models.CharField(max_length=64, blank=True)
    paid_cents = models.IntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    unmatched = models.JSONField(default=list, help_text="claim numbers that no sheet has")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["practice_id", "digest"], name="return_once")]
