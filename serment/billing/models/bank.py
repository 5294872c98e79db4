"""Bank lines brought in from a statement, and what a person said they are."""

from __future__ import annotations

from django.db import models

from serment.billing.models.money import DepositSlip, Payment, Transfer
from serment.billing.payloads import BankAccountPayload, BankLinePayload
from serment.practice.models import Practitioner
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel

_ACCOUNTS = {
    "purpose": Purpose.ACCOUNTING,
    "basis": Basis.LEGITIMATE_INTEREST,
    "retention": "accounts",
    "export": "none: a copy of what the bank holds",
    "destruction": "with the accounts",
    "subject": "practice",
}


class BankAccount(TenantModel):
    """A practitioner's account, known by a keyed token of its number."""

    inventory = Inventory(
        fields={"payload": (Category.STAFF,)}, recipients=("practitioners", "secretary"), **_ACCOUNTS
    )
    subject_attribute = "practice_id"

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    token = models.BigIntegerField(help_text="keyed hash of the account's number")
    payload = SealedField(domain=Domain.BILLING, schema=BankAccountPayload)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["practice_id", "token"], name="bank_account_once")]


class BankLine(TenantModel):
    """Money that came in on an account. What goes out is not kept: only receipts are of this room.

    ``key``: keyed hash of the bank's own reference, so that a statement imported twice changes nothing.
    """

    class State(models.TextChoices):
        OPEN = "open", "à rapprocher"
        MATCHED = "matched", "rapprochée"
        ASIDE = "aside", "hors recettes"

    class Reason(models.TextChoices):
        OWN = "own", "apport ou virement interne"
        REPAID = "repaid", "remboursement d’une dépense"
        LOAN = "loan", "emprunt"
        OTHER = "other", "autre entrée sans lien avec les soins"

    inventory = Inventory(
        fields={"payload": (Category.IDENTITY,)}, recipients=("practitioners", "secretary"), **_ACCOUNTS
    )
    subject_attribute = "practice_id"

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    key = models.CharField(max_length=64)
    booked_on = models.DateField()
    cents = models.IntegerField()
    payload = SealedField(domain=Domain.BILLING, schema=BankLinePayload)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=8, choices=Reason.choices, blank=True)
    settled_by = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "state", "booked_on"], name="bank_line_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "account", "key"], name="bank_line_once")
        ]


class BankMatch(TenantModel):
    """What a bank line pays: one slip of cheques, one fund's transfer, or one payment. Each is matched once."""

    inventory = NO_PERSONAL_DATA

    line = models.ForeignKey(BankLine, on_delete=models.CASCADE, related_name="matches")
    slip = models.ForeignKey(DepositSlip, null=True, on_delete=models.PROTECT, related_name="matches")
    transfer = models.ForeignKey(Transfer, null=True, on_delete=models.PROTECT, related_name="matches")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="matches")
    cents = models.IntegerField()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "slip"], name="bank_match_slip_once"),
            models.UniqueConstraint(fields=["practice_id", "transfer"], name="bank_match_transfer_once"),
            models.UniqueConstraint(fields=["practice_id", "payment"], name="bank_match_payment_once"),
        ]
