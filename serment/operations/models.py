"""What the machine did and who worked on it: runs, interventions, equipment. No personal data of patients."""

from __future__ import annotations

from django.db import models

from serment.vault.domains import Domain
from serment.vault.fields import IdField, SealedField
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel


class Run(models.Model):
    """A backup, a rehearsal or a nightly run over the whole installation: when, how it went, what it counted.

    P-SAUV-1, E-SAUV-4.
    """

    class Kind(models.TextChoices):
        BACKUP = "backup", "sauvegarde"
        REHEARSAL = "rehearsal", "répétition de restauration"
        RESTORE = "restore", "restauration"
        UPKEEP = "upkeep", "passage de nuit"

    inventory = NO_PERSONAL_DATA

    id = IdField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    ok = models.BooleanField(null=True)
    file = models.CharField(max_length=80, blank=True, help_text="name of the data file, without its folder")
    digest = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    message = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "-started_at"], name="run_by_kind")]


class Equipment(TenantModel):
    """A machine, a phone, a removable medium: what protects it, and how its life ended (P-POST, P-NOMADE, P-REBUT)."""

    class Kind(models.TextChoices):
        WORKSTATION = "workstation", "poste de travail"
        LAPTOP = "laptop", "ordinateur portable"
        PHONE = "phone", "téléphone ou tablette"
        SERVER = "server", "serveur ou stockage réseau"
        REMOVABLE = "removable", "support amovible"
        NETWORK = "network", "box, routeur, borne wifi"
        PRINTER = "printer", "imprimante ou scanner"

    inventory = NO_PERSONAL_DATA

    kind = models.CharField("nature", max_length=12, choices=Kind.choices)
    label = models.CharField(
        "nom", max_length=80, help_text="« portable des visites », « clé de sauvegarde »"
    )
    serial = models.CharField("n° de série", max_length=60, blank=True)
    encrypted = models.BooleanField("disque ou mémoire chiffrés", default=False)
    screen_lock = models.BooleanField("verrouillage et code", default=False)
    leaves = models.BooleanField("sort du cabinet", default=False)
    updated_on = models.DateField("mises à jour vérifiées le", null=True, blank=True)
    disposed_on = models.DateField("mis au rebut le", null=True, blank=True)
    erasure = models.CharField(
        "preuve d’effacement",
        max_length=160,
        blank=True,
        help_text="certificat, méthode, ou destruction physique",
    )

    class Meta:
        base_manager_name = "unscoped"

    def lacks(self) -> list[str]:
        """What is missing, in words; empty when nothing is."""
        if self.disposed_on:
            return [] if self.erasure or self.kind == self.Kind.NETWORK else ["preuve d’effacement"]
        missing = []
        if not self.encrypted and self.kind not in (self.Kind.NETWORK, self.Kind.PRINTER):
            missing.append("chiffrement")
        if not self.screen_lock and self.kind in (self.Kind.WORKSTATION, self.Kind.LAPTOP, self.Kind.PHONE):
            missing.append("verrouillage")
        return missing


class Intervention(TenantModel):
    """A line of the *main courante*: who worked on the machines, with whose agreement, for how long, what was done
    (P-MAINT-1, P-MAINT-2, P-POST-3). Written once; the report closes it.
    """

    inventory = Inventory(
        purpose=Purpose.ACCESS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"technician": (Category.STAFF,)},
        recipients=("owner",),
        retention="evidence",
        export="main courante",
        destruction="with the practice",
        subject="person",
        clear={"technician": "a provider's name, without any patient's data"},
    )

    technician = models.CharField("intervenant", max_length=120)
    company = models.CharField("société", max_length=120, blank=True)
    equipment = models.CharField("matériel ou logiciel", max_length=160)
    goal = models.CharField("objet", max_length=300)
    remote = models.BooleanField("à distance", default=False)
    agreed_by = models.BigIntegerField()
    opened_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField("jusqu’à")
    report = models.CharField("ce qui a été fait", max_length=1000, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        base_manager_name = "unscoped"


class SparePlan(TenantModel):
    """The practice wants its agenda on paper left ready: the secret of those sheets, for who holds the `admin` keys."""

    inventory = Inventory(
        purpose=Purpose.ACCESS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={"secret": (Category.STAFF,)},
        recipients=("owner", "secretary"),
        retention="evidence",
        export="none: a secret of the practice",
        destruction="when the practice stops it",
        subject="practice",
    )
    subject_attribute = "practice_id"

    secret = SealedField(domain=Domain.ADMIN)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["practice_id"], name="spare_plan_once")]
