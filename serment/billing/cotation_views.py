"""« Cotation »: codes and coefficients typed, the price explained at once, one key to establish."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from serment.access.rules import requires
from serment.billing import cotation, services
from serment.billing.models import Payment
from serment.billing.quote import Quote
from serment.billing.views import known_patient, practitioner_of
from serment.journal import services as journal
from serment.patients.selectors import card as read_card
from serment.patients.views.identity import patient_context

ROWS = 6


def _typed(post: Any) -> list[dict[str, Any]]:
    """The lines of the page, those left empty put aside."""
    columns = zip(post.getlist("code"), post.getlist("coefficient"), post.getlist("quantity"), strict=False)
    full = set(post.getlist("full"))
    return [
        {
            "code": code,
            "coefficient": coefficient.strip().replace(",", ".") or "1",
            "quantity": quantity.strip() or "1",
            "full_rate": str(place) in full,
        }
        for place, (code, coefficient, quantity) in enumerate(columns)
        if code
    ]


def _priced(request: Any, patient_id: int) -> tuple[Quote | None, str]:
    practitioner = practitioner_of(request)
    acts = _typed(request.POST)
    if not acts:
        return None, "Choisissez au moins un acte."
    try:
        asked = cotation.situation(
            practitioner=practitioner,
            practice=request.practice,
            card=read_card(keyring=request.keyring, patient_id=patient_id),
            at=timezone.localtime(),
            place=request.POST.get("place", "office"),
            acts=acts,
        )
        return cotation.price(asked), ""
    except cotation.Refused as error:
        return None, str(error)


@requires("billing.write")
@require_http_methods(["GET", "POST"])
def page(request: Any, patient_id: int) -> HttpResponse:
    known_patient(patient_id)
    practitioner = practitioner_of(request)
    error, status = "", 200
    if request.method == "POST":
        status = 422
        found, error = _priced(request, patient_id)
        doubtful = bool(found and found.to_confirm and request.POST.get("confirmed") != "1")
        if doubtful and found is not None:
            error = f"Tarifs à vérifier : {', '.join(found.to_confirm)}. Cochez « tarifs exacts » pour les confirmer."
        if found is not None and not doubtful:
            claim = _establish(request, patient_id, found)
            messages.success(request, "Facture établie.")
            return redirect("billing:claim", claim.pk)
    typed = [
        (code, coefficient, quantity)
        for code, coefficient, quantity in zip(
            request.POST.getlist("code"),
            request.POST.getlist("coefficient"),
            request.POST.getlist("quantity"),
            strict=False,
        )
    ]
    context = patient_context(request, patient_id, "billing") | {
        "codes": cotation.codes(practitioner.profession),
        "practitioner": practitioner,
        "rows": list(enumerate((typed + [("", "", "")] * ROWS)[:ROWS])),
        "full": set(request.POST.getlist("full")),
        "place": request.POST.get("place", "office"),
        "error": error,
        "modes": Payment.Mode.choices,
        "mode": request.POST.get("mode", Payment.Mode.CARD),
        "request_key": request.POST.get("request_key") or secrets.token_hex(12),
    }
    journal.record("billing.viewed", subject_id=patient_id, details={"what": "cotation"})
    return render(request, "billing/cotation.html", context, status=status)


@transaction.atomic
def _establish(request: Any, patient_id: int, found: Quote) -> Any:
    key = request.POST.get("request_key", "")[:24] or secrets.token_hex(12)
    first = found.lines[0]
    claim = services.establish_claim(
        keyring=request.keyring,
        author=request.person,
        practitioner=practitioner_of(request),
        patient_id=patient_id,
        lines=cotation.lines(found),
        rate=first.rate,
        rate_why=first.rule.rpartition(" : ")[2],
        shares=(found.totals["amo_cents"], found.totals["amc_cents"]),
        request_key=key,
    )
    mode = request.POST.get("mode", "")
    if mode and claim.balance_cents:
        services.take_payment(
            author=request.person,
            claim_id=claim.pk,
            amount_cents=claim.balance_cents,
            mode=mode,
            request_key=f"{key}-pay",
        )
    return claim


@requires("billing.write")
@require_POST
def price(request: Any, patient_id: int) -> HttpResponse:
    """The price of what is being typed, line by line. Nothing is kept."""
    known_patient(patient_id)
    found, error = _priced(request, patient_id)
    return render(request, "billing/priced.html", {"quote": found, "error": error})
