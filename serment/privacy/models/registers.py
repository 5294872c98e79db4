"""The practice's own registers: how it works, its treatments, its processors, its violations, its charter."""

from __future__ import annotations

from django.db import models

from serment.privacy import profiles
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel


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


class Processor(TenantModel):
    """A provider who handles data for the practice: contract, seven clauses, hosting certificate (R6.13-R6.25)."""

    inventory = NO_PERSONAL_DATA

    class Kind(models.TextChoices):
        MAINTENANCE = "maintenance", "maintenance du logiciel ou des postes"
        HOSTING = "hosting", "hébergement"
        BACKUP = "backup", "sauvegarde à distance"
        PHONE = "phone", "permanence téléphonique"
        BOOKING = "booking", "prise de rendez-vous en ligne"
        MAIL = "mail", "messagerie"
        ACCOUNTING = "accounting", "comptabilité"
        OTHER = "other", "autre"

    name = models.CharField("prestataire", max_length=120)
    kind = models.CharField("nature", max_length=12, choices=Kind.choices, default=Kind.OTHER)
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
    responsibilities = models.TextField(
        "qui répond de quoi",
        max_length=800,
        blank=True,
        help_text="Rendez-vous en ligne : le cabinet répond des rendez-vous, la plateforme de ses comptes.",
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
