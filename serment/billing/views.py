"""« Nouvelle facture »: acts proposed with their reasons, established and settled in one gesture."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from serment.access.rules import requires
from serment.billing import pricing, services
from serment.billing.models import Claim, Payment, TariffConfirmation
from serment.billing.payloads import ActLine
from serment.catalogues.models import Tariff
from serment.catalogues.selectors import tariffs_on
from serment.formats.money import parse_euros
from serment.journal import services as journal
from serment.patients.models import Patient
from serment.patients.selectors import card as read_card
from serment.patients.views.identity import patient_context
from serment.practice.models import Practitioner
from serment.vault.ids import decode
from serment.vault.prepared import Prepared, Slot

_KNOWN = Prepared(lambda: Patient.objects.filter(pk=Slot("pk")).values_list("pk", flat=True))


def known_patient(patient_id: int) -> None:
    if not _KNOWN.all(pk=patient_id):
        raise Http404


def practitioner_of(request: Any) -> Practitioner:
    """Whose acts these are: the signed-in practitioner, or the one chosen at the desk."""
    if request.person.practitioner:
        practitioner: Practitioner = request.person.practitioner
        return practitioner
    chosen = request.POST.get("practitioner", "")
    active = Practitioner.objects.filter(active=True).order_by("pk")
    found = active.filter(pk=chosen).first() if chosen.isdigit() else active.first()
    if found is None:
        raise Http404
    return found


def _scope(practitioner: Practitioner) -> str:
    if practitioner.profession != "medecin":
        return "none"
    return "generalist" if practitioner.specialty in ("", "Médecine générale") else "specialist"


def _encounter(text: str) -> int | None:
    try:
        return decode(text) if text else None
    except ValueError:
        return None


@requires("billing.write")
@require_http_methods(["GET", "POST"])
def new(request: Any, patient_id: int) -> HttpResponse:
    """Proposed acts, each with its reason; one key establishes and takes the money."""
    known_patient(patient_id)
    practitioner = practitioner_of(request)
    if practitioner.profession != "medecin":
        return redirect("billing:cotation", patient_id)
    card = read_card(keyring=request.keyring, patient_id=patient_id)
    situation = pricing.Situation(
        age_years=card.age_years,
        at=timezone.localtime(),
        place=request.POST.get("place") or request.GET.get("lieu", "office"),
        ald=bool(card.coverage and card.coverage.ald),
        c2s=bool(card.coverage and card.coverage.c2s),
    )
    tariffs = tariffs_on(timezone.localdate(), _scope(practitioner))
    proposals = {p.code: p.why for p in pricing.propose(tariffs, situation)}
    percent, rate_why = pricing.rate(situation)
    error, status = "", 200
    chosen = set(request.POST.getlist("act")) if request.method == "POST" else set(proposals)
    if request.method == "POST":
        status = 422
        try:
            claim = _establish(request, patient_id, practitioner, tariffs, proposals, percent, rate_why)
            messages.success(request, "Facture établie.")
            return redirect("billing:claim", claim.pk)
        except (services.Refused, ValueError) as refused:
            error = str(refused)
    else:
        journal.record("billing.viewed", subject_id=patient_id, details={"what": "new"})
    confirmed = set(
        TariffConfirmation.objects.filter(practitioner=practitioner).values_list("tariff_id", flat=True)
    )
    context = patient_context(request, patient_id, "billing") | {
        "acts": [(t, t.code in chosen, proposals.get(t.code, ""), t.pk in confirmed) for t in tariffs],
        "practitioner": practitioner,
        "practitioners": [] if request.person.practitioner else Practitioner.objects.filter(active=True),
        "excess_allowed": practitioner.sector.startswith("2") or practitioner.sector == "nc",
        "modes": Payment.Mode.choices,
        "mode": request.POST.get("mode", Payment.Mode.CARD),
        "rate": percent,
        "rate_why": rate_why,
        "error": error,
        "consultation": request.POST.get("consultation") or request.GET.get("consultation", ""),
        "request_key": request.POST.get("request_key") or secrets.token_hex(12),
    }
    return render(request, "billing/new.html", context, status=status)


@transaction.atomic
def _establish(
    request: Any,
    patient_id: int,
    practitioner: Practitioner,
    tariffs: list[Tariff],
    proposals: dict[str, str],
    percent: int,
    rate_why: str,
) -> Claim:
    chosen = set(request.POST.getlist("act"))
    picked = [t for t in tariffs if t.code in chosen]
    if not picked:
        raise services.Refused("Choisissez au moins un acte.")
    _confirm(request, practitioner, picked)
    lines = [
        ActLine(
            code=t.code,
            label=t.label,
            kind=t.kind,
            amount_cents=t.amount_cents,
            tariff_id=t.pk,
            source=t.source,
            confidence=t.confidence,
            why=proposals.get(t.code, "choisi par le praticien"),
        )
        for t in picked
    ]
    excess = parse_euros(request.POST.get("excess") or "0")
    key = request.POST.get("request_key", "")[:24] or secrets.token_hex(12)
    return services.establish_claim(
        keyring=request.keyring,
        author=request.person,
        practitioner=practitioner,
        patient_id=patient_id,
        lines=lines,
        excess_cents=excess,
        rate=percent,
        rate_why=rate_why,
        encounter_id=_encounter(request.POST.get("consultation", "")),
        mode=request.POST.get("mode", ""),
        request_key=key,
    )


def _confirm(request: Any, practitioner: Practitioner, picked: list[Tariff]) -> None:
    """A price « à vérifier » is used once the practitioner has said it is right (a tick on the page, kept)."""
    doubtful = [t for t in picked if t.confidence != "sourcé"]
    known = set(
        TariffConfirmation.objects.filter(
            practitioner=practitioner, tariff_id__in=[t.pk for t in doubtful]
        ).values_list("tariff_id", flat=True)
    )
    for tariff in doubtful:
        if tariff.pk in known:
            continue
        if request.POST.get(f"confirm-{tariff.code}") != "1":
            raise services.Refused(
                f"Le tarif de {tariff.code} est à vérifier : cochez « tarif exact » pour le confirmer."
            )
        TariffConfirmation.objects.get_or_create(
            practitioner=practitioner, tariff_id=tariff.pk, practice_id=request.practice.pk
        )
        journal.record("billing.tariff", object_id=tariff.pk)
