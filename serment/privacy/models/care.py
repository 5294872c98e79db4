"""What the law asks around a patient's care: declarations made, and records opened in an emergency."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from serment.patients.models import Patient
from serment.privacy.models.people import CODES
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel


class EmergencyAccess(TenantModel):
    """A practitioner opened the record of a patient they do not follow: who, why, until when, who was told (ADR 0013).

    The reason's words are sealed under the patient's own care key: whoever follows the patient reads them.
    """

    class Reason(models.TextChoices):
        VITAL = "vital", "urgence vitale ou grave"
        SPEECHLESS = "speechless", "patient hors d’état de s’exprimer"
        CONTINUITY = "continuity", "continuité des soins : le praticien habituel n’est pas joignable"

    inventory = Inventory(
        purpose=Purpose.RIGHTS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"patient": (Category.TRACE,), "words": (Category.HEALTH,)},
        recipients=("circle", "owner", "patient"),
        retention="medical_record",
        export="accès d’urgence : qui, quand, pour quel motif",
        destruction="rows with the patient",
        clear={"patient": CODES},
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="emergencies")
    person_id = models.BigIntegerField()
    reason = models.CharField(max_length=10, choices=Reason.choices)
    words = SealedField(domain=Domain.CARE)
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    circles = models.JSONField(default=list, help_text="circles that followed the patient then: whom to tell")
    seen_by = models.JSONField(default=list, help_text="ids of those who were told and acknowledged it")

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "-at"], name="emergency_by_time")]


class Declaration(TenantModel):
    """A declaration that the law asks for the public's health, as it was made: ground, recipient, date (R3.12)."""

    inventory = Inventory(
        purpose=Purpose.RECORD,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"patient": (Category.TRACE,), "content": (Category.HEALTH,)},
        recipients=("circle", "authorities", "patient"),
        retention="medical_record",
        export="déclarations obligatoires : nature, fondement, destinataire, date",
        destruction="rows with the patient",
        clear={"patient": "that a declaration was made about patient id, and on which day; never which"},
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="declarations")
    content = SealedField(domain=Domain.CARE)
    """{kind, label, ground, recipient, means, words}: what was declared, under which text, to whom, how."""
    declared_on = models.DateField()
    author_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "patient", "-at"], name="declaration_by_patient")]
