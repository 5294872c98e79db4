"""Claims. Amounts are readable integer cents; the acts are sealed in the billing domain."""

from __future__ import annotations

from django.db import models

from serment.billing.payloads import ClaimPayload
from serment.patients.models import Patient
from serment.practice.models import Practitioner
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel


class Counter(TenantModel):
    """The last number given in a series; its row is held until the transaction ends, so that numbers have no gap.

    Each practitioner keeps accounts of their own: claims are numbered by practitioner and year (whoever billed first
    in the practice under ``practitioner_id`` 0, `numbering.claim_number`), payments, deposit slips and closings by
    practitioner, lots in the practice. ``practitioner_id`` and ``year`` are 0 where they do not count. Kind « series »
    keeps each practitioner's rank.
    """

    class Kind(models.TextChoices):
        CLAIM = "claim", "facture"
        PAYMENT = "payment", "encaissement"
        SLIP = "slip", "remise"
        CLOSING = "closing", "clôture"
        LOT = "lot", "lot de télétransmission"
        SERIES = "series", "série d’un praticien"

    inventory = NO_PERSONAL_DATA

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.CLAIM)
    practitioner_id = models.BigIntegerField(default=0)
    year = models.PositiveSmallIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "kind", "practitioner_id", "year"], name="counter_once_per_series"
            )
        ]


class Claim(TenantModel):
    """What is owed for an encounter. Its states grow with télétransmission (`serment.billing.states`)."""

    inventory = Inventory(
        purpose=Purpose.CLAIMS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"payload": (Category.HEALTH,), "patient_id": (Category.IDENTITY,)},
        recipients=("patient", "secretary", "amo"),
        retention="claims",
        export="number, date, acts, amounts",
        destruction="keys, then rows; amounts stay for the accounts",
        clear={"patient_id": "opaque id; amounts are needed by the till and the accounts without a key"},
    )

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="claims")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="claims")
    encounter_id = models.BigIntegerField(null=True)
    number = models.CharField(max_length=16)
    request_key = models.CharField(
        max_length=32, help_text="one per opened form: a double click makes one claim"
    )
    established_on = models.DateField()
    state = models.CharField(max_length=16, default="established")
    total_cents = models.IntegerField()
    amo_cents = models.IntegerField(default=0)
    amc_cents = models.IntegerField(default=0)
    patient_cents = models.IntegerField()
    excess_cents = models.IntegerField(default=0)
    paid_cents = models.IntegerField(default=0)
    waived_cents = models.IntegerField(default=0, help_text="given up, with a reason (`Allocation`)")
    payload = SealedField(domain=Domain.BILLING, schema=ClaimPayload)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [
            models.Index(fields=["practice_id", "patient", "established_on"], name="claim_by_patient"),
            models.Index(fields=["practice_id", "state", "established_on"], name="claim_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "number"], name="claim_number_once"),
            models.UniqueConstraint(fields=["practice_id", "request_key"], name="claim_once_per_form"),
        ]

    @property
    def balance_cents(self) -> int:
        return 0 if self.state == "cancelled" else self.total_cents - self.paid_cents - self.waived_cents
