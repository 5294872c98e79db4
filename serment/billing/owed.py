"""« Qui me doit »: what is outstanding, by payer and by age; and the month's receipts day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from serment.billing.models import Claim, Payment

AGES = ((0, 30), (31, 60), (61, 90), (91, 100_000))


@dataclass(frozen=True)
class Slice:
    """Claims of one age not settled: how many, how much."""

    label: str
    count: int
    cents: int


def by_age(today: date | None = None, *, practitioner_id: int | None = None) -> list[Slice]:
    """Four queries, whatever the number of claims."""
    day = today or timezone.localdate()
    found = []
    for low, high in AGES:
        rows = Claim.objects.filter(
            **({"practitioner_id": practitioner_id} if practitioner_id else {}),
            state__in=["established", "part_paid"],
            established_on__lte=day - timedelta(days=low),
            established_on__gte=day - timedelta(days=min(high, 36_000)),
        ).aggregate(count=Count("pk"), cents=Sum(F("total_cents") - F("paid_cents") - F("waived_cents")))
        label = f"{low} à {high} jours" if high < 100_000 else f"plus de {low - 1} jours"
        found.append(Slice(label, rows["count"], rows["cents"] or 0))
    return found


def month(first: date, practitioner_id: int | None = None) -> list[tuple[date, int]]:
    """Receipts of each day of a month, days without any left out: one query."""
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    found = Payment.objects.filter(received_at__date__gte=first, received_at__date__lt=after)
    if practitioner_id is not None:
        found = found.filter(practitioner_id=practitioner_id)
    rows = (
        found.annotate(day=TruncDate("received_at"))
        .values("day")
        .annotate(cents=Sum("amount_cents"))
        .order_by("day")
    )
    return [(row["day"], row["cents"]) for row in rows]
