"""« Qui me doit »: what each open claim waits for, by payer and by age; what is rejected; which transfers are to come.

A sheet on its way makes the fund owe its part; what is left is the patient's. Nothing here needs a key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median

from django.db.models import Count, Sum
from django.utils import timezone

from serment.billing.models import Allocation, Claim, Payment, Transfer
from serment.billing.perms import Whose, within
from serment.billing.selectors import OPEN
from serment.patients.selectors import names_of
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

AGES = ((0, 30), (31, 60), (61, 90), (91, 100_000))
ON_THE_WAY = ("signed", "in_lot", "sent", "acknowledged", "paper", "rejected", "corrected", "part_paid")
"""States of a sheet that make its payer owe: from signing until the payer has settled it or it is closed."""
TO_TREAT = ("rejected", "part_paid")
MEASURED = 5
"""Fewer settlements than this measure no delay: our choice."""
PAYERS = {"amo": "Assurance maladie", "amc": "Complémentaires", "patient": "Patients"}


@dataclass(frozen=True)
class Share:
    """What one open claim waits for, in cents, from each payer. ``fund``: « 01 351 », empty before its lot."""

    claim: Claim
    amo: int
    amc: int
    patient: int
    fund: str = ""
    rejected: bool = False


@dataclass
class Line:
    """One payer: sums by age, oldest last."""

    label: str
    ages: list[int] = field(default_factory=lambda: [0] * len(AGES))
    count: int = 0

    @property
    def cents(self) -> int:
        return sum(self.ages)


def label_of(low: int, high: int) -> str:
    return f"{low} à {high} jours" if high < 100_000 else f"plus de {low - 1} jours"


def shares(*, whose: Whose = None, patient_id: int | None = None, before: date | None = None) -> list[Share]:
    """Every open claim, oldest first: three queries, whatever their number."""
    rows = within(Claim.objects.filter(state__in=OPEN), whose).select_related("practitioner").defer("payload")
    if patient_id is not None:
        rows = rows.filter(patient_id=patient_id)
    if before is not None:
        rows = rows.filter(established_on__lte=before)
    claims = list(rows.order_by("established_on", "pk"))
    sheets = _sheets(rows)
    paid = _paid_by(rows)
    return [_share(claim, sheets.get(claim.pk, {}), paid[claim.pk]) for claim in claims]


TO_PRACTICE = {"00": (), "05": ("amo",), "15": ("amo", "amc"), "25": ("amc",)}
"""Who is paid, as signed on the sheet → the parts that come to the practice."""


def _sheets(rows: object) -> dict[int, dict[str, tuple[str, str]]]:
    """Claim → part that comes here → (state, fund) of the sheet that asks for it."""
    sheet_of = Claim._meta.get_field("sheets").related_model
    found: dict[int, dict[str, tuple[str, str]]] = defaultdict(dict)
    query = sheet_of.objects.filter(state__in=ON_THE_WAY, claim__in=rows.order_by().values("pk"))  # type: ignore[attr-defined]
    columns = ("claim_id", "part", "payee", "state", "lot__scheme", "lot__fund")
    for claim_id, part, payee, state, scheme, fund in query.order_by("-part").values_list(*columns):
        for due in TO_PRACTICE.get(payee, (part,)):
            if part in ("amo", due):
                found[claim_id].setdefault(due, (state, f"{scheme} {fund}" if scheme else ""))
    return found


def _paid_by(rows: object) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    query = Allocation.objects.filter(
        claim__in=rows.order_by().values("pk"),  # type: ignore[attr-defined]
        payment__isnull=False,
    )
    for claim_id, payer, cents in query.values_list("claim_id", "payment__payer").annotate(Sum("cents")):
        found[claim_id][payer] = cents
    return found


def _share(claim: Claim, sheets: dict[str, tuple[str, str]], paid: dict[str, int]) -> Share:
    left = claim.balance_cents
    due = {}
    for part, asked in (("amo", claim.amo_cents), ("amc", claim.amc_cents)):
        due[part] = min(left, max(0, asked - paid.get(part, 0))) if part in sheets else 0
        left -= due[part]
    state, fund = sheets.get("amo", ("", ""))
    return Share(claim, due["amo"], due["amc"], left, fund, state in TO_TREAT)


def of_claim(claim: Claim) -> Share | None:
    """What one claim waits for; None once it is settled."""
    if not claim.balance_cents:
        return None
    found = shares(patient_id=claim.patient_id, whose=claim.practitioner_id)
    return next((share for share in found if share.claim.pk == claim.pk), None)


def unpaid(*, keyring: Keyring, whose: Whose = None, limit: int = 100) -> list[tuple[Claim, int, str]]:
    """(claim, cents that its patient owes, their name where it may be read), oldest first."""
    rows = [share for share in shares(whose=whose) if share.patient > 0][:limit]
    names = {}
    if keyring.holds(Domain.ADMIN):
        names = names_of(keyring=keyring, patient_ids={share.claim.patient_id for share in rows})
    return [
        (
            share.claim,
            share.patient,
            names[share.claim.patient_id].display_name if share.claim.patient_id in names else "",
        )
        for share in rows
    ]


def by_payer(found: Iterable[Share], today: date | None = None) -> list[Line]:
    """One line for each fund, the complementary bodies and the patients; those that owe nothing left out."""
    day = today or timezone.localdate()
    lines: dict[str, Line] = {}
    for share in found:
        rank = _rank((day - share.claim.established_on).days)
        funds = f"Assurance maladie, caisse {share.fund}" if share.fund else "Assurance maladie, à envoyer"
        for label, cents in (
            (funds, share.amo),
            (PAYERS["amc"], share.amc),
            (PAYERS["patient"], share.patient),
        ):
            if cents > 0:
                line = lines.setdefault(label, Line(label))
                line.ages[rank] += cents
                line.count += 1
    return sorted(lines.values(), key=lambda line: (line.label == PAYERS["patient"], line.label))


def _rank(days: int) -> int:
    return next((n for n, (_, high) in enumerate(AGES) if days <= high), len(AGES) - 1)


def rejected(found: Iterable[Share]) -> tuple[int, int]:
    """(how many, cents) of the sheets rejected or paid in part, that a person must treat."""
    rows = [share for share in found if share.rejected]
    return len(rows), sum(share.amo for share in rows)


def delay_days(whose: Whose = None, today: date | None = None) -> int | None:
    """Median days from a claim to the fund's payment, over a year; None when too few were measured. One query."""
    since = (today or timezone.localdate()) - timedelta(days=365)
    rows = Allocation.objects.filter(
        payment__payer=Payment.Payer.AMO, payment__kind=Payment.Kind.RECEIPT, claim__established_on__gte=since
    )
    rows = within(rows, whose, "claim__practitioner_id")
    days = [
        (timezone.localtime(at).date() - on).days
        for on, at in rows.order_by("-pk").values_list("claim__established_on", "payment__received_at")[:2000]
    ]
    return round(median(days)) if len(days) >= MEASURED else None


