"""What a person declares about what no program can see: doors, screens, training."""

from __future__ import annotations

from django.db import models

from serment.vault.inventory import Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel


class Justification(TenantModel):
    """A gap that the practice accepts for a while: why, what makes up for it, when it is looked at again (R2.6)."""

    inventory = Inventory(
        purpose=Purpose.RIGHTS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"author_name": (Category.STAFF,)},
        recipients=("owner",),
        retention="evidence",
        export="dossier de conformité",
        destruction="with the practice",
        subject="person",
        clear={"author_name": "who answers for the gap, printed in the file handed to the CNIL"},
    )

    requirement = models.CharField(max_length=12)
    motive = models.CharField("pourquoi cet écart", max_length=600)
    measure = models.CharField("ce qui le compense", max_length=600)
    review_on = models.DateField("à revoir le")
    author_id = models.BigIntegerField()
    author_name = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "requirement", "-at"], name="justification_latest")]


class Attestation(TenantModel):
    """A dated answer to an organisational requirement, signed by who gave it. Never changed: a new one follows it."""

    class Answer(models.TextChoices):
        YES = "yes", "oui, c’est fait"
        NO = "no", "non, pas encore"
        NONE = "none", "sans objet ici"

    inventory = Inventory(
        purpose=Purpose.RIGHTS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"author_name": (Category.STAFF,)},
        recipients=("owner",),
        retention="evidence",
        export="dossier de conformité",
        destruction="with the practice",
        subject="person",
        clear={"author_name": "who answers for the measure, printed in the file handed to the CNIL"},
    )

    requirement = models.CharField(max_length=12)
    answer = models.CharField(max_length=4, choices=Answer.choices)
    text = models.CharField(max_length=600)
    author_id = models.BigIntegerField()
    author_name = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField()
    signature = models.BinaryField()
    signer_id = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "requirement", "-at"], name="attestation_latest")]


class Edition(TenantModel):
    """The file for the CNIL as it was printed: every line, numbered, signed. Never changed (R2.4)."""

    inventory = Inventory(
        purpose=Purpose.RIGHTS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"lines": (Category.STAFF,), "author_name": (Category.STAFF,)},
        recipients=("owner",),
        retention="evidence",
        export="dossier de conformité",
        destruction="with the practice",
        subject="person",
        clear={"lines": "who attested what, handed to the CNIL", "author_name": "who printed the file"},
    )

    number = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    lines = models.JSONField(help_text="[{id, state, label, kind, evidence, author, checked_at}]")
    digest = models.CharField(max_length=64)
    author_id = models.BigIntegerField()
    author_name = models.CharField(max_length=120)
    signature = models.BinaryField()
    signer_id = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["practice_id", "number"], name="edition_number_once")]
