"""The till of a day, its closing, its paper; cheques on their way to the bank."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.rules import requires
from serment.billing import asked, closing, documents, owed, perms, selectors, slips
from serment.billing.models import DepositSlip
from serment.billing.pdf import shown
from serment.billing.refusal import Refused
from serment.formats.money import parse_euros
from serment.journal import services as journal
from serment.vault.domains import Domain
from serment.vault.ids import decode, encode


@requires("billing.till")
@require_GET
def till(request: Any) -> HttpResponse:
    """A day's money, of one practitioner or of all, and which tills of that day are closed."""
    accounts = asked.accounts(request, request.GET.get("praticien", ""))
    found = selectors.till(
        keyring=request.keyring, day=asked.day(request.GET.get("jour", "")), whose=accounts.whose
    )
    context: dict[str, Any] = accounts.context | {
        "till": found,
        "closings": _shown_closings(found),
        "today": timezone.localdate(),
    }
    if request.person.can("billing.view") and request.keyring.holds(Domain.ADMIN):
        context["unpaid"] = owed.unpaid(keyring=request.keyring, whose=accounts.whose)
    journal.record("billing.till", details={"count": len(found.rows)})
    return render(request, "billing/till.html", context)


def _shown_closings(found: selectors.Till) -> list[tuple[Any, Any]]:
    """(practitioner, closing or None) of whoever has money that day."""
    closed = closing.of_day(found.day)
    people = {row.payment.practitioner_id: row.payment.practitioner for row in found.rows}
    return [(person, closed.get(pk)) for pk, person in sorted(people.items())]


@requires("billing.cash")
@require_http_methods(["GET", "POST"])
def close(request: Any) -> HttpResponse:
    """Close one practitioner's till, or all of them. Opened by its address alone, it shows the till to be closed."""
    given = request.POST or request.GET
    day = asked.day(given.get("jour", ""))
    whose = given.get("praticien", "")
    target = f"{reverse('billing:till')}?jour={day}" + (f"&praticien={whose}" if whose else "")
    if request.method == "GET":
        return redirect(target)
    chosen = asked.accounts(request, whose).chosen
    signed = {"keyring": request.keyring, "author": request.person, "day": day}
    try:
        rows = [closing.close(**signed, practitioner=chosen)] if chosen else closing.close_all(**signed)
        for row in rows:
            messages.success(
                request, f"Caisse de {row.practitioner.display_name} close sous le n° {row.number}."
            )
    except Refused as error:
        messages.error(request, str(error))
    return redirect(target)


@requires("billing.till")
@require_GET
def till_pdf(request: Any) -> HttpResponse:
    accounts = asked.accounts(request, request.GET.get("praticien", ""))
    chosen = accounts.chosen
    found = selectors.till(
        keyring=request.keyring,
        day=asked.day(request.GET.get("jour", "")),
        whose=accounts.whose,
    )
    closed = closing.of_day(found.day).get(chosen.pk) if chosen else None
    journal.record("billing.till", details={"count": len(found.rows), "print": True})
    content = documents.till(practice=request.practice, till=found, practitioner=chosen, closed=closed)
    return shown(content, f"caisse-{found.day}")


@requires("billing.till")
@require_GET
def cheques(request: Any) -> HttpResponse:
    return _cheques(request)


def _cheques(request: Any, *, error: str = "", status: int = 200) -> HttpResponse:
    """Cheques and cash that wait, by practitioner, and the slips already made."""
    accounts = asked.accounts(request, request.GET.get("praticien", ""))
    rows = slips.told(request.keyring, slips.waiting(accounts.whose))
    by_owner: dict[Any, list[Any]] = {}
    for row in rows:
        by_owner.setdefault(row[0].payment.practitioner, []).append(row)
    made = perms.within(DepositSlip.objects.select_related("practitioner"), accounts.whose)
    context = accounts.context | {
        "owners": [
            (owner, held, sum(row.payment.amount_cents for row, _ in held))
            for owner, held in by_owner.items()
        ],
        "slips": list(made.order_by("-created_at")[:40]),
        "cash": slips.cash(accounts.whose),
        "error": error,
        "typed": request.POST,
    }
    journal.record("billing.till", details={"what": "cheques", "count": len(rows)})
    return render(request, "billing/cheques.html", context, status=status)


@requires("billing.cash")
@require_POST
def make_slip(request: Any) -> HttpResponse:
    owner = asked.one_practitioner(request.POST.get("praticien", ""))
    try:
        ticked = [decode(text) for text in request.POST.getlist("cheque")]
        slip = slips.make(author=request.person, practitioner=owner, payment_ids=ticked)
        messages.success(request, f"Remise n° {slip.number} faite : imprimez-la et joignez-la aux chèques.")
    except Refused as error:
        messages.error(request, str(error))
    except ValueError:
        messages.error(request, "Un de ces chèques est inconnu\u00a0: rechargez la page.")
    shown_one = asked.accounts(request, request.POST.get("vue", "")).chosen
    back = encode(shown_one.pk) if shown_one else asked.EVERYBODY
    return redirect(f"{reverse('billing:cheques')}?praticien={back}")


@requires("billing.cash")
@require_POST
def make_cash_slip(request: Any) -> HttpResponse:
    """Cash taken to the bank. Refused, the page comes back with what was typed."""
    owner = asked.one_practitioner(request.POST.get("praticien", ""))
    try:
        cents = parse_euros(request.POST.get("somme", ""))
        slip = slips.make_cash(author=request.person, practitioner=owner, cents=cents)
    except ValueError as error:
        return _cheques(request, error=str(error), status=422)
    messages.success(request, f"{slip.title} faite\u00a0: imprimez-la, et comptez les coupures.")
    return redirect(f"{reverse('billing:cheques')}?praticien={encode(owner.pk)}")


@requires("billing.till")
@require_GET
def slip_pdf(request: Any, slip_id: int) -> HttpResponse:
    rows = perms.within(DepositSlip.objects.select_related("practitioner"), perms.readable(request.person))
    slip = get_object_or_404(rows, pk=slip_id)
    journal.record("billing.till", object_id=slip.pk, details={"what": "slip"})
    content = slips.paper(keyring=request.keyring, practice=request.practice, slip=slip)
    return shown(content, f"remise-{slip.number}")
