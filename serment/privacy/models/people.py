"""What proves that a patient was informed and answered: texts sealed, codes and dates readable."""

from __future__ import annotations

from django.db import models

from serment.patients.models import Patient
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel

CODES = "codes and dates: what was done, when and by whom; never what was said"


class NoticeHanding(TenantModel):
    """The information notice was given to a patient: how, when, by whom, and which text (R8.1-R8.4)."""

    class How(models.TextChoices):
        POSTER = "poster", "affiche vue au cabinet"
        LEAFLET = "leaflet", "dépliant remis"
        EMAIL = "email", "courriel de confirmation"
        CONFIRMATION = "slip", "jointe à une confirmation"
        SPOKEN = "spoken", "expliquée de vive voix"

    inventory = Inventory(
        purpose=Purpose.RIGHTS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"patient": (Category.TRACE,)},
        recipients=("practitioners", "secretary", "patient"),
        retention="rights",
        export="dates et manière",
        destruction="rows with the patient",
        clear={"patient": CODES},
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="notices")
    how = models.CharField(max_length=8, choices=How.choices)
    text_digest = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)
    author_id = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "patient", "-at"], name="notice_by_patient")]


class RightsRequest(TenantModel):
    """Someone asks for a right (articles 15 to 21): deadline, what was checked, what was answered (R9.2-R9.7)."""

    class Kind(models.TextChoices):
        ACCESS = "access", "accès : copie des données"
        RECTIFICATION = "rectification", "rectification"
        ERASURE = "erasure", "effacement"
        LIMITATION = "limitation", "limitation (gel)"
        OPPOSITION = "opposition", "opposition"
        PORTABILITY = "portability", "portabilité"

    class State(models.TextChoices):
        RECEIVED = "received", "à traiter"
        GRANTED = "granted", "accordée"
        PARTLY = "partly", "accordée en partie"
        REFUSED = "refused", "refusée"

    class Identity(models.TextChoices):
        KNOWN = "known", "patient connu, présent au cabinet"
        DOCUMENT = "document", "pièce d’identité vue (non copiée)"
        MANDATE = "mandate", "représentant : mandat ou livret vu"
        DOUBT = "doubt", "doute raisonnable : justificatif demandé"

    class ActsAs(models.TextChoices):
        SELF = "self", "le patient lui-même"
        PARENT = "parent", "titulaire de l’autorité parentale (patient mineur)"
        GUARDIAN = "guardian", "tuteur, ou personne chargée de la mesure de protection"
        MANDATE = "mandate", "personne mandatée par le patient"
        HEIR = "heir", "ayant droit, concubin ou partenaire d’un patient décédé"

    inventory = Inventory(
        purpose=Purpose.RIGHTS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={
            "patient": (Category.TRACE,),
            "asked": (Category.IDENTITY,),
            "answer": (Category.IDENTITY,),
        },
        recipients=("practitioners", "secretary", "patient"),
        retention="rights",
        export="la demande, sa réponse et leurs dates",
        destruction="rows with the patient",
        clear={"patient": CODES},
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="rights_requests")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    purpose = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RECEIVED)
    received_on = models.DateField()
    due_on = models.DateField()
    extended = models.BooleanField(default=False)
    identity_check = models.CharField(max_length=8, choices=Identity.choices)
    acts_as = models.CharField(max_length=8, choices=ActsAs.choices, default=ActsAs.SELF)
    asked = SealedField(domain=Domain.ADMIN, null=True)
    """{text, extension?, representative?, ground?}: who acts for the patient and on which ground are sealed too."""
    answer = SealedField(domain=Domain.ADMIN, null=True)
    ground = models.CharField(max_length=24, blank=True, help_text="code of the refusal's legal ground")
    outcome = models.JSONField(
        default=list,
        help_text="sentences without identity: what went, what stays and until when, who was told",
    )
    received_by = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "state", "due_on"], name="request_by_deadline")]


class CopyHanding(TenantModel):
    """A copy of a patient's data was made and handed: to whom, by whom, how their identity was checked (R9.2)."""

    class To(models.TextChoices):
        SELF = "self", "le patient lui-même"
        PARENT = "parent", "titulaire de l’autorité parentale (patient mineur)"
        GUARDIAN = "guardian", "tuteur, ou personne chargée de la mesure de protection"
        MANDATE = "mandate", "personne mandatée par le patient"
        HEIR = "heir", "ayant droit, concubin ou partenaire d’un patient décédé"
        PROFESSIONAL = "pro", "professionnel de santé que le patient désigne"

    inventory = Inventory(
        purpose=Purpose.RIGHTS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"patient": (Category.TRACE,), "recipient": (Category.IDENTITY,)},
        recipients=("practitioners", "secretary", "patient"),
        retention="rights",
        export="à qui chaque copie a été remise, et quand",
        destruction="rows with the patient",
        clear={"patient": CODES},
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="copies")
    to = models.CharField(max_length=8, choices=To.choices)
    recipient = SealedField(domain=Domain.ADMIN, null=True)
    """{name, ground}; null where the patient received it."""
    identity_check = models.CharField(max_length=8, choices=RightsRequest.Identity.choices)
    at = models.DateTimeField(auto_now_add=True)
    author_id = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["practice_id", "patient", "-at"], name="copy_by_patient")]
