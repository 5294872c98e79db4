"""« Honoraires » and « Cotation »: acts proposed and typed, the price explained at once, one key to establish.

The same form is a page of its own and a panel of the consultation (``panneau=1``), which it does not leave.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from serment.access.answers import gone_to
from serment.access.rules import requires
from serment.billing import confirmations, cotation, cotation_forms, favourites, services
from serment.billing.cotation_forms import Row
from serment.billing.models import ActSet, Claim, Payment
from serment.billing.views import encounter_of, known_patient, practitioner_of
from serment.catalogues.ccam_selectors import search as search_ccam
from serment.formats.names import fold
from serment.journal import services as journal
from serment.patients.selectors import card as read_card
from serment.patients.views.identity import patient_context
from serment.practice.models import Practitioner
from serment.vault.ids import decode

CCAM = ("medecin", "sage_femme", "chirurgien_dentiste")
KINDS = {"act": "Actes", "key": "Lettres clés", "extra": "Majorations et indemnités", "km": "Kilomètres"}


def _session(request: Any, patient_id: int, rows: list[Row], card: Any = None) -> cotation.Session:
    return cotation.session(
        keyring=request.keyring,
        practitioner=practitioner_of(request),
        practice=request.practice,
        card=card or read_card(keyring=request.keyring, patient_id=patient_id),
        rows=rows,
        given=cotation_forms.circumstances(request.POST),
    )


@requires("billing.write")
@require_http_methods(["GET", "POST"])
def new(request: Any, patient_id: int) -> HttpResponse:
    """Proposed acts, each with its reason; one key establishes and takes the money."""
    known_patient(patient_id)
    encounter_of(request, patient_id)
    rows = cotation_forms.rows(request.POST)
    status, error = 200, ""
    card = read_card(keyring=request.keyring, patient_id=patient_id)
    made = _session(request, patient_id, rows, card)
    if request.method == "POST":
        status = 422
        try:
            claim = _establish(request, patient_id, made)
        except (services.Refused, confirmations.NotTheirs) as refused:
            error = str(refused)
        else:
            return _done(request, claim)
    else:
        made.rows = cotation.opening(made)
        if made.rows:
            made = _session(request, patient_id, made.rows, card)
        journal.record("billing.viewed", subject_id=patient_id, details={"what": "new"})
    context = _context(request, patient_id, made) | {"error": error}
    panel = "panneau" in request.GET or request.POST.get("panneau") == "1"
    if panel:
        context |= {"card": card, "panel": True}
        return render(request, "billing/quote_form.html", context, status=status)
    context = patient_context(request, patient_id, "billing") | context
    return render(request, "billing/new.html", context, status=status)


def _done(request: Any, claim: Claim) -> HttpResponse:
    if request.POST.get("panneau") == "1":
        return render(request, "billing/quote_done.html", {"claim": claim})
    messages.success(request, "Facture établie.")
    return gone_to(request, reverse("billing:claim", args=[claim.pk]))


def _context(request: Any, patient_id: int, made: cotation.Session) -> dict[str, Any]:
    return (
        _priced_context(request, made)
        | {
            "patient_id": patient_id,
            "rows": made.rows,
            "given": cotation_forms.circumstances(request.POST),
            "codes": _codes(made, request.GET.get("q", "")),
            "ccam": made.practitioner.profession in CCAM,
            "practitioners": [] if request.person.practitioner else Practitioner.objects.filter(active=True),
            "favourites": favourites.of(made.practitioner),
            "modes": Payment.Mode.choices,
            "mode": request.POST.get("mode", Payment.Mode.CARD),
            "consultation": request.POST.get("consultation") or request.GET.get("consultation", ""),
            "request_key": request.POST.get("request_key") or secrets.token_hex(12),
            "places": cotation_forms.PLACES,
            "parcours": cotation_forms.PARCOURS,
            "thirds": cotation_forms.THIRD,
            "errors": cotation_forms.circumstances(request.POST).errors,
        }
        | _row_choices(made)
    )


def _row_choices(made: cotation.Session) -> dict[str, Any]:
    coverage = made.situation.patient if made.situation else None
    return {
        "practitioner": made.practitioner,
        "reasons": cotation_forms.REASONS,
        "ald": bool(coverage and coverage.ald),
        "doctor": made.practitioner.profession == "medecin",
    }


def _priced_context(request: Any, made: cotation.Session) -> dict[str, Any]:
    return {
        "quote": made.quote,
        "fault": made.error,
        "lines": _lines(made),
        "offered": cotation.offered(made),
        "ticked": set(request.POST.getlist("confirm")),
        "may_confirm": request.person.practitioner_id == made.practitioner.pk,
    }


def _lines(made: cotation.Session) -> list[tuple[Any, bool]]:
    """(priced line, whether its tariff is asked about there): a tariff that serves twice is asked about once."""
    asked: set[str] = set()
    found = []
    for line in made.quote.lines if made.quote else []:
        asks = line in made.doubtful and line.key not in asked
        asked.add(line.key)
        found.append((line, asks))
    return found


def _codes(made: cotation.Session, query: str) -> list[tuple[str, list[Any]]]:
    """The NGAP codes of the profession that have a price that day, by kind; those that hold ``query``."""
    situation = made.situation
    found: dict[str, list[Any]] = {}
    words = fold(query).split()
    for tariff in made.book.of(made.practitioner.profession):
        if situation is None:
            break
        if tariff.scope and tariff.scope != (situation.scope or "generalist"):
            continue
        if not all(word in fold(f"{tariff.code} {tariff.label}") for word in words):
            continue
        try:
            row = tariff.on(situation.date, situation.zone)
        except ValueError:
            continue
        found.setdefault(KINDS[tariff.kind], []).append((tariff, row))
    return [(kind, found[kind]) for kind in KINDS.values() if kind in found]


def _establish(request: Any, patient_id: int, made: cotation.Session) -> Claim:
    """Confirm what is ticked, write the claim, take the patient's part. Raises Refused, NotTheirs."""
    if not made.rows:
        raise services.Refused("Choisissez au moins un acte.")
    if made.quote is None or made.situation is None:
        raise services.Refused(made.error)
    ticked = set(request.POST.getlist("confirm"))
    missing = [line.code for line in made.doubtful if line.key not in ticked]
    if missing:
        raise services.Refused(
            f"Tarif à vérifier : {', '.join(dict.fromkeys(missing))}. "
            "Cochez « tarif exact » pour le confirmer, une fois."
        )
    if not made.doubtful:
        return _write(request, patient_id, made)
    with transaction.atomic():
        confirmations.confirm(
            author=request.person, practitioner=made.practitioner, keys=[line.key for line in made.doubtful]
        )
        return _write(request, patient_id, made)


