"""What is held, where, and whether anyone but its people can read it (sections 3, 4, 5, 7)."""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone
from pydantic import BaseModel, ValidationError

from serment.access.models import Person
from serment.access.profiles import PROFILES
from serment.agenda.models import Appointment
from serment.billing.models import Claim
from serment.conformity.checks import Verdict, addresses, control
from serment.patients.models import Patient, PatientVersion, Restriction
from serment.practice.models import Practice
from serment.privacy import limitation, profiles, register
from serment.privacy.models import Settings
from serment.record import kinds
from serment.record.kinds.lifestyle import Lifestyle
from serment.record.kinds.situation import Situation
from serment.record.models import Entry
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import Category, Inventory
from serment.vault.models import SubjectKey
from serment.vault.tenancy import current_practice

BASES = {
    "dossier_medical": "6.1.c",
    "ordonnances": "6.1.c",
    "fse": "6.1.c",
    "dossier_paramedical": "6.1.c",
    "echanges": "6.1.e",
    "rendez_vous": "6.1.f",
    "comptabilite": "6.1.f",
}
SAMPLE = 40
FREE = (Appointment.State.CANCELLED,)


@control("inventory")
def inventory() -> Verdict:
    """Every table says what it holds, for which purpose and how long."""
    profile = profiles.load(register.settings_of_practice().profile)
    silent = [
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("serment.") and getattr(model, "inventory", None) is None
    ]
    endless = [
        model._meta.label
        for model, held in register.declarations()
        if held.retention not in profile.retention or held.purpose not in profile.purposes
    ]
    count = len(register.declarations())
    return Verdict(
        not silent and not endless, f"{count} tables déclarées : finalité, base, durée.", "privacy:register"
    )


@control("bases")
def bases() -> Verdict:
    rules = profiles.load(register.settings_of_practice().profile).purposes
    wrong = [code for code, basis in BASES.items() if rules[code].basis != basis]
    text = (
        "Les bases légales sont celles de la section 4."
        if not wrong
        else f"Bases différentes : {', '.join(wrong)}."
    )
    return Verdict(not wrong, text, "privacy:register")


@control("minimal")
def minimal() -> Verdict:
    """Only the categories a to g of section 5 are declared about patients."""
    allowed = {c.value for c in Category if c.value.startswith("5")} | {
        Category.TRACE.value,
        Category.STAFF.value,
    }
    other = {
        str(c)
        for _, held in register.declarations()
        if held.subject == "patient"
        for categories in held.fields.values()
        for c in categories
    } - allowed
    return Verdict(not other, "Aucune donnée de patient hors des catégories a à g.", "privacy:register")


@control("identifiers")
def identifiers() -> Verdict:
    """INS under the keys of care, NIR under those of billing, nowhere else."""
    places: dict[str, set[str]] = {Category.INS: set(), Category.NIR: set()}
    for model, held in register.declarations():
        for name, categories in held.fields.items():
            for category in set(categories) & set(places):
                field = next((f for f in model._meta.concrete_fields if f.name == name), None)
                domain = field.domain if isinstance(field, SealedField) else "clair"
                places[category].add(str(domain))
    good = places[Category.INS] <= {Domain.CARE.value} and places[Category.NIR] <= {Domain.BILLING.value}
    return Verdict(good, "INS sous les clés de soins, numéro de sécurité sociale sous celles de facturation.")


@control("situation")
def situation() -> Verdict:
    """Family and work: nothing is compulsory, all of it is declared and sealed with care."""
    return _optional(Situation, {Category.FAMILY, Category.WORK}, "Situation familiale et professionnelle")


@control("lifestyle")
def lifestyle() -> Verdict:
    """Habits of life: refused without the patient's agreement, each heading optional, declared and sealed."""
    try:
        Lifestyle.model_validate({})
        free = True
    except ValidationError:
        free = False
    verdict = _optional(Lifestyle, {Category.LIFESTYLE}, "Habitudes de vie", but="agreed")
    text = f"{verdict.text} {'Acceptées SANS' if free else 'Refusées sans'} l’accord du patient."
    return Verdict(bool(verdict.ok) and not free, text, "privacy:register")


