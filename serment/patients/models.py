"""Patients. Everything that says who they are is sealed; the row itself is an opaque id and dates."""

from __future__ import annotations

from django.db import models

from serment.patients.payloads import Coverage, Identity, InsIdentity
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import Basis, Category, Inventory, Purpose
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
        recipients=("practitioners of the circle", "secretary (identity)", "assurance maladie (coverage)"),
        retention="medical_record",
        export="identity, coverage, INS",
        destruction="keys, then rows and index tokens",
    )
    subject_attribute = "id"

    identity = SealedField(domain=Domain.ADMIN, schema=Identity)
    coverage = SealedField(domain=Domain.BILLING, schema=Coverage, null=True)
    ins = SealedField(domain=Domain.CARE, schema=InsIdentity, null=True)
    version = models.PositiveIntegerField(default=1)
    import_key = models.CharField(max_length=64, blank=True, help_text="keyed hash of the imported line")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "import_key"], name="patient_import_key")]


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
