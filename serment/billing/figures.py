"""A month or a year in figures: receipts, acts, delays, exact to the till; and the receipts as a table for accounts.

Sums need no key. The mix of acts is opened with the billing domain alone, a month at a time.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone

from serment.billing.closing import start_of
from serment.billing.models import Allocation, Claim, EndedYear, Payment, TillClosing
from serment.billing.perms import Whose, within
from serment.billing.selectors import numbers_of
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

MODES = {str(code): str(label) for code, label in Payment.Mode.choices}


@dataclass(frozen=True)
class Period:
    """``first`` to the day before ``after``; ``yearly``: told month by month, else day by day."""

    first: date
    after: date
    yearly: bool

    @classmethod
    def month(cls, first: date) -> Period:
        return cls(first, (first.replace(day=28) + timedelta(days=4)).replace(day=1), False)

    @classmethod
    def year(cls, year: int) -> Period:
        return cls(date(year, 1, 1), date(year + 1, 1, 1), True)


@dataclass
class Receipts:
    """``rows``: (day or first of month, cents by mode). ``ended``: cents of rows that left by their own rule."""

    rows: list[tuple[date, dict[str, int]]]
    by_mode: dict[str, int]
    ended: int = 0
    closed: int = 0
    open_: int = 0
    transfers: int = 0
    refunds: int = 0
    waived: int = 0

    @property
    def total(self) -> int:
        return sum(self.by_mode.values()) + self.ended


def payments_of(period: Period, whose: Whose) -> QuerySet[Payment]:
    rows = Payment.objects.filter(
        received_at__gte=start_of(period.first), received_at__lt=start_of(period.after)
    )
    return within(rows, whose)


def receipts(period: Period, whose: Whose = None) -> Receipts:
    """Six queries. ``closed`` + ``open_`` + ``transfers`` is the total: what the tills say, and the bank's part."""
    rows = payments_of(period, whose)
    by_day = (
        rows.annotate(at=(TruncMonth if period.yearly else TruncDate)("received_at"))
        .values_list("at", "mode")
        .annotate(Sum("amount_cents"))
        .order_by("at")
    )
    held: dict[date, dict[str, int]] = defaultdict(dict)
    by_mode: Counter[str] = Counter()
    for at, mode, cents in by_day:
        held[timezone.localtime(at).date() if period.yearly else at][mode] = cents
        by_mode[mode] += cents
    closings = TillClosing.objects.filter(day__gte=period.first, day__lt=period.after)
    gone = EndedYear.objects.filter(year=period.first.year) if period.yearly else EndedYear.objects.none()
    waived = Allocation.objects.filter(
        payment=None, made_at__gte=start_of(period.first), made_at__lt=start_of(period.after)
    )
    gone, waived = within(gone, whose), within(waived, whose, "claim__practitioner_id")
    closed = within(closings, whose).aggregate(sum=Sum("total_cents"))["sum"] or 0
    transfers = by_mode.get(Payment.Mode.TRANSFER, 0)
    back = rows.filter(kind=Payment.Kind.REFUND).aggregate(sum=Sum("amount_cents"))["sum"] or 0
    return Receipts(
        rows=sorted(held.items()),
        by_mode={mode: by_mode[mode] for mode in MODES if mode in by_mode},
        ended=sum(row.total_cents for row in gone),
        closed=closed,
        open_=sum(by_mode.values()) - transfers - closed,
        transfers=transfers,
        refunds=-back,
        waived=waived.aggregate(sum=Sum("cents"))["sum"] or 0,
    )


@dataclass(frozen=True)
class Delay:
    """Days from a claim to its payment, over what was received in the period."""

    label: str
    count: int
    mean: int
    longest: int


def delays(period: Period, whose: Whose = None) -> list[Delay]:
    """By payer: one query."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    rows = Allocation.objects.filter(
        payment__kind=Payment.Kind.RECEIPT,
        cents__gt=0,
        payment__received_at__gte=start_of(period.first),
        payment__received_at__lt=start_of(period.after),
    )
    dated = within(rows, whose, "payment__practitioner_id").annotate(on=TruncDate("payment__received_at"))
    for payer, claimed, paid, number in dated.values_list(
        "payment__payer", "claim__established_on", "on"
    ).annotate(Count("pk")):
        found[payer].append((max(0, (paid - claimed).days), number))
    return [
        Delay(
            str(label).capitalize(),
            sum(number for _, number in found[payer]),
            round(sum(days * number for days, number in found[payer]) / sum(n for _, n in found[payer])),
            max(days for days, _ in found[payer]),
        )
        for payer, label in Payment.Payer.choices
        if payer in found
    ]


@dataclass
class Act:
    """An act's code over a period: how many, how much."""

    code: str
    count: int = 0
    cents: int = 0


@dataclass
class Mix:
    """``acts``: most paid first. ``unread``: claims whose acts this session may not open."""

    acts: list[Act] = field(default_factory=list)
    excess: int = 0
    unread: int = 0

    @property
    def cents(self) -> int:
        return sum(act.cents for act in self.acts) + self.excess


def mix(*, keyring: Keyring, period: Period, whose: Whose = None) -> Mix:
    """Acts of the claims of a period, cancelled ones left out: two queries. Raises NoKey without the billing domain."""
    rows = Claim.objects.filter(established_on__gte=period.first, established_on__lt=period.after)
    sealed = list(
        within(rows, whose)
        .exclude(state="cancelled")
        .values_list("pk", "patient_id", "payload", "excess_cents")
    )
    keys = keyring.subject_keys({row[1] for row in sealed}, Domain.BILLING)
    found, read = Mix(), 0
    acts: dict[str, Act] = {}
    for _, payload in keys.open_many(Claim, "payload", (row[:3] for row in sealed)):
        read += 1
        for line in payload["lines"]:
            act = acts.setdefault(line["code"].split(" ")[0], Act(line["code"].split(" ")[0]))
            act.count, act.cents = act.count + 1, act.cents + line["amount_cents"]
    found.acts = sorted(acts.values(), key=lambda act: (-act.cents, act.code))
    found.excess = sum(row[3] for row in sealed if row[1] in keys)
    found.unread = len(sealed) - read
    return found


COLUMNS = (
    "date", "praticien", "numero", "nature", "moyen", "payeur", "montant", "factures", "remise",
)  # fmt: skip


def table(period: Period, whose: Whose = None) -> Iterator[str]:
    """The receipts as CSV lines (semicolons, comma, BOM for spreadsheets): no name, no act, no reason of care."""
    yield "\ufeff" + _line(COLUMNS)
    last, cursor = False, 0
    while not last:
        rows = list(
            payments_of(period, whose)
            .filter(pk__gt=cursor)
            .select_related("practitioner", "slip")
            .order_by("pk")[:1000]
        )
        last = len(rows) < 1000
        numbers = numbers_of(row.pk for row in rows)
        for row in rows:
            cursor = row.pk
            yield _line(
                (
                    f"{timezone.localtime(row.received_at):%d/%m/%Y}",
                    row.practitioner.display_name,
                    str(row.number),
                    row.get_kind_display(),
                    row.get_mode_display(),
                    row.get_payer_display(),
                    f"{row.amount_cents / 100:.2f}".replace(".", ","),
                    numbers.get(row.pk, "acompte"),
                    str(row.slip.number) if row.slip else "",
                )
            )


def _line(cells: tuple[str, ...]) -> str:
    held = io.StringIO()
    csv.writer(held, delimiter=";", lineterminator="\r\n").writerow(cells)
    return held.getvalue()