@dataclass(frozen=True)
class Week:
    """What may come within one week; ``first`` None: late already, or no delay measured."""

    first: date | None
    cents: int
    count: int


def forecast(found: Iterable[Share], delay: int | None, today: date | None = None) -> list[Week]:
    """The funds' transfers to come, week by week, from the delay measured here. What should have come is first."""
    day = today or timezone.localdate()
    weeks: dict[date | None, list[int]] = defaultdict(list)
    for share in found:
        if share.amo <= 0 or share.rejected:
            continue
        when = share.claim.established_on + timedelta(days=delay) if delay is not None else None
        start = when - timedelta(days=when.weekday()) if when is not None and when >= day else None
        weeks[start].append(share.amo)
    ordered = sorted(weeks, key=lambda first: first or date.min)
    return [Week(first, sum(weeks[first]), len(weeks[first])) for first in ordered]


def announced(whose: Whose = None) -> tuple[int, int, int]:
    """(how many, cents) of the transfers announced and not yet seen at the bank, and cents repaid to patients this
    year: two queries.
    """
    rows = within(Transfer.objects.all(), whose)
    waiting = rows.filter(matches=None, cents__gt=0).aggregate(count=Count("pk"), cents=Sum("cents"))
    year = rows.filter(announced_on__year=timezone.localdate().year)
    return waiting["count"], waiting["cents"] or 0, year.aggregate(sum=Sum("repaid_cents"))["sum"] or 0
