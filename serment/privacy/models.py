"""What proves that people are informed, answered and protected. Names stay in the patients' room; texts are sealed."""

from __future__ import annotations

from django.db import models

from serment.patients.models import Patient
from serment.privacy import profiles
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel

_CODES = "codes and dates: what was done, when and by whom; never what was said"


class Settings(TenantModel):
    """How the practice works, as far as the texts ask (R2.1, R2.7-R2.9). One row per practice."""

    class Exercise(models.TextChoices):
        INDIVIDUAL = "individual", "exercice individuel"
        GROUP = "group", "exercice groupé, logiciel partagé"

    class Hosting(models.TextChoices):
        LOCAL = "local", "sur une machine du cabinet"
        HOSTED = "hosted", "chez un hébergeur de données de santé"

    inventory = Inventory(
        purpose=Purpose.RIGHTS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"dpo_name": (Category.STAFF,), "dpo_contact": (Category.STAFF,)},
        recipients=("patient", "team"),
        retention="evidence",
        export="registre et notice",
        destruction="with the practice",
        subject="person",
        clear={"dpo_name": "printed on the notice", "dpo_contact": "printed on the notice"},
    )

    profile = models.CharField(
        "texte appliqué",
        max_length=16,
        default=profiles.DEFAULT,
        choices=[(code, profiles.load(code).name) for code in profiles.CODES],
    )
    exercise = models.CharField(
        "mode d’exercice", max_length=12, choices=Exercise.choices, default=Exercise.INDIVIDUAL
    )
    hosting = models.CharField(
        "où tourne Serment", max_length=8, choices=Hosting.choices, default=Hosting.LOCAL
    )
    dpo_name = models.CharField("délégué à la protection des données", max_length=120, blank=True)
    dpo_contact = models.CharField("comment le joindre", max_length=160, blank=True)
    dpia_reason = models.TextField(
        "analyse d’impact : votre raisonnement",
        max_length=1000,
        blank=True,
        help_text="Exercice, nombre de patients par an, conclusion. Demandé à partir du seuil affiché.",
    )
    dpia_on = models.DateField("analyse d’impact faite le", null=True, blank=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["practice_id"], name="privacy_settings_once")]


class Particulars(TenantModel):
    """What the practice writes itself on a sheet of its register: its own words and its balancing test (R4.9)."""

    inventory = NO_PERSONAL_DATA

    purpose = models.CharField(max_length=24)
    note = models.TextField(
        "particularités du cabinet", max_length=1500, blank=True, help_text="Jamais de nom de patient."
    )
    balancing = models.TextField(
        "mise en balance de l’intérêt légitime",
        max_length=1500,
        blank=True,
        help_text="L’intérêt poursuivi, pourquoi ces données suffisent, ce qui protège les personnes.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["practice_id", "purpose"], name="particulars_once")]


class RegisterVersion(TenantModel):
    """The register of article 30 as it was published: kept whole, so that any past date can be shown (R2.4, R2.5)."""

    inventory = NO_PERSONAL_DATA

    number = models.PositiveIntegerField()
    sheets = models.JSONField()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(auto_now_add=True)
    author_id = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["practice_id", "number"], name="register_version_once")
        ]


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
        clear={"patient": _CODES},
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
        clear={"patient": _CODES},
    )

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="rights_requests")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    purpose = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RECEIVED)
    received_on = models.DateField()
    due_on = models.DateField()
    extended = models.BooleanField(default=False)
    identity_check = models.CharField(max_length=8, choices=Identity.choices)
    asked = SealedField(domain=Domain.ADMIN, null=True)
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


class CharterSignature(TenantModel):
    """A member of the team signed the charter: which text, when, with their own key (P-SENS-2)."""

    inventory = Inventory(
        purpose=Purpose.RIGHTS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"person_id": (Category.STAFF,)},
        recipients=("owner", "self"),
        retention="evidence",
        export="date de signature",
        destruction="with the practice",
        subject="person",
        clear={"person_id": "id of a member of the team"},
    )

    person_id = models.BigIntegerField()
    text_digest = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)
    signature = models.BinaryField()
    signer_id = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "person_id", "text_digest"], name="charter_signed_once"
            )
        ]


class AwarenessSession(TenantModel):
    """The team was made aware: when, on what, who took part (P-SENS-1)."""

    inventory = Inventory(
        purpose=Purpose.RIGHTS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"people": (Category.STAFF,)},
        recipients=("owner",),
        retention="evidence",
        export="dates et thèmes",
        destruction="with the practice",
        subject="person",
        clear={"people": "ids of members of the team"},
    )

    held_on = models.DateField("date")
    topic = models.CharField("thème", max_length=160)
    people = models.JSONField(default=list, help_text="ids of those who took part")
    author_id = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"


class Processor(TenantModel):
    """A provider who handles data for the practice: contract, seven clauses, hosting certificate (R6.13-R6.25)."""

    inventory = NO_PERSONAL_DATA

    name = models.CharField("prestataire", max_length=120)
    service = models.CharField("ce qu’il fait", max_length=160)
    contact = models.CharField("contact", max_length=160, blank=True)
    country = models.CharField("pays des données", max_length=60, default="France")
    sees_data = models.BooleanField("il détient ou peut voir des données de patients", default=True)
    hosts_health = models.BooleanField("il héberge des données de santé", default=False)
    hds_certificate = models.CharField("certificat HDS", max_length=80, blank=True)
    hds_until = models.DateField("valable jusqu’au", null=True, blank=True)
    contract_on = models.DateField("contrat signé le", null=True, blank=True)
    clauses = models.JSONField(default=list)
    sub_processors = models.TextField(
        "sous-traitants qu’il fait intervenir, autorisés par écrit", max_length=600, blank=True
    )
    audited_on = models.DateField("dernière vérification", null=True, blank=True)
    ended_on = models.DateField("fin du contrat", null=True, blank=True)
    returned_on = models.DateField("données rendues ou détruites le", null=True, blank=True)

    class Meta:
        base_manager_name = "unscoped"


class Breach(TenantModel):
    """A violation of personal data: facts sealed, dates and counts readable for the 72 hours "
    "(R6.28, articles 33-34)."""

    subject_attribute = "practice_id"

    class Risk(models.TextChoices):
        NONE = "none", "risque improbable : rien à notifier"
        RISK = "risk", "risque : notifier la CNIL"
        HIGH = "high", "risque élevé : notifier la CNIL et informer les personnes"

    inventory = Inventory(
        purpose=Purpose.RIGHTS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"facts": (Category.TRACE,)},
        recipients=("owner",),
        retention="evidence",
        export="registre des violations",
        destruction="with the practice",
        subject="practice",
    )

    known_at = models.DateTimeField("connue le")
    began_at = models.DateTimeField("survenue le", null=True, blank=True)
    natures = models.JSONField(default=list)
    reported_by = models.ForeignKey(
        Processor,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="incidents",
        verbose_name="signalée par le sous-traitant",
    )
    risk = models.CharField("appréciation", max_length=4, choices=Risk.choices, blank=True)
    persons = models.PositiveIntegerField("personnes touchées (environ)", null=True, blank=True)
    records = models.PositiveIntegerField("enregistrements touchés (environ)", null=True, blank=True)
    facts = SealedField(domain=Domain.ADMIN, null=True)
    notified_at = models.DateTimeField("notifiée à la CNIL le", null=True, blank=True)
    informed_at = models.DateTimeField("personnes informées le", null=True, blank=True)
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    author_id = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"
