"""What the clock leaves behind: a stub for each archived file, a certificate for each destruction."""

from __future__ import annotations

from django.db import models

from serment.patients.models import Patient
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel


class ArchivedFile(TenantModel):
    """A file put away on the archive's medium. No identity here: dates, size, amounts, and a keyed token to find it
    again (R7.4, R7.5).
    """

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"lookup": (Category.IDENTITY,)},
        recipients=("circle", "patient"),
        retention="medical_record",
        export="copie du dossier, sur demande",
        destruction="key, then file, then row",
        clear={"lookup": "HMAC of name and birth date under a key of the archive domain"},
    )

    lookup = models.BigIntegerField()
    last_on = models.DateField(help_text="last intervention on the file")
    archived_at = models.DateTimeField(auto_now_add=True)
    archived_by = models.BigIntegerField()
    destroy_on = models.DateField()
    rule = models.CharField(max_length=24)
    digest = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    receipts = models.JSONField(default=list, help_text="[date, mode, cents]: what the accounts still need")

    class Meta:
        base_manager_name = "unscoped"
        indexes = [
            models.Index(fields=["practice_id", "lookup"], name="archive_by_token"),
            models.Index(fields=["practice_id", "destroy_on"], name="archive_by_end"),
        ]


class Hold(TenantModel):
    """A file that must wait: a court, an expert, an insurer may still ask for it. The clock passes it by (R7.2)."""

    class Reason(models.TextChoices):
        LITIGATION = "litigation", "contentieux en cours"
        EXPERTISE = "expertise", "expertise ou réclamation"
        HEALTH = "health", "affection de longue durée suivie ailleurs"
        AUTHORITY = "authority", "demande d’une autorité"

    inventory = Inventory(
        purpose=Purpose.RIGHTS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"patient": (Category.TRACE,)},
        recipients=("practitioners", "patient"),
        retention="medical_record",
        export="motif et dates",
        destruction="rows with the patient",
        clear={"patient": "opaque id, a coarse reason and dates"},
    )

    patient = models.ForeignKey(Patient, null=True, on_delete=models.CASCADE, related_name="holds")
    archived = models.ForeignKey(ArchivedFile, null=True, on_delete=models.CASCADE, related_name="holds")
    reason = models.CharField("motif", max_length=10, choices=Reason.choices)
    since = models.DateTimeField(auto_now_add=True)
    author_id = models.BigIntegerField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.BigIntegerField(null=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(patient__isnull=False) ^ models.Q(archived__isnull=False),
                name="hold_on_one_file",
            )
        ]


class Certificate(TenantModel):
    """A destruction: what, how many, when, by which rule; signed, and without any identity (R7.8, P-ARCH-2)."""

    inventory = NO_PERSONAL_DATA

    at = models.DateTimeField(auto_now_add=True)
    author_id = models.BigIntegerField()
    rule = models.CharField(max_length=24)
    files = models.PositiveIntegerField()
    keys = models.PositiveIntegerField()
    bytes = models.BigIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the destroyed files' digests, in order")
    event = models.BigIntegerField(help_text="number of the journal event")
    signature = models.BinaryField()
    signer_id = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"
