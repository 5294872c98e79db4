"""What the clock leaves behind: a stub for each archived file, a certificate for each destruction."""

from __future__ import annotations

from django.db import models

from serment.patients.models import Patient
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel


class Departure(TenantModel):
    """A file that leaves within a year: listed by the night, made ready by a session that holds its keys (ADR 0014).

    ``sealed``: the patient's keys under the key of the archive to come, so that the night moves what it cannot read;
    None until a session has made the file ready. ``version`` and ``circles`` say for which patient card and circles.
    """

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"patient": (Category.TRACE,), "tokens": (Category.IDENTITY,), "sealed": (Category.TRACE,)},
        recipients=("circle",),
        retention="medical_record",
        export="dates, in the patient’s page",
        destruction="when the file leaves, or is written in again",
        clear={
            "patient": "opaque id and dates",
            "tokens": "HMAC of name and birth date under a key of the archive domain",
            "sealed": "AES-GCM ciphertext under a key of the archive domain: nothing of it is readable",
        },
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    last_on = models.DateField(help_text="last intervention on the file")
    leaves_on = models.DateField(help_text="first day out of the active base")
    archive_id = models.BigIntegerField(null=True)
    sealed = models.BinaryField(null=True)
    version = models.PositiveIntegerField(default=0)
    circles = models.JSONField(default=list, help_text="care circles that hold a key of the archive to come")
    tokens = models.JSONField(default=dict, help_text="circle → token of the identity")
    keep_year = models.PositiveSmallIntegerField(
        null=True, help_text="a minor, where the profile says so: end of this year at the earliest"
    )

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "leaves_on"], name="departure_by_day")]
        constraints = [models.UniqueConstraint(fields=["practice_id", "patient"], name="departure_once")]


class ArchivedFile(TenantModel):
    """A file put away on the archive's medium. No identity here: dates and size (R7.4, R7.5).

    Keyed tokens of its identity (`vault.IndexToken`, subject: this row) find it again, one for each circle. Payments
    stay in the accounts, by their own rule.
    """

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"last_on": (Category.TRACE,)},
        recipients=("circle", "patient"),
        retention="medical_record",
        export="copie du dossier, sur demande",
        destruction="keys, then file, then row",
        clear={"last_on": "the clock needs the day, and nobody's name"},
    )

    file_key_id = models.BigIntegerField(
        null=True, help_text="subject of the key that the night made; None for a file put away by a session"
    )
    last_on = models.DateField(help_text="last intervention on the file")
    archived_at = models.DateTimeField(auto_now_add=True)
    archived_by = models.BigIntegerField(null=True, help_text="None: the nightly run")
    destroy_on = models.DateField()
    rule = models.CharField(max_length=24)
    digest = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    checked_at = models.DateTimeField(
        null=True, help_text="when its bytes were last compared with the digest"
    )

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "destroy_on"], name="archive_by_end")]


class Look(TenantModel):
    """Someone opened an archived file: who, when, and why, sealed with the file itself (P-ARCH-1)."""

    inventory = Inventory(
        purpose=Purpose.JOURNAL,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"reason": (Category.TRACE,)},
        recipients=("circle", "patient"),
        retention="medical_record",
        export="avec la copie du dossier",
        destruction="with the archived file",
    )
    subject_attribute = "archived_id"

    archived = models.ForeignKey(ArchivedFile, on_delete=models.CASCADE, related_name="looks")
    at = models.DateTimeField(auto_now_add=True)
    person_id = models.BigIntegerField()
    reason = SealedField(domain=Domain.ARCHIVE)

    class Meta:
        base_manager_name = "unscoped"


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


class Comeback(TenantModel):
    """A card typed again that bears the identity of an archived file, found by a session of that archive's circle."""

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"patient": (Category.TRACE,)},
        recipients=("circle",),
        retention="medical_record",
        export="none: the archived file itself is told on request",
        destruction="with the patient’s rows or the archived file",
        clear={"patient": "two opaque ids and dates"},
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    archived = models.ForeignKey(ArchivedFile, on_delete=models.CASCADE, related_name="+")
    circle_id = models.BigIntegerField()
    found_at = models.DateTimeField(auto_now_add=True)
    set_aside_at = models.DateTimeField(null=True)
    set_aside_by = models.BigIntegerField(null=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "circle_id", "set_aside_at"], name="comeback_waiting")]
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "patient", "archived"], name="comeback_once")
        ]


class Compared(TenantModel):
    """How far the cards were compared with the archive of a circle: the last card, and when it had changed."""

    inventory = NO_PERSONAL_DATA

    circle_id = models.BigIntegerField()
    until = models.DateTimeField(null=True)
    patient_id = models.BigIntegerField(default=0)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["practice_id", "circle_id"], name="compared_once")]


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
