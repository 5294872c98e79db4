"""« Encaisser »: several means, several claims of one patient, and an « acompte », in one gesture."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from serment.access.rules import requires
from serment.billing import asked, payments
from serment.billing.models import Claim, Payment
from serment.billing.owed import Share, shares
from serment.billing.payloads import PaymentDetails
from serment.billing.payments import Means
from serment.billing.selectors import OPEN
from serment.billing.views import known_patient
from serment.formats.money import parse_euros
from serment.patients.views.identity import patient_context
from serment.practice.models import Practitioner

LINES = 3


@dataclass
class Plan:
    """What the page asks for: means, parts of each claim ticked (oldest first), and what is left over."""

    means: list[Means] = field(default_factory=list)
    parts: list[tuple[int, int]] = field(default_factory=list)
    given: int = 0
    owed: int = 0

    @property
    def over(self) -> int:
        return self.given - sum(cents for _, cents in self.parts)

    @property
    def short(self) -> int:
        return max(0, self.owed - self.given)


def _means(post: Any) -> list[Means]:
    """The lines of means that hold an amount. Raises FormatError."""
    columns = (post.getlist(name) for name in ("mode", "amount", "drawer", "bank", "cheque"))
    found = []
    for mode, amount, drawer, bank, cheque in zip(*columns, strict=False):
        if not amount.strip():
            continue
        details = PaymentDetails()
        if mode == Payment.Mode.CHEQUE:
            details = PaymentDetails(
                drawer=drawer.strip()[:80], bank=bank.strip()[:40], cheque=cheque.strip()[:20]
            )
        found.append(Means(mode, parse_euros(amount), details))
    return found


def _plan(post: Any, shares: list[Share]) -> Plan:
    """Fill the patient's part of the ticked claims, oldest first, with what is given. Raises FormatError."""
    ticked = set(post.getlist("claim"))
    plan = Plan(means=_means(post))
    plan.given = left = sum(one.cents for one in plan.means)
    for share in shares:
        if str(share.claim.pk) not in ticked:
            continue
        plan.owed += share.patient
        if taken := min(left, share.patient):
            plan.parts.append((share.claim.pk, taken))
            left -= taken
    return plan


def _owed(patient_id: int, practitioner: Practitioner) -> list[Share]:
    """The patient's part of each open claim, oldest first; what a fund owes is not asked of them."""
    found = shares(patient_id=patient_id, whose=practitioner.pk)
    return [share for share in found if share.patient > 0]


def _whose(request: Any, patient_id: int) -> Practitioner:
    """Whose accounts receive: oneself; at the desk whoever is asked for, else the owner of the oldest claim owed."""
    if request.person.practitioner:
        own: Practitioner = request.person.practitioner
        return own
    text = request.POST.get("praticien") or request.GET.get("praticien", "")
    if text:
        return asked.one_practitioner(text)
    rows = Claim.objects.filter(patient_id=patient_id, state__in=OPEN).select_related("practitioner")
    oldest = rows.order_by("established_on", "pk").first()
    if oldest is not None:
        owner: Practitioner = oldest.practitioner
        return owner
    first: Practitioner = Practitioner.objects.filter(active=True).order_by("pk")[0]
    return first


@requires("billing.cash")
@require_http_methods(["GET", "POST"])
def page(request: Any, patient_id: int) -> HttpResponse:
    known_patient(patient_id)
    practitioner = _whose(request, patient_id)
    owed = _owed(patient_id, practitioner)
    error, status = "", 200
    if request.method == "POST":
        try:
            made = _receive(request, patient_id, practitioner, _plan(request.POST, owed))
            messages.success(request, "Encaissement enregistré.")
            return redirect("billing:collected", made[0].pk)
        except ValueError as refused:
            error, status = str(refused), 422
    ticked = request.POST.getlist("claim") if error else [str(share.claim.pk) for share in owed]
    context = patient_context(request, patient_id, "billing") | {
        "practitioner": practitioner,
        "practitioners": []
        if request.person.practitioner_id
        else list(Practitioner.objects.filter(active=True).order_by("family_name", "pk")),
        "claims": [(share, str(share.claim.pk) in ticked) for share in owed],
        "account": payments.on_account(patient_id=patient_id, practitioner_id=practitioner.pk),
        "lines": _typed_lines(request, sum(share.patient for share in owed) if not error else 0),
        "keep": request.POST.get("keep") == "1",
        "modes": Payment.Mode.choices,
        "error": error,
        "request_key": request.POST.get("request_key") or secrets.token_hex(12),
    }
    return render(request, "billing/collect.html", context, status=status)


def _typed_lines(request: Any, owed: int) -> list[dict[str, Any]]:
    """The lines of means as typed; on a first visit, the sum owed on the first."""
    names = ("mode", "amount", "drawer", "bank", "cheque")
    if request.method == "POST":
        rows = list(zip(*(request.POST.getlist(name) for name in names), strict=False))
        return [dict(zip(names, row, strict=True)) for row in rows][:LINES] or [{}] * LINES
    first = {"mode": Payment.Mode.CARD.value, "cents": owed}
    return [first] + [{"mode": mode} for mode in (Payment.Mode.CHEQUE.value, Payment.Mode.CASH.value)]


def _receive(request: Any, patient_id: int, practitioner: Practitioner, plan: Plan) -> list[Payment]:
    if plan.over > 0 and request.POST.get("keep") != "1":
        raise payments.Refused(
            "Ce qui est donné dépasse ce qui reste à régler\u00a0: corrigez un montant, ou gardez le surplus "
            "en acompte."
        )
    return payments.receive(
        keyring=request.keyring,
        author=request.person,
        practitioner=practitioner,
        patient_id=patient_id,
        means=plan.means,
        parts=plan.parts,
        on_account=plan.over,
        request_key=request.POST.get("request_key", "")[:24] or secrets.token_hex(12),
    )


@requires("billing.cash")
@require_POST
def count(request: Any, patient_id: int) -> HttpResponse:
    """What is typed, added up: given, owed, left over or short. Nothing is kept."""
    known_patient(patient_id)
    context: dict[str, Any] = {}
    try:
        context["plan"] = _plan(request.POST, _owed(patient_id, _whose(request, patient_id)))
    except ValueError as refused:
        context["error"] = str(refused)
    return render(request, "billing/counted.html", context)
