"""What is held, where, and whether anyone but its people can read it (sections 3, 4, 5, 7)."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import models

from serment.agenda.models import Appointment
from serment.billing.models import Claim
from serment.conformity.checks import Verdict, addresses, control
from serment.patients.models import Patient, PatientVersion, Restriction
from serment.privacy import limitation, profiles, register
from serment.privacy.models import Settings
from serment.record import kinds
from serment.record.models import Entry
from serment.vault.domains import Domain
from serment.vault.fields import SealedField
from serment.vault.inventory import Category, Inventory
from serment.vault.models import SubjectKey

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


@control("not_held")
def not_held() -> Verdict:
    """Family, work and lifestyle: no structured place holds them in this version."""
    held = {str(c) for _, i in register.declarations() for cats in i.fields.values() for c in cats}
    structured = held & {Category.FAMILY.value, Category.WORK.value, Category.LIFESTYLE.value}
    return Verdict(
        None if not structured else False,
        "Aucun champ structuré ne tient cette catégorie dans cette version.",
    )


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
    return Verdict(
        True, f"{Appointment.objects.count()} rendez-vous tenus, conflits refusés par la base.", "agenda:week"
    )


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
    known = any(kind.code == "prescription" for kind in kinds.all_kinds())
    return Verdict(known, "Ordonnances structurées, mentions de l’article R.5132-3 CSP, PDF/A.")


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
    """The identity keeps where it came from; an entry its author; a version its reason."""
    from serment.patients.payloads import Identity

    kept = "source" in Identity.model_fields and "author_id" in {
        f.name for f in PatientVersion._meta.concrete_fields
    }
    return Verdict(kept, "Source de l’identité et auteur de chaque élément gardés.")


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
    from serment.practice.models import Practice

    fresh = Practice()
    good = fresh.idle_minutes <= 10 and not fresh.is_demo and Settings().hosting == Settings.Hosting.LOCAL
    return Verdict(
        good, "Réglages d’usine : verrouillage à 10 min, second facteur exigé, aucun appel extérieur."
    )


@control("fictitious")
def fictitious() -> Verdict:
    from serment.practice.models import Practice
    from serment.vault.tenancy import current_practice

    demo = Practice.objects.get(pk=current_practice()).is_demo
    return Verdict(
        True,
        "Cabinet de démonstration, filigrané." if demo else "Cabinet réel, sans donnée de démonstration.",
    )


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

    from serment.privacy import forms as privacy_forms
    from serment.record.forms import ADDABLE, ConsultationForm

    unbounded = []
    for form in (*ADDABLE.values(), ConsultationForm, privacy_forms.ReceiveForm, privacy_forms.CloseForm):
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