def _optional(model: type[BaseModel], categories: set[Category], label: str, but: str = "") -> Verdict:
    asked = [name for name, field in model.model_fields.items() if field.is_required() and name != but]
    declared = set(Entry.inventory.fields["payload"])
    domain = Entry._meta.get_field("payload").domain
    good = not asked and categories <= declared and domain == Domain.CARE
    text = f"{label}\u00a0: {len(model.model_fields)} rubriques facultatives, sous les clés de soins, au registre."
    return Verdict(good, text, "privacy:register")


@control("sealed")
def sealed() -> Verdict:
    """Recent rows of every sealed column are read as bytes: none may be text."""
    seen = readable = 0
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                rows = model._default_manager.exclude(**{field.name: None}).order_by("-pk")
                for value in rows.values_list(field.name, flat=True)[:SAMPLE]:
                    seen += 1
                    readable += _is_text(bytes(value))
    return Verdict(readable == 0, f"{seen} valeurs scellées relues sans clé, {readable} lisibles.")


def _is_text(data: bytes) -> bool:
    """Ciphertext of any length holds bytes that are no text."""
    try:
        return data.decode("utf-8").isprintable() and len(data) > 16
    except UnicodeDecodeError:
        return False


@control("agenda")
def agenda() -> Verdict:
    """No practitioner has two appointments at once, from a month ago on: the database refuses them."""
    since = timezone.now() - timedelta(days=30)
    held = Appointment.objects.filter(start__gte=since).exclude(state__in=FREE)
    other = held.filter(
        practitioner=models.OuterRef("practitioner"),
        start__lt=models.OuterRef("end"),
        end__gt=models.OuterRef("start"),
        pk__gt=models.OuterRef("pk"),
    )
    double = held.filter(models.Exists(other)).count()
    text = f"{held.count()} rendez-vous depuis un mois, {double} en double."
    return Verdict(double == 0, text, "agenda:week")


@control("record")
def record() -> Verdict:
    """Each entry has its author and its signature; corrections keep the old version."""
    unsigned = Entry.objects.filter(signature=b"").count()
    codes = ", ".join(kind.plural.lower() for kind in kinds.all_kinds())
    return Verdict(
        unsigned == 0, f"{Entry.objects.count()} éléments signés, {unsigned} sans signature ({codes})."
    )


@control("prescribing")
def prescribing() -> Verdict:
    """Every ordonnance is signed by someone whose profile prescribes."""
    allowed = [p.pk for p in Person.objects.all() if "prescribing.write" in PROFILES[p.profile].permissions]
    rows = Entry.objects.filter(kind="prescription")
    odd = rows.exclude(author_id__in=allowed).count()
    text = f"{rows.count()} ordonnances, mentions de l’article R.5132-3 CSP, {odd} d’un auteur qui ne prescrit pas."
    return Verdict(odd == 0, text)


@control("claims")
def claims() -> Verdict:
    odd = Claim.objects.exclude(
        total_cents=models.F("amo_cents") + models.F("amc_cents") + models.F("patient_cents")
    )
    wrong = odd.count()
    return Verdict(
        wrong == 0, f"{Claim.objects.count()} factures, {wrong} dont les parts ne font pas le total."
    )


@control("quality")
def quality() -> Verdict:
    orphans = Patient.objects.exclude(pk__in=SubjectKey.objects.values("subject_id")).count()
    return Verdict(
        orphans == 0,
        f"Doublons signalés à la saisie, identités versionnées, {orphans} fiches sans clé.",
        "patients:list",
    )


@control("source")
def source() -> Verdict:
    """Each entry has an author of this practice; the identity says where it came from."""
    from serment.patients.payloads import Identity

    orphans = Entry.objects.exclude(author_id__in=Person.objects.values("pk")).count()
    orphans += PatientVersion.objects.exclude(author_id__in=Person.objects.values("pk")).count()
    kept = "source" in Identity.model_fields
    text = f"Source de l’identité et auteur de chaque élément gardés\u00a0: {orphans} sans auteur connu."
    return Verdict(kept and orphans == 0, text)


