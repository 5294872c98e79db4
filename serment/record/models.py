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
    fields={"payload": (Category.HEALTH, Category.FAMILY, Category.WORK, Category.LIFESTYLE)},
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
            models.Index(fields=["practice_id", "patient", "standing", "occurred_at"], name="entry_standing"),
        ]


class EntryVersion(TenantModel):
    """An entry as it was before a correction: content, signature and reason (R3.4)."""

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={
            "payload": (Category.HEALTH, Category.FAMILY, Category.WORK, Category.LIFESTYLE),
            "reason": (Category.HEALTH,),
        },
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
    """A way to begin a consultation: default texts and fields to fill, without any patient's data."""

    inventory = NO_PERSONAL_DATA

    label = models.CharField("nom", max_length=80)
    reason = models.CharField("motif", max_length=300, blank=True)
    history = models.TextField("histoire", max_length=4000, blank=True)
    examination = models.TextField("examen", max_length=4000, blank=True)
    conclusion = models.TextField("conclusion et conduite à tenir", max_length=4000, blank=True)
    measures = models.JSONField("mesures voulues", default=list, help_text="codes of formats.units.MEASURES")
    asked = models.JSONField("champs", default=list, help_text="kinds.asked.AskedField, in the order asked")
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


class Thumbnail(TenantModel):
    """A small picture of a document, sealed like its file (a JPEG of 320 pixels, some ten kilobytes)."""

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"sealed": (Category.HEALTH,)},
        recipients=_RECORD.recipients,
        retention="medical_record",
        export="none: the file itself is in the copy",
        destruction="with its entry",
        clear={"sealed": "AES-GCM ciphertext under the patient's key: nothing of it is readable"},
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["practice_id", "entry"], name="thumbnail_once")]


class Capture(TenantModel):
    """Ten minutes in which one phone may send photos for a patient. Only hashes of its two secrets are kept.

    The secret of the QR code serves once: the phone that shows it gets a token of its own.
    """

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"patient": (Category.TRACE,)},
        recipients=("self",),
        retention="draft",
        export="none: the photos are, once kept in the record",
        destruction="with its last photo, or when the term of drafts is over",
        clear={"patient": "opaque ids and times; the secrets are hashed"},
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    author_id = models.BigIntegerField()
    circle_id = models.BigIntegerField()
    secret_hash = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "author_id", "expires_at"], name="capture_by_author")]


class Photo(TenantModel):
    """A photo that a phone sent, sealed to the circle's public key until a practitioner keeps it in the record."""

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"sealed": (Category.HEALTH,)},
        recipients=("self",),
        retention="draft",
        export="none: not part of the record until kept",
        destruction="when kept or discarded, or when the term of drafts is over",
        clear={"sealed": "HPKE ciphertext: nothing of it is readable"},
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    capture = models.ForeignKey(Capture, on_delete=models.CASCADE, related_name="photos")
    domain_key_id = models.BigIntegerField()
    sealed = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "patient"], name="photo_by_patient")]


class WatchedWord(TenantModel):
    """A word or a phrase that the practice does not want in its records (an opinion, a judgement), and why."""

    inventory = NO_PERSONAL_DATA

    text = models.CharField("mot ou expression", max_length=60)
    folded = models.CharField(max_length=60, editable=False)
    reason = models.CharField("pourquoi", max_length=120, blank=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["practice_id", "folded"], name="watched_word_once")]


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


class Questionnaire(TenantModel):
    """A test that the practice defines: its items with their points, how the total reads, and where it comes from."""

    inventory = NO_PERSONAL_DATA

    title = models.CharField("titre", max_length=80)
    source = models.CharField("source", max_length=300)
    items = models.TextField("items", max_length=8000)
    bands = models.TextField("lecture du total", max_length=2000, blank=True)
    owner_id = models.BigIntegerField()
    active = models.BooleanField(default=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "title"], name="questionnaire_title_once")
        ]
