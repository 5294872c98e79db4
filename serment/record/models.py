"""The medical record: typed, versioned, signed entries; and drafts, sealed to a public key."""

from __future__ import annotations

from django.db import models

from serment.patients.models import Patient
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel

_RECORD = Inventory(
    purpose=Purpose.RECORD,
    basis=Basis.LEGAL_OBLIGATION,
    fields={"payload": (Category.HEALTH,)},
    recipients=("circle", "patient"),
    retention="medical_record",
    export="the entry, its versions, author and dates",
    destruction="keys, then rows",
    also=(Purpose.PRESCRIPTIONS,),
)


class Entry(TenantModel):
    """One entry: kind, author and dates readable, content sealed. ``standing``: part of the summary."""

    class State(models.TextChoices):
        SIGNED = "signed", "signé"
        IN_ERROR = "in_error", "saisi par erreur"

    inventory = _RECORD

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=16)
    standing = models.BooleanField(default=False)
    author_id = models.BigIntegerField()
    encounter_id = models.BigIntegerField(null=True, help_text="the consultation it was written in")
    occurred_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State.choices, default=State.SIGNED)
    payload = SealedField(domain=Domain.CARE)
    signer_id = models.BigIntegerField(help_text="key holder whose public key verifies the signature")
    signature = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [
            models.Index(fields=["practice_id", "patient", "occurred_at"], name="entry_timeline"),
            models.Index(fields=["practice_id", "patient", "kind", "occurred_at"], name="entry_by_kind"),
            models.Index(fields=["practice_id", "patient", "standing"], name="entry_standing"),
        ]


class EntryVersion(TenantModel):
    """An entry as it was before a correction: content, signature and reason (R3.4)."""

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"payload": (Category.HEALTH,), "reason": (Category.HEALTH,)},
        recipients=_RECORD.recipients,
        retention="medical_record",
        export="with its entry",
        destruction="with its entry",
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    author_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    payload = SealedField(domain=Domain.CARE)
    reason = SealedField(domain=Domain.CARE)
    signer_id = models.BigIntegerField()
    signature = models.BinaryField()
    corrected_by = models.BigIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "entry", "number"], name="entry_version_once")
        ]


class ConsultationModel(TenantModel):
    """A way to begin a consultation: default texts, without any patient's data."""

    inventory = NO_PERSONAL_DATA

    label = models.CharField("nom", max_length=80)
    reason = models.CharField("motif", max_length=300, blank=True)
    history = models.TextField("histoire", max_length=4000, blank=True)
    examination = models.TextField("examen", max_length=4000, blank=True)
    conclusion = models.TextField("conclusion et conduite à tenir", max_length=4000, blank=True)
    measures = models.JSONField("mesures voulues", default=list, help_text="codes of formats.units.MEASURES")
    owner_id = models.BigIntegerField()
    shared = models.BooleanField("proposé à tout le cabinet", default=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "owner_id", "label"], name="consultation_model_once"
            )
        ]


class FilePart(TenantModel):
    """A piece of a sealed file: the document's bytes, a megabyte at a time, under the patient's care key.

    In the database, so that a backup, a restore and a destruction take it with the rest.
    """

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"sealed": (Category.HEALTH,)},
        recipients=_RECORD.recipients,
        retention="medical_record",
        export="fichiers joints à la copie",
        destruction="with its entry",
        clear={"sealed": "AES-GCM ciphertext under the patient's key: nothing of it is readable"},
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "entry", "number"], name="file_part_once")
        ]


class Draft(TenantModel):
    """What someone is typing, sealed to the circle's public key: kept even while their session is locked.

    ``page`` is the page that saved it last. When a page opened earlier saves after that one, its text is kept beside
    (``other_…``) and nothing is overwritten. ``revision`` counts the saves.
    """

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"sealed": (Category.HEALTH,), "other_sealed": (Category.HEALTH,)},
        recipients=("self",),
        retention="draft",
        export="none: not part of the record until signed",
        destruction="when signed or discarded",
        clear={
            "sealed": "HPKE ciphertext: nothing of it is readable",
            "other_sealed": "HPKE ciphertext: nothing of it is readable",
        },
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    author_id = models.BigIntegerField()
    kind = models.CharField(max_length=16, default="consultation")
    appointment_id = models.BigIntegerField(null=True)
    domain_key_id = models.BigIntegerField()
    sealed = models.BinaryField()
    page = models.CharField(max_length=32, blank=True)
    revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)
    other_domain_key_id = models.BigIntegerField(null=True)
    other_sealed = models.BinaryField(null=True)
    other_page = models.CharField(max_length=32, blank=True)
    other_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "patient", "author_id", "kind"], name="draft_once")
        ]
