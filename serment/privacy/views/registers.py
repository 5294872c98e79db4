"""The registers of the practice: processing activities, processors, violations; and how the practice works."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.models import Person
from serment.access.rules import requires
from serment.documents import file_pdf
from serment.documents.models import FileDocument
from serment.formats import dates
from serment.journal import services as journal
from serment.privacy import breaches, processors, profiles, register, watch
from serment.privacy.forms import NATURES, BreachForm, ParticularsForm, SettingsForm
from serment.privacy.models import Breach, Particulars, Processor, RegisterVersion, RightsRequest


@requires("privacy.manage")
@require_GET
def home(request: Any) -> HttpResponse:
    """What is due, and where each register is."""
    sheets = register.sheets()
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    context = {
        "overdue": RightsRequest.objects.filter(state="received", due_on__lt=timezone.localdate()).count(),
        "pending": RightsRequest.objects.filter(state="received").count(),
        "late": breaches.late_count(),
        "open_breaches": Breach.objects.filter(closed_at=None).count(),
        "signals": [(signal, people.get(signal.actor_id, "compte inconnu")) for signal in watch.signals()],
        "incomplete": [sheet for sheet in sheets if not sheet.complete],
        "published": register.latest(),
        "current": register.is_current(),
        "processors": [(row, processors.lacks(row)) for row in Processor.objects.filter(ended_on=None)],
    }
    return render(request, "privacy/home.html", context)


@requires("privacy.manage")
@require_http_methods(["GET", "POST"])
def settings(request: Any) -> HttpResponse:
    """Which text applies, how the practice works, who the DPO is; and where the two texts differ."""
    form = SettingsForm(request.POST or None, instance=register.settings_of_practice())
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            form.save()
            journal.record("privacy.settings", details={"fields": sorted(form.changed_data)})
            messages.success(request, "Réglages enregistrés. Le registre et la notice en tiennent compte.")
            return redirect("privacy:home")
    context = {
        "form": form,
        "differences": profiles.differences(),
        "profiles": [profiles.load(code) for code in profiles.CODES],
        "patients_a_year": processors.patients_this_year(),
    }
    return render(request, "privacy/settings.html", context, status=status)


@requires("privacy.manage")
@require_GET
def sheets(request: Any) -> HttpResponse:
    """The register as the program writes it today, and its published versions."""
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    context = {
        "sheets": register.sheets(),
        "versions": [
            (row, people.get(row.author_id, "—")) for row in RegisterVersion.objects.order_by("-number")
        ],
        "current": register.is_current(),
        "profile": profiles.load(register.settings_of_practice().profile),
    }
    return render(request, "privacy/register.html", context)


@requires("privacy.manage")
@require_http_methods(["GET", "POST"])
def particulars(request: Any, purpose: str) -> HttpResponse:
    """The practice's own words on one sheet."""
    rule = profiles.load(profiles.DEFAULT).purposes.get(purpose)
    if rule is None:
        raise Http404
    row = Particulars.objects.filter(purpose=purpose).first() or Particulars(purpose=purpose)
    form = ParticularsForm(request.POST or None, instance=row)
    if rule.basis != "6.1.f":
        del form.fields["balancing"]
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            form.save()
            journal.record("privacy.settings", details={"purpose": purpose})
            messages.success(request, "Fiche enregistrée.")
            return redirect("privacy:register")
    return render(
        request,
        "privacy/form.html",
        {"form": form, "title": rule.label, "back": "privacy:register"},
        status=status,
    )


@requires("privacy.manage")
@require_POST
def publish(request: Any) -> HttpResponse:
    version = register.publish(author=request.person)
    messages.success(request, f"Registre publié\u00a0: version {version.number}.")
    return redirect("privacy:register")


def _asked(request: Any) -> tuple[list[register.Sheet], str]:
    """(sheets, how the version is named on paper) of the one that is asked for. Raises Http404."""
    number = request.GET.get("version", "")
    if not number:
        return (
            register.sheets(),
            "en cours, non publiée" if not register.is_current() else "en cours, publiée",
        )
    row = get_object_or_404(RegisterVersion.objects.all(), number=int(number) if number.isdecimal() else 0)
    published = timezone.localtime(row.published_at)
    return register.published(row.number), f"n° {row.number}, publiée le {dates.short(published)}"


