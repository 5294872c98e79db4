"""The practice, its practitioners and their care circles. Public professional data, readable without a key."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from serment.practice.professions import PROFESSIONS, SECTORS, profession_choices
from serment.vault.fields import IdField
from serment.vault.inventory import NO_PERSONAL_DATA, Basis, Category, Inventory, Purpose
from serment.vault.tenancy import TenantModel


class Practice(models.Model):
    """A cabinet. Its settings are here; its secrets are not."""

    inventory = NO_PERSONAL_DATA

    id = IdField(primary_key=True)
    name = models.CharField("nom du cabinet", max_length=120)
    address = models.CharField("adresse", max_length=200)
    postal_code = models.CharField("code postal", max_length=5)
    city = models.CharField("commune", max_length=80)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)
    idle_minutes = models.PositiveSmallIntegerField(
        "verrouillage après inactivité (minutes)",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(15)],
    )
    secretary_billing = models.BooleanField(
        "le secrétariat facture et encaisse : il voit les actes", default=True
    )
    secretary_cash = models.BooleanField(
        "sinon, le secrétariat encaisse sans voir les actes",
        default=False,
        help_text="Sans effet si le secrétariat facture.",
    )
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    @property
    def full_address(self) -> str:
        return f"{self.address}, {self.postal_code} {self.city}"


class Circle(TenantModel):
    """The practitioners who follow the same patients together: one care key each (DESIGN §2)."""

    inventory = NO_PERSONAL_DATA

    name = models.CharField("nom", max_length=80)

    class Meta:
        base_manager_name = "unscoped"


class Practitioner(TenantModel):
    """Someone who treats patients here. RPPS and names are published by the State; so they stay readable."""

    row_policy = False  # joined to its person while the practice is not known yet; the State publishes it
    inventory = Inventory(
        purpose=Purpose.ACCESS,
        basis=Basis.LEGAL_OBLIGATION,
        fields={
            "family_name": (Category.STAFF,),
            "given_name": (Category.STAFF,),
            "rpps": (Category.STAFF,),
            "am_number": (Category.STAFF,),
            "siret": (Category.STAFF,),
        },
        recipients=("patient", "amo", "correspondents"),
        retention="staff",
        export="fiche du praticien",
        destruction="with the practice",
        subject="practitioner",
        clear={
            "family_name": "published in the State's directory, printed on every document",
            "rpps": "published",
        },
    )

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="practitioners")
    family_name = models.CharField("nom d’exercice", max_length=80)
    given_name = models.CharField("prénom", max_length=80)
    profession = models.CharField("profession", max_length=24, choices=profession_choices())
    specialty = models.CharField("spécialité", max_length=60, blank=True)
    sector = models.CharField(
        "secteur conventionnel", max_length=8, choices=list(SECTORS.items()), default="1"
    )
    rpps = models.CharField("numéro RPPS", max_length=11)
    am_number = models.CharField("numéro AM (facturation)", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    phone = models.CharField("téléphone professionnel", max_length=20, blank=True)
    email = models.EmailField("courriel professionnel", blank=True)
    colour = models.CharField(max_length=7, default="#2f6f8f")
    active = models.BooleanField(default=True)

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["practice_id", "rpps"], name="practitioner_rpps_once_per_practice"
            )
        ]

    @property
    def display_name(self) -> str:
        """As printed: « Dr Camille Aubry »."""
        title = "Dr " if PROFESSIONS[self.profession].title == "Docteur" else ""
        return f"{title}{self.given_name} {self.family_name}"

    @property
    def qualification(self) -> str:
        return self.specialty or PROFESSIONS[self.profession].label
