"""Feuilles de soins on their way: each sheet's state and story, the lots, the returns, what is joined."""

from __future__ import annotations

from django.db import models

from serment.billing.models import Claim
from serment.practice.models import Practitioner
from serment.transmission.payloads import EngineSeal, MailSettings, SheetAnswer, SheetDetails
from serment.transmission.states import LABELS
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel


class Lot(TenantModel):
    """Sheets of one practitioner and one recipient (régime, caisse, centre; or a complementary body), sent together.

    ``message`` is its one identity: sent twice, it is received once. The B2 file holds social-security numbers and
    acts: it is sealed in the billing domain, and leaves after three months (R7.7), the amounts staying with the claims.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", "à envoyer"
        SENT = "sent", "envoyé"
        ACKNOWLEDGED = "acknowledged", "reçu par la caisse"
        REFUSED = "refused", "refusé à l’envoi"
        UNDONE = "undone", "défait avant l’envoi"

    inventory = Inventory(
        purpose=Purpose.CLAIMS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"file": (Category.NIR, Category.HEALTH)},
        recipients=("amo", "amc"),
        retention="claims",
        export="none: the claims hold what it says",
        destruction="emptied after three months",
        subject="practice",
    )
    subject_attribute = "practice_id"

    number = models.PositiveIntegerField(help_text="without a gap in the practice")
    practitioner = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, related_name="lots")
    part = models.CharField(max_length=3, default="amo", help_text="amo: the fund; amc: a complementary body")
    scheme = models.CharField(max_length=2)
    fund = models.CharField(max_length=3)
    centre = models.CharField(max_length=4, default="0000")
    body = models.CharField(max_length=10, blank=True, help_text="number of the complementary body")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PREPARED)
    message = models.CharField(max_length=32)
    file = SealedField(domain=Domain.BILLING, null=True)
    sheets_count = models.PositiveIntegerField(default=0)
    amo_cents = models.IntegerField(default=0, help_text="what is asked of the recipient")
    simulated = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "number"], name="lot_number_once"),
            models.UniqueConstraint(fields=["practice_id", "message"], name="lot_message_once"),
        ]

    @property
    def recipient(self) -> str:
        return (
            f"complémentaire {self.body}"
            if self.part == "amc"
            else f"caisse {self.scheme} {self.fund} {self.centre}"
        )


class Sheet(TenantModel):
    """One feuille de soins, or the request to a complementary body (DRE) beside it: `states` says what follows what."""

    class Part(models.TextChoices):
        AMO = "amo", "part obligatoire"
        AMC = "amc", "part complémentaire (DRE)"

    inventory = Inventory(
        purpose=Purpose.CLAIMS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={
            "details": (Category.HEALTH, Category.NIR),
            "answer": (Category.NIR, Category.HEALTH),
            "seal": (Category.NIR, Category.HEALTH),
        },
        recipients=("amo", "amc", "secretary"),
        retention="claims",
        export="state, dates, what the fund answered",
        destruction="the engine's double after three months, the rest with the claim",
    )

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="sheets")
    part = models.CharField(max_length=3, choices=Part.choices, default=Part.AMO)
    lot = models.ForeignKey(Lot, null=True, on_delete=models.PROTECT, related_name="sheets")
    state = models.CharField(max_length=12, choices=list(LABELS.items()), default="established")
    engine = models.CharField(max_length=12, blank=True, help_text="paper, simulator, handoff")
    payee = models.CharField(max_length=2, blank=True, help_text="who is paid, as signed: 00, 05, 15, 25")
    due_on = models.DateField(help_text="last working day to send it (R.161-47 CSS)")
    details = SealedField(domain=Domain.BILLING, schema=SheetDetails, null=True)
    answer = SealedField(domain=Domain.BILLING, schema=SheetAnswer, null=True)
    seal = SealedField(domain=Domain.BILLING, schema=EngineSeal, null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    signed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "state"], name="sheet_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "claim", "part"], name="sheet_once_per_part")
        ]

    @property
    def patient_id(self) -> int:
        """The subject of what is sealed here. Ask for the claim in the same query."""
        return int(self.claim.patient_id)

    @property
    def asked_cents(self) -> int:
        return int(self.claim.amc_cents if self.part == self.Part.AMC else self.claim.amo_cents)


class SheetEvent(TenantModel):
    """One move of a sheet, in order: its story, kept with the claim."""

    inventory = NO_PERSONAL_DATA

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="events")
    state = models.CharField(max_length=12)
    why = models.CharField(max_length=24, blank=True, help_text="a code, never words")
    at = models.DateTimeField(auto_now_add=True)
    author_id = models.BigIntegerField(null=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "sheet", "at"], name="event_by_sheet")]


class Return(TenantModel):
    """A file that came back: kept sealed, read once; one that does not read waits for a person.

    ``paid_cents`` is what the file says was transferred; ``practice_cents`` what was credited to claims,
    ``patient_cents`` what went to patients who had paid, ``surplus_cents`` what waits for a person.
    """

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
    transfer_on = models.DateField(null=True)
    paid_cents = models.IntegerField(default=0)
    practice_cents = models.IntegerField(default=0)
    patient_cents = models.IntegerField(default=0)
    surplus_cents = models.IntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    treated_at = models.DateTimeField(null=True, help_text="a person has looked at what did not read")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["practice_id", "digest"], name="return_once")]


class ReturnLine(TenantModel):
    """What a return says of one invoice. ``trouble`` is a code: the line waits for a person until ``treated_at``."""

    class Trouble(models.TextChoices):
        NONE = "", "rapprochée"
        UNKNOWN = "unknown", "aucune feuille de ce numéro"
        SETTLED = "settled", "feuille déjà soldée"
        REPEATED = "repeated", "déjà dite par un autre retour du même virement"
        SURPLUS = "surplus", "payé plus que ce qui restait dû"
        RECOVERY = "recovery", "somme reprise par la caisse"
        DEFERRED = "deferred", "paiement différé par la caisse"

    inventory = NO_PERSONAL_DATA

    back = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    sheet = models.ForeignKey(Sheet, null=True, on_delete=models.SET_NULL, related_name="lines")
    invoice = models.CharField(max_length=9, blank=True)
    part = models.CharField(max_length=3, default="amo")
    state = models.CharField(max_length=1, blank=True, help_text="P paid, R rejected, D deferred")
    asked_cents = models.IntegerField(default=0)
    paid_cents = models.IntegerField(default=0)
    practice_cents = models.IntegerField(default=0)
    patient_cents = models.IntegerField(default=0)
    trouble = models.CharField(max_length=10, choices=Trouble.choices, blank=True)
    treated_at = models.DateTimeField(null=True)
    treated_how = models.CharField(max_length=24, blank=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "trouble", "treated_at"], name="return_line_to_treat")]


class Attachment(TenantModel):
    """A scanned prescription joined to its sheet (SCOR): a copy sealed for billing, so that no care key is needed."""

    inventory = Inventory(
        purpose=Purpose.CLAIMS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"file": (Category.HEALTH, Category.IDENTITY)},
        recipients=("amo",),
        retention="claims",
        export="the prescription itself is in the record",
        destruction="deleted after three months",
    )

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="attachments")
    file = SealedField(domain=Domain.BILLING)
    media = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    joined_at = models.DateTimeField(auto_now_add=True)
    author_id = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"

    @property
    def patient_id(self) -> int:
        return self.sheet.patient_id


class Channel(TenantModel):
    """How this practice's lots leave and its returns come: one per practice, its password sealed."""

    inventory = Inventory(
        purpose=Purpose.CLAIMS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"mail": (Category.STAFF,)},
        recipients=(),
        retention="staff",
        export="none: settings",
        destruction="with the practice",
        subject="practice",
    )
    subject_attribute = "practice_id"

    mail = SealedField(domain=Domain.BILLING, schema=MailSettings)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["practice_id"], name="channel_once")]


class PaperLayout(TenantModel):
    """Where a printer puts ink on a profession's paper form: offsets in tenths of a millimetre."""

    inventory = NO_PERSONAL_DATA

    profession = models.CharField(max_length=24)
    printer = models.CharField("imprimante", max_length=60)
    right = models.SmallIntegerField(default=0)
    down = models.SmallIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "profession", "printer"], name="paper_layout_once")
        ]