def _write(request: Any, patient_id: int, made: cotation.Session) -> Claim:
    """The claim of a priced session, in one transaction. Raises Refused, NoKey."""
    key = request.POST.get("request_key", "")[:24] or secrets.token_hex(12)
    assert made.quote is not None and made.situation is not None
    first, totals = made.quote.lines[0], made.quote.totals
    return services.establish_claim(
        keyring=request.keyring,
        author=request.person,
        practitioner=made.practitioner,
        patient_id=patient_id,
        lines=cotation.lines(made.quote, made.situation),
        excess_cents=totals["excess_cents"],
        excess_reason=_excess_reason(made),
        rate=first.rate,
        rate_why=first.rate_why,
        shares=(totals["amo_cents"], totals["amc_cents"]),
        encounter_id=_id(request.POST.get("consultation", "")),
        performed_on=made.situation.date if made.situation.date != timezone.localdate() else None,
        place=made.situation.place,
        third_party=made.quote.third_party["applied"],
        mode=request.POST.get("mode", ""),
        paid_cents=made.quote.due["patient_cents"],
        request_key=key,
    )


def _excess_reason(made: cotation.Session) -> str:
    """DE or DA; HN where what goes beyond the tariff is the price of an act that has none."""
    assert made.quote is not None
    over = [line for line in made.quote.lines if line.excess_cents]
    return next((line.excess_reason for line in over if line.excess_reason), "HN" if over else "")


def _id(text: str) -> int | None:
    try:
        return decode(text) if text else None
    except ValueError:
        return None


@requires("billing.write")
@require_POST
def price(request: Any, patient_id: int) -> HttpResponse:
    """The price of what is being typed, line by line. Nothing is kept."""
    known_patient(patient_id)
    made = _session(request, patient_id, cotation_forms.rows(request.POST))
    context = _priced_context(request, made) | {"patient_id": patient_id, "rows": made.rows}
    return render(request, "billing/priced.html", context)


@requires("billing.write")
@require_POST
def acts(request: Any, patient_id: int) -> HttpResponse:
    """Search results: the profession's NGAP codes, then the CCAM where it applies."""
    known_patient(patient_id)
    query = request.POST.get("q", "")[:80]
    made = _session(request, patient_id, [])
    found = search_ccam(query, timezone.localdate()) if made.practitioner.profession in CCAM and query else []
    context = {"codes": _codes(made, query), "acts": found, "patient_id": patient_id, "query": query}
    return render(request, "billing/act_results.html", context)


@requires("billing.write")
@require_POST
def add(request: Any, patient_id: int) -> HttpResponse:
    """Rows to append: codes, a favourite set, or the last session of this patient."""
    known_patient(patient_id)
    practitioner = practitioner_of(request)
    rows = [Row(code=code[:8].upper()) for code in request.POST.getlist("code")[:20]]
    if request.POST.get("favori"):
        chosen = _id(request.POST["favori"])
        kept = get_object_or_404(ActSet.objects, pk=chosen, practitioner=practitioner)
        rows = [cotation_forms.row_of(act, why=kept.name) for act in kept.acts]
    elif request.POST.get("derniere") == "1":
        last = favourites.last_acts(keyring=request.keyring, practitioner=practitioner, patient_id=patient_id)
        rows = [cotation_forms.row_of(act, why="comme la dernière fois") for act in last]
    if not rows:
        return HttpResponse(
            '<p class="text-secondary" data-line>Aucune séance à reprendre pour ce patient.</p>'
        )
    made = _session(request, patient_id, rows)
    for row in rows:
        tariff = made.book.tariffs.get((practitioner.profession, row.code))
        row.error, row.why = "", row.why or (tariff.suggest if tariff else "")
    return render(request, "billing/act_rows.html", {"rows": rows} | _row_choices(made))


@requires("billing.write")
@require_POST
def save_set(request: Any, patient_id: int) -> HttpResponse:
    """Keep the acts being typed as a favourite set; the favourites bar comes back."""
    known_patient(patient_id)
    practitioner, error = practitioner_of(request), ""
    try:
        kept = [row.act() for row in cotation_forms.rows(request.POST)]
        favourites.save(
            author=request.person,
            practitioner=practitioner,
            name=request.POST.get("nom", ""),
            acts=[{k: str(v) if k == "coefficient" else v for k, v in act.items()} for act in kept],
        )
    except ValueError as refused:
        error = str(refused)
    context = {"favourites": favourites.of(practitioner), "patient_id": patient_id, "set_error": error}
    return render(request, "billing/favourites.html", context, status=422 if error else 200)
