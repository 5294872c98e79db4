"""Claims and payments. Amounts are readable integer cents; the acts are sealed in the billing domain."""

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
    """The last claim number of a year, taken under a lock so that numbers have no gap."""

    inventory = NO_PERSONAL_DATA

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["practice_id", "year"], name="counter_once_per_year")]


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
        return 0 if self.state == "cancelled" else self.total_cents - self.paid_cents


class Payment(TenantModel):
    """Money received. Never edited nor deleted: a mistake is reversed by a payment of the opposite amount."""

    class Mode(models.TextChoices):
        CARD = "card", "carte bancaire"
        CHEQUE = "cheque", "chèque"
        CASH = "cash", "espèces"
        TRANSFER = "transfer", "virement"

    inventory = Inventory(
        purpose=Purpose.ACCOUNTING,
        basis=Basis.LEGITIMATE_INTEREST,
        fields={"claim_id": (Category.IDENTITY,)},
        recipients=("accounting",),
        retention="accounts",
        export="date, mode, amount",
        destruction="with the accounts",
        clear={"claim_id": "opaque id"},
    )

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="payments")
    amount_cents = models.IntegerField()
    mode = models.CharField(max_length=10, choices=Mode.choices)
    request_key = models.CharField(max_length=32)
    reverses = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="reversals")
    received_at = models.DateTimeField(auto_now_add=True)
    received_by = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "received_at"], name="payment_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "request_key"], name="payment_once_per_form")
        ]


class TillClosing(TenantModel):
    """A day's till, closed: its totals are signed, numbered without a gap, and never edited. A mistake found later is
    reversed on the day it is found.
    """

    inventory = NO_PERSONAL_DATA

    number = models.PositiveIntegerField()
    day = models.DateField()
    totals = models.JSONField(help_text="mode → cents")
    total_cents = models.IntegerField()
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the day's payments, in order")
    closed_at = models.DateTimeField(auto_now_add=True)
    author_id = models.BigIntegerField()
    signature = models.BinaryField()
    signer_id = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "day"], name="till_closed_once"),
            models.UniqueConstraint(fields=["practice_id", "number"], name="till_number_once"),
        ]


class TariffConfirmation(TenantModel):
    """A practitioner read a price marked « à vérifier » and takes it as theirs."""

    inventory = NO_PERSONAL_DATA

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    tariff_id = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "practitioner", "tariff_id"], name="tariff_confirmed_once"
            )
        ]
