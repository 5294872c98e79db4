"""Money received, what it settles, cheques taken to the bank, transfers announced, tills closed.

Each practitioner keeps accounts of their own: every row here names one. Rows are never edited nor deleted; a mistake is
reversed by a row of the opposite amount. A payment stays in the accounts when its patient's file is archived: only its
link to a claim (`Allocation`) leaves with the file.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from serment.billing.models.claims import Claim
from serment.billing.payloads import PaymentDetails
from serment.practice.models import Practitioner
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel


class DepositSlip(TenantModel):
    """Cheques taken to the bank together, or cash; one series for each practitioner, numbered without a gap."""

    class Kind(models.TextChoices):
        CHEQUES = "cheques", "chèques"
        CASH = "cash", "espèces"

    inventory = NO_PERSONAL_DATA

    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.CHEQUES)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    made_on = models.DateField()
    total_cents = models.IntegerField()
    count = models.PositiveIntegerField(help_text="cheques; 0 for cash")
    author_id = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "practitioner", "number"], name="slip_number_once")
        ]

    @property
    def title(self) -> str:
        """« Remise de chèques n° 4 »."""
        what = "d’espèces" if self.kind == self.Kind.CASH else "de chèques"
        return f"Remise {what} n°\u00a0{self.number}"


class Transfer(TenantModel):
    """A bank transfer that a fund announces in a return, awaited on the bank's statement.

    ``repaid_cents``: what the same return says was repaid to patients who had paid in full; never the practice's money.
    ``source_key`` names the return, so that it is announced once.
    """

    inventory = NO_PERSONAL_DATA

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    source_key = models.CharField(max_length=64)
    reference = models.CharField(max_length=64, blank=True)
    payer_code = models.CharField(max_length=12, blank=True, help_text="scheme and fund: « 01351 »")
    announced_on = models.DateField()
    cents = models.IntegerField(help_text="to come on the practitioner's account")
    repaid_cents = models.IntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "practitioner", "source_key"], name="transfer_announced_once"
            )
        ]


class Payment(TenantModel):
    """Money received (or given back: negative) by one practitioner, by one means. `Allocation` says for which claims;
    what is not allocated is on account (an « acompte »).
    """

    class Mode(models.TextChoices):
        CARD = "card", "carte bancaire"
        CHEQUE = "cheque", "chèque"
        CASH = "cash", "espèces"
        TRANSFER = "transfer", "virement"

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "encaissement"
        REVERSAL = "reversal", "annulation"
        REFUND = "refund", "remboursement"

    class Payer(models.TextChoices):
        PATIENT = "patient", "patient"
        AMO = "amo", "assurance maladie"
        AMC = "amc", "complémentaire"

    inventory = Inventory(
        purpose=Purpose.ACCOUNTING,
        basis=Basis.LEGITIMATE_INTEREST,
        fields={"patient_id": (Category.IDENTITY,), "details": (Category.IDENTITY,)},
        recipients=("accounting",),
        retention="accounts",
        export="date, mode, amount",
        destruction="with the accounts; the cheque's details with the patient's keys",
        clear={"patient_id": "opaque id, of nobody once the file is gone; amounts are needed without a key"},
    )

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    patient_id = models.BigIntegerField()
    number = models.PositiveIntegerField(help_text="without a gap for each practitioner")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.RECEIPT)
    payer = models.CharField(max_length=8, choices=Payer.choices, default=Payer.PATIENT)
    amount_cents = models.IntegerField()
    mode = models.CharField(max_length=10, choices=Mode.choices)
    reason = models.CharField(max_length=12, blank=True, help_text="code: why it is reversed or refunded")
    details = SealedField(domain=Domain.ADMIN, schema=PaymentDetails, null=True)
    request_key = models.CharField(max_length=40)
    gesture = models.BigIntegerField(help_text="id of the first payment received in the same gesture")
    reverses = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="reversals")
    slip = models.ForeignKey(DepositSlip, null=True, on_delete=models.PROTECT, related_name="cheques")
    transfer = models.ForeignKey(Transfer, null=True, on_delete=models.PROTECT, related_name="payments")
    received_at = models.DateTimeField(default=timezone.now)
    received_by = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [
            models.Index(fields=["practice_id", "received_at"], name="payment_by_day"),
            models.Index(fields=["practice_id", "patient_id"], name="payment_by_patient"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "request_key"], name="payment_once_per_form"),
            models.UniqueConstraint(
                fields=["practice_id", "practitioner", "number"], name="payment_number_once"
            ),
        ]


class Allocation(TenantModel):
    """What settles a claim: cents of a payment, or cents given up (no payment, a reason)."""

    class Reason(models.TextChoices):
        GESTURE = "gesture", "geste envers le patient"
        SMALL = "small", "somme trop petite pour être réclamée"
        LOST = "lost", "irrécouvrable après rappels"
        TARIFF = "tariff", "différence de tarif avec la caisse"
        ENDED = "ended", "délai de paiement dépassé"

    inventory = Inventory(
        purpose=Purpose.ACCOUNTING,
        basis=Basis.LEGITIMATE_INTEREST,
        fields={"claim_id": (Category.IDENTITY,)},
        recipients=("accounting",),
        retention="accounts",
        export="none: the claims and the payments hold what it says",
        destruction="with the claim",
        clear={"claim_id": "opaque id"},
    )

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="allocations")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="allocations")
    cents = models.IntegerField()
    reason = models.CharField(max_length=8, choices=Reason.choices, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    author_id = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "made_at"], name="allocation_by_day")]


class TillClosing(TenantModel):
    """A practitioner's till of a day, closed: its totals are signed, numbered without a gap, and never edited. A
    mistake found later is reversed on the day it is found.

    ``scheme`` 1 are closings made before each practitioner had a till: their practitioner is null, their signature
    still holds, and their payments are compared by totals alone.
    """

    inventory = NO_PERSONAL_DATA

    scheme = models.PositiveSmallIntegerField(default=2)
    practitioner = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, related_name="+")
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
            models.UniqueConstraint(fields=["practice_id", "practitioner", "day"], name="till_closed_once"),
            models.UniqueConstraint(
                fields=["practice_id", "practitioner", "number"], name="till_number_once"
            ),
        ]