@control("hosting")
def hosting() -> Verdict:
    from serment.privacy import processors
    from serment.privacy.models import Processor

    if register.settings_of_practice().hosting == Settings.Hosting.LOCAL:
        return Verdict(
            None, "Serment tourne au cabinet : pas d’hébergeur de données de santé.", "privacy:settings"
        )
    hosts = list(Processor.objects.filter(hosts_health=True, ended_on=None))
    good = bool(hosts) and not any(processors.lacks(row) for row in hosts)
    return Verdict(good, f"{len(hosts)} hébergeurs au registre.", "privacy:processors")


@control("freeze")
def freeze() -> Verdict:
    """Every change about a frozen patient is refused by default; what is spared has its reason and still exists."""
    guarded = "serment.privacy.limitation.LimitationMiddleware" in settings.MIDDLEWARE
    pages = dict(addresses())
    about = sum(bool(set(page.pattern.converters) & set(limitation.SUBJECTS)) for page in pages.values())
    ghosts = (set(limitation.SPARED) | limitation.HANDS_OVER) - set(pages)
    frozen = Restriction.objects.filter(kind=Restriction.Kind.LIMITATION, lifted_at=None).count()
    text = (
        f"{about} pages d’un patient\u00a0: refusées par défaut quand ses données sont gelées, "
        f"{len(limitation.SPARED)} exceptions motivées ; {frozen} gels en cours."
    )
    return Verdict(guarded and not ghosts, text)


@control("defaults")
def defaults() -> Verdict:
    """A practice just created: short lock, local, demonstration off."""
    fresh = Practice()
    good = fresh.idle_minutes <= 10 and not fresh.is_demo and Settings().hosting == Settings.Hosting.LOCAL
    return Verdict(
        good, "Réglages d’usine : verrouillage à 10 min, second facteur exigé, aucun appel extérieur."
    )


@control("fictitious")
def fictitious() -> Verdict:
    """Fictitious and real people never share an installation."""
    kinds = set(Practice.objects.values_list("is_demo", flat=True))
    demo = Practice.objects.get(pk=current_practice()).is_demo
    here = "Cabinet de démonstration, filigrané" if demo else "Cabinet réel, sans donnée de démonstration"
    mixed = len(kinds) > 1
    return Verdict(not mixed, f"{here}{', mais les deux sont dans cette base' if mixed else ''}.")


@control("restitution")
def restitution() -> Verdict:
    exported = [held.export for _, held in register.declarations() if isinstance(held, Inventory)]
    return Verdict(
        all(exported), "Copie complète par patient en PDF et JSON ; chaque table dit comment elle s’exporte."
    )


@control("free_text")
def free_text() -> Verdict:
    """Every free text of the forms is bounded."""
    from django import forms

    from serment.privacy import request_forms
    from serment.record.forms import ADDABLE, ConsultationForm

    unbounded = []
    for form in (*ADDABLE.values(), ConsultationForm, request_forms.ReceiveForm, request_forms.CloseForm):
        for name, field in form.base_fields.items():
            if isinstance(field, forms.CharField) and field.max_length is None:
                unbounded.append(f"{form.__name__}.{name}")
    return Verdict(
        not unbounded, f"{len(unbounded)} zones de texte sans limite ; aide et alerte à la saisie."
    )


@control("catalogue")
def catalogue() -> Verdict:
    from serment.conformity.catalogue import requirements

    count = len(requirements())
    return Verdict(
        count == 213, f"{count} exigences, chacune avec sa citation et son contrôle.", "conformity:home"
    )


@control("scope")
def scope() -> Verdict:
    from serment.practice.professions import PROFESSIONS

    excluded = {"pharmacien", "biologiste", "opticien"} & set(PROFESSIONS)
    return Verdict(not excluded, "Seules les professions du champ s’inscrivent (exercice libéral).")


@control("sources")
def sources() -> Verdict:
    """A document cannot be kept without saying who gave it (article 14)."""
    from serment.record.kinds.document import Document

    required = Document.model_fields["source"].is_required()
    return Verdict(required, "Chaque document reçu dit qui l’a donné\u00a0: le champ est obligatoire.")