@requires("privacy.manage")
@require_GET
def register_csv(request: Any) -> HttpResponse:
    """``version``: one that was published, else as it stands today."""
    found, _ = _asked(request)
    journal.record("privacy.register_exported", details={"format": "csv"})
    response = HttpResponse(register.as_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="registre-article-30.csv"'
    return response


@requires("privacy.manage")
@require_GET
def register_pdf(request: Any) -> HttpResponse:
    """The register on paper, one part per purpose; ``version``: one that was published, as it was."""
    today = timezone.localdate()
    parts = []
    found, version = _asked(request)
    for sheet, row in zip(found, register.as_rows(found), strict=True):
        cells = [(label, text) for label, text in zip(register.COLUMNS, row, strict=True) if text]
        parts.append((sheet.label, cells[1:]))
    journal.record("privacy.register_exported", details={"format": "pdf"})
    settings_row = register.settings_of_practice()
    content = file_pdf(
        FileDocument(
            title="Registre des activités de traitement",
            subtitle="Article 30.1 du RGPD. Écrit par le logiciel à partir de ce qu’il tient réellement.",
            practice=request.practice.name,
            on=today,
            date_text=dates.long(today),
            facts=[
                ("Responsable du traitement", request.practice.name),
                ("Adresse", request.practice.full_address),
                ("Délégué (DPD)", settings_row.dpo_name or "non désigné"),
                ("Texte appliqué", profiles.load(settings_row.profile).short),
                ("Version", version),
            ],
            parts=parts,
            demo=request.practice.is_demo,
        )
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="registre-article-30.pdf"'
    return response


@requires("privacy.manage")
@require_GET
def breach_list(request: Any) -> HttpResponse:
    rows = [
        (
            row,
            breaches.deadline(row),
            breaches.is_late(row),
            [NATURES[n] for n in row.natures if n in NATURES],
        )
        for row in Breach.objects.order_by("-known_at")
    ]
    return render(request, "privacy/breaches.html", {"rows": rows})


@requires("privacy.manage")
@require_http_methods(["GET", "POST"])
def breach(request: Any, breach_id: int | None = None) -> HttpResponse:
    row = get_object_or_404(Breach.objects.all(), pk=breach_id) if breach_id else None
    initial: dict[str, Any] = {"known_at": timezone.localtime()}
    seen = (
        next((s for s in watch.signals() if s.code == request.GET.get("signal")), None)
        if row is None
        else None
    )
    if seen is not None:
        initial |= {"facts": f"Signalé par le journal\u00a0: {seen.text}.", "natures": ["confidentiality"]}
    if row is not None:
        initial = dict(breaches.opened(request.keyring, row))
    form = BreachForm(request.POST or None, instance=row, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            breaches.save(
                keyring=request.keyring,
                author=request.person,
                data=form.cleaned_data,
                row=Breach.objects.get(pk=row.pk) if row else None,
            )
            messages.success(request, "Violation enregistrée au registre.")
            return redirect("privacy:breaches")
    context = {
        "form": form,
        "title": "Violation de données",
        "back": "privacy:breaches",
        "lead": (
            "Notifier la CNIL dans les 72 heures après en avoir eu connaissance, sauf risque "
            "improbable. Les données de "
            "Serment étant chiffrées sous des clés que la machine n’a pas, un vol de disque seul les laisse illisibles "
            "(article 34.3.a)."
        ),
    }
    return render(request, "privacy/form.html", context, status=status)


def _to_people(request: Any, row: Breach, words: dict[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What is to be told to the people concerned, in plain words, where the risk is high (article 34.2)."""
    if row.risk != Breach.Risk.HIGH:
        return []
    settings_row = register.settings_of_practice()
    contact = settings_row.dpo_name or request.practice.name
    reach = settings_row.dpo_contact or request.practice.phone or request.practice.email
    lines = [
        ("Ce qui s’est passé", " ; ".join(NATURES[n] for n in row.natures if n in NATURES)),
        ("Ce que cela peut entraîner", words["consequences"] or "à écrire avant d’informer"),
        ("Ce que nous avons fait", words["measures"] or "à écrire avant d’informer"),
        ("À qui parler", f"{contact}, {reach}"),
        ("Combien de personnes", str(row.persons or "à compter")),
        ("Fait le", "à faire, chacune à part et sans autre donnée" if row.informed_at is None else "fait"),
    ]
    return [("À dire aux personnes concernées (article 34 du RGPD)", lines)]


@requires("privacy.manage")
@require_GET
def breach_pdf(request: Any, breach_id: int) -> HttpResponse:
    """What the CNIL's form asks, ready to copy (article 33.3)."""
    row = get_object_or_404(Breach.objects.all(), pk=breach_id)
    words, today = breaches.opened(request.keyring, row), timezone.localdate()

    def moment(value: Any) -> str:
        local = timezone.localtime(value) if value else None
        return f"{dates.short(local)} à {dates.clock(local)}" if local else "non"

    facts = [
        ("Connue le", moment(row.known_at)),
        ("Échéance des 72 heures", moment(breaches.deadline(row))),
        ("Survenue le", moment(row.began_at)),
        ("Nature", " ; ".join(NATURES[n] for n in row.natures if n in NATURES)),
        ("Faits", words["facts"]),
        ("Personnes touchées (environ)", str(row.persons or "inconnu")),
        ("Enregistrements touchés (environ)", str(row.records or "inconnu")),
        ("Conséquences probables", words["consequences"]),
        ("Mesures prises ou prévues", words["measures"]),
        ("Appréciation du risque", row.get_risk_display() if row.risk else "à faire"),
        ("Notifiée à la CNIL", moment(row.notified_at)),
        ("Motif du retard", words["late_reason"]),
        ("Personnes informées", moment(row.informed_at)),
    ]
    content = file_pdf(
        FileDocument(
            title="Violation de données à caractère personnel",
            subtitle="Contenu de la notification (article 33.3 du RGPD), à reporter dans le téléservice de la CNIL.",
            practice=request.practice.name,
            on=today,
            date_text=dates.long(today),
            parts=[
                ("Notification", [(label, text) for label, text in facts if text]),
                *_to_people(request, row, words),
            ],
            demo=request.practice.is_demo,
        )
    )
    journal.record("privacy.breach", object_id=row.pk, details={"printed": True})
    return HttpResponse(content, content_type="application/pdf")
