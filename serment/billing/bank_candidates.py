"""What is awaited at the bank: funds' transfers, slips of cheques, cards of a day, patients' own transfers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from serment.billing.closing import start_of
from serment.billing.models import BankLine, DepositSlip, Payment, Transfer
from serment.formats import dates

MARGIN_DAYS = 3
"""A bank may book a day or two before the practice writes: our choice."""
REACH_DAYS = 400


@dataclass(frozen=True)
class Awaited:
    """One sum to come. ``code`` names it in a form; ``targets`` are the rows of its `BankMatch`es."""

    kind: str
    code: str
    on: date
    cents: int
    label: str
    targets: list[dict[str, Any]] = field(default_factory=list)


def awaited(practitioner_id: int, *, until: date | None = None) -> list[Awaited]:
    """Everything not matched yet, oldest first: four queries."""
    last = (until or timezone.localdate()) + timedelta(days=MARGIN_DAYS)
    first = last - timedelta(days=REACH_DAYS)
    found = [
        Awaited(
            "transfer",
            f"transfer-{row.pk}",
            row.announced_on,
            row.cents,
            f"Virement annoncé {row.reference}".strip(),
            [{"transfer": row, "cents": row.cents}],
        )
        for row in Transfer.objects.filter(
            practitioner_id=practitioner_id, matches=None, cents__gt=0, announced_on__range=(first, last)
        )
    ]
    found += [
        Awaited(
            "slip",
            f"slip-{row.pk}",
            row.made_on,
            row.total_cents,
            row.title,
            [{"slip": row, "cents": row.total_cents}],
        )
        for row in DepositSlip.objects.filter(
            practitioner_id=practitioner_id, matches=None, made_on__range=(first, last)
        )
    ]
    found += _payments(practitioner_id, first, last)
    return sorted(found, key=lambda one: (one.on, one.code))


def _payments(practitioner_id: int, first: date, last: date) -> list[Awaited]:
    """Cards by day, and transfers that no return announced."""
    rows = Payment.objects.filter(
        practitioner_id=practitioner_id,
        matches=None,
        mode__in=[Payment.Mode.CARD, Payment.Mode.TRANSFER],
        transfer=None,
        received_at__gte=start_of(first),
        received_at__lt=start_of(last + timedelta(days=1)),
    ).order_by("received_at", "pk")
    cards: dict[date, list[Payment]] = defaultdict(list)
    found = []
    for row in rows:
        day = timezone.localtime(row.received_at).date()
        if row.mode == Payment.Mode.CARD:
            cards[day].append(row)
        elif row.amount_cents > 0 and row.kind == Payment.Kind.RECEIPT:
            found.append(
                Awaited(
                    "payment",
                    f"payment-{row.pk}",
                    day,
                    row.amount_cents,
                    f"Virement reçu, encaissement n° {row.number}",
                    [{"payment": row, "cents": row.amount_cents}],
                )
            )
    for day, held in cards.items():
        cents = sum(row.amount_cents for row in held)
        if cents > 0:
            found.append(
                Awaited(
                    "card",
                    f"card-{day}",
                    day,
                    cents,
                    f"Cartes du {dates.short(day)} ({len(held)})",
                    [{"payment": row, "cents": row.amount_cents} for row in held],
                )
            )
    return found


def proposals(line: BankLine, offered: list[Awaited]) -> list[tuple[Awaited, bool]]:
    """What the line may pay, the exact sum first and ticked when it is the only one; then by how near the day is."""
    near = [one for one in offered if one.cents == line.cents]
    alone = len(near) == 1
    ordered = sorted(offered, key=lambda one: (one.cents != line.cents, abs((one.on - line.booked_on).days)))
    return [(one, alone and one is near[0]) for one in ordered]
