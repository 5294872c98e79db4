"""Patients. Everything that says who they are is sealed; the row itself is an opaque id and dates."""

from __future__ import annotations

from django.db import models

from serment.patients.payloads import BatchCells, BatchNumbers, Coverage, FileHeader, Identity, InsIdentity
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel


class Patient(TenantModel):
    """A patient of the practice. ``version`` counts the edits; each older one is a `PatientVersion`."""

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={
            "identity": (Category.IDENTITY,),
            "coverage": (Category.NIR,),
            "ins": (Category.INS,),
        },
        recipients=("circle", "secretary", "amo"),
        retention="medical_record",
        export="identity, coverage, INS",
        destruction="keys, then rows and index tokens",
    )
    subject_attribute = "id"

    identity = SealedField(domain=Domain.ADMIN, schema=Identity)
    coverage = SealedField(domain=Domain.BILLING, schema=Coverage, null=True)
    ins = SealedField(domain=Domain.CARE, schema=InsIdentity, null=True)
    version = models.PositiveIntegerField(default=1)
    import_key = models.CharField(max_length=24, blank=True, help_text="keyed hash of the imported line")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "-updated_at"], name="patient_recent")]
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "import_key"],
                condition=~models.Q(import_key=""),
                name="patient_import_once",
            )
        ]


class PatientVersion(TenantModel):
    """A patient as they were before an edit: same payloads, sealed for this row."""

    inventory = Patient.inventory

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    identity = SealedField(domain=Domain.ADMIN, schema=Identity, null=True)
    coverage = SealedField(domain=Domain.BILLING, schema=Coverage, null=True)
    ins = SealedField(domain=Domain.CARE, schema=InsIdentity, null=True)
    author_id = models.BigIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "patient", "number"], name="patient_version_once")
        ]


class Restriction(TenantModel):
    """A patient's data frozen (article 18), a purpose switched off or a person set aside at their request: R9.1, R9.5.

    One row per decision; lifting it keeps the row. What it forbids is in `serment.patients.restrictions`.
    """

    class Kind(models.TextChoices):
        LIMITATION = "limitation", "limitation du traitement"
        OPPOSITION = "opposition", "opposition"
        EXCLUSION = "exclusion", "personne écartée"

    inventory = Inventory(
        purpose=Purpose.RIGHTS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"patient": (Category.TRACE,)},
        recipients=("practitioners", "secretary", "patient"),
        retention="rights",
        export="décision, dates",
        destruction="rows with the patient",
        clear={"patient": "a row number; the decision is a code, its reason is in the sealed request"},
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="restrictions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    purpose = models.CharField(
        max_length=24, blank=True, help_text="for an opposition: the purpose switched off"
    )
    person_id = models.BigIntegerField(default=0, help_text="for an exclusion: who is set aside")
    since = models.DateTimeField(auto_now_add=True)
    author_id = models.BigIntegerField()
    request_id = models.BigIntegerField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.BigIntegerField(null=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "patient", "kind", "purpose", "person_id"],
                condition=models.Q(lifted_at=None),
                name="restriction_in_force_once",
            )
        ]
        indexes = [models.Index(fields=["practice_id", "person_id", "patient"], name="restriction_by_person")]


_IMPORTED_FILE = {
    "purpose": Purpose.RECORD,
    "basis": Basis.LEGAL_OBLIGATION,
    "recipients": ("owner",),
    "retention": "import_file",
    "export": "none: a passing copy of a file that the practice holds",
    "destruction": "rows deleted when the import is closed",
    "subject": "practice",
}


class ImportRun(TenantModel):
    """One file of patients on its way in: columns, then a dry run, then the run, batch after batch.

    ``position`` is the next batch: it moves in the transaction that creates the batch's patients.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "colonnes à vérifier"
        CHECKING = "checking", "vérification en cours"
        CHECKED = "checked", "vérifié, rien n’est encore importé"
        RUNNING = "running", "import en cours"
        DONE = "done", "terminé"

    inventory = Inventory(fields={"header": (Category.IDENTITY,)}, **_IMPORTED_FILE)
    subject_attribute = "practice_id"

    state = models.CharField(max_length=8, choices=State.choices, default=State.UPLOADED)
    author_id = models.BigIntegerField()
    circle_id = models.BigIntegerField()
    header = SealedField(domain=Domain.ADMIN, schema=FileHeader, null=True)
    mapping = models.JSONField(default=dict, help_text="field code → column number")
    lines = models.PositiveIntegerField(help_text="lines of patients in the file")
    batches = models.PositiveIntegerField()
    position = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="outcome → number of lines")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "-created_at"], name="import_run_recent")]


class ImportBatch(TenantModel):
    """Some lines of the file. Social-security numbers are set apart under the billing key (R5.4)."""

    inventory = Inventory(
        fields={"cells": (Category.IDENTITY,), "numbers": (Category.NIR,)}, **_IMPORTED_FILE
    )
    subject_attribute = "practice_id"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    cells = SealedField(domain=Domain.ADMIN, schema=BatchCells)
    numbers = SealedField(domain=Domain.BILLING, schema=BatchNumbers, null=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "run", "number"], name="import_batch_once")
        ]


class ImportLine(TenantModel):
    """A line that created nothing, and why. The reason never repeats what the line says."""

    class Outcome(models.TextChoices):
        REFUSED = "refused", "refusée"
        DOUBTFUL = "doubtful", "doublon possible"

    class Decision(models.TextChoices):
        NONE = "", "à décider"
        CREATED = "created", "créé quand même"
        IGNORED = "ignored", "ignorée"

    inventory = NO_PERSONAL_DATA

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="reported")
    line = models.PositiveIntegerField(help_text="line number in the file, as a spreadsheet shows it")
    batch = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    field = models.CharField(max_length=24, blank=True)
    reason = models.CharField(max_length=300)
    other_id = models.BigIntegerField(null=True, help_text="the patient it may be")
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True, default=Decision.NONE)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "run", "line"], name="import_line_once")
        ]
