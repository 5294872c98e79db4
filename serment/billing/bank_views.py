"""« Banque »: a statement brought in, what came in to be matched, each match confirmed by a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.billing import asked, bank, bank_candidates, bank_reading, perms
from serment.billing.models import BankLine
from serment.formats.bank.statement import MAX_BYTES, BankFault
from serment.journal import services as journal
from serment.vault.ids import decode


@requires("billing.write")
@require_GET
def home(request: Any) -> HttpResponse:
    return _home(request)


def _home(request: Any, *, error: str = "", ask_owner: bool = False, status: int = 200) -> HttpResponse:
    own = request.person.practitioner if request.person.practitioner_id else None
    accounts = asked.accounts(request, "" if own else request.GET.get("praticien", ""))
    context = accounts.context | {
        "lines": bank_reading.lines(keyring=request.keyring, whose=accounts.whose),
        "waiting": bank_reading.waiting(accounts.whose),
        "error": error,
        "ask_owner": ask_owner,
        **({"practitioners": [own]} if own else {}),  # a bank says who paid: to its practitioner alone
        "owners": [request.person.practitioner]
        if request.person.practitioner_id
        else [one for one in accounts.offered if one.active],
    }
    journal.record("billing.till", details={"what": "bank"})
    return render(request, "billing/bank.html", context, status=status)


@requires("billing.write")
@require_POST
def bring(request: Any) -> HttpResponse:
    """Import a file. A new account asks once whose it is; the file is read again with the answer."""
    given = request.FILES.get("file")
    if given is None:
        return _home(request, error="Choisissez le fichier donné par la banque.", status=422)
    if given.size > MAX_BYTES:
        return _home(request, error="Ce fichier dépasse 5 Mo\u00a0: importez-le par périodes.", status=422)
    owner = None
    if request.POST.get("owner"):
        owner = asked.one_practitioner(request.POST["owner"])
    try:
        found = bank.bring(
            keyring=request.keyring, author=request.person, raw=given.read(), practitioner=owner
        )
    except bank.UnknownAccount as new:
        return _home(request, error=str(new), ask_owner=True, status=422)
    except (BankFault, bank.Refused) as fault:
        return _home(request, error=str(fault), status=422)
    messages.success(
        request,
        f"Relevé {found.kind} lu : {found.new} entrée(s) nouvelle(s), {found.known} déjà connue(s) ; "
        f"{found.out} sortie(s) laissée(s) à la banque.",
    )
    return redirect("billing:bank")


@requires("billing.write")
@require_GET
def line(request: Any, line_id: int) -> HttpResponse:
    return _line(request, _found(request, line_id))


def _found(request: Any, line_id: int) -> BankLine:
    """Raises Http404, also for a line of another practitioner's account."""
    rows = BankLine.objects.select_related("account__practitioner")
    whose = request.person.practitioner_id or perms.readable(request.person)
    rows = perms.within(rows, whose, "account__practitioner_id")
    found: BankLine = get_object_or_404(rows, pk=line_id)
    return found


def _line(request: Any, row: BankLine, *, error: str = "", status: int = 200) -> HttpResponse:
    open_ = row.state == BankLine.State.OPEN
    context = {
        "line": row,
        "said": bank.keys_of(request.keyring).open(row, "payload"),
        "offers": bank_candidates.proposals(
            row, bank_candidates.awaited(row.account.practitioner_id, until=row.booked_on)
        )[:60]
        if open_
        else [],
        "claims": bank_reading.claims_for(keyring=request.keyring, line=row) if open_ else [],
        "matches": list(row.matches.select_related("slip", "transfer", "payment").order_by("pk")),
        "reasons": BankLine.Reason.choices,
        "chosen": set(request.POST.getlist("chosen")) if error else None,
        "error": error,
    }
    journal.record("billing.till", object_id=row.pk, details={"what": "bank line"})
    return render(request, "billing/bank_line.html", context, status=status)


def _done(request: Any, row: BankLine, verb: Callable[[], Any], said: str) -> HttpResponse:
    try:
        verb()
    except ValueError as refused:
        return _line(request, _found(request, row.pk), error=str(refused), status=422)
    messages.success(request, said)
    return redirect("billing:bank")


@requires("billing.write")
@require_POST
def match(request: Any, line_id: int) -> HttpResponse:
    row = _found(request, line_id)

    def verb() -> BankLine:
        return bank.match(
            author=request.person,
            line_id=row.pk,
            chosen=request.POST.getlist("chosen"),
            gap_accepted=request.POST.get("gap") == "1",
        )

    return _done(request, row, verb, "Ligne rapprochée.")


@requires("billing.write")
@require_POST
def collect(request: Any, line_id: int) -> HttpResponse:
    row = _found(request, line_id)

    def verb() -> Any:
        try:
            claim_id = decode(request.POST.get("claim", ""))
        except ValueError:
            raise bank.Refused("Choisissez la facture que cette ligne règle.") from None
        return bank.collect(author=request.person, line_id=row.pk, claim_id=asked.claim(claim_id).pk)

    return _done(request, row, verb, "Virement encaissé et rapproché.")


@requires("billing.write")
@require_POST
def put_aside(request: Any, line_id: int) -> HttpResponse:
    row = _found(request, line_id)

    def verb() -> BankLine:
        return bank.put_aside(author=request.person, line_id=row.pk, reason=request.POST.get("reason", ""))

    return _done(request, row, verb, "Ligne mise hors recettes.")


@requires("billing.write")
@require_POST
def undo(request: Any, line_id: int) -> HttpResponse:
    row = _found(request, line_id)

    def verb() -> BankLine:
        return bank.undo(author=request.person, line_id=row.pk)

    return _done(request, row, verb, "La ligne est de nouveau à rapprocher.")
