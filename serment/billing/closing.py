"""Close a day's till: totals signed and numbered; and prove that nothing of a closed day has moved."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from serment.access.models import Person
from serment.billing.models import Payment, TillClosing
from serment.journal import services as journal
from serment.vault import crypto
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring
from serment.vault.models import KeyHolder

DAY = timedelta(days=1)


class Refused(ValueError):
    """French: why the till was not closed."""


@dataclass(frozen=True)
class Sums:
    """What a day holds: cents by mode, how many payments, their digest."""

    totals: dict[str, int]
    count: int
    digest: str

    @property
    def total(self) -> int:
        return sum(self.totals.values())


def sums(days: list[date]) -> dict[date, Sums]:
    """What each day holds: one query. Transfers stay out: the bank's statement, not the drawer, proves them."""
    if not days:
        return {}
    rows = (
        Payment.objects.filter(received_at__gte=_start(min(days)), received_at__lt=_start(max(days) + DAY))
        .exclude(mode=Payment.Mode.TRANSFER)
        .order_by("received_at", "pk")
        .values_list("received_at", "pk", "claim_id", "amount_cents", "mode")
    )
    found: dict[date, list[tuple[int, int, int, str]]] = {day: [] for day in days}
    for at, *payment in rows:
        found.get(timezone.localtime(at).date(), []).append(tuple(payment))
    return {day: _sum(payments) for day, payments in found.items()}


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _sum(payments: list[tuple[int, int, int, str]]) -> Sums:
    totals: dict[str, int] = {}
    held = hashlib.sha256()
    for pk, claim_id, cents, mode in payments:
        totals[mode] = totals.get(mode, 0) + cents
        held.update(f"{pk}|{claim_id}|{cents}|{mode};".encode())
    return Sums(totals, len(payments), held.hexdigest())


def message(row: TillClosing) -> bytes:
    """The bytes that a closing's signature covers."""
    modes = ",".join(f"{mode}:{cents}" for mode, cents in sorted(row.totals.items()))
    return f"{row.practice_id}|{row.number}|{row.day}|{modes}|{row.total_cents}|{row.count}|{row.digest}".encode()


def of_day(day: date) -> TillClosing | None:
    found: TillClosing | None = TillClosing.objects.filter(day=day).first()
    return found


@transaction.atomic
def close(*, keyring: Keyring, author: Person, day: date) -> TillClosing:
    """Sign a day; the days before it that hold money must be closed first. Raises Refused."""
    if day > timezone.localdate():
        raise Refused("Ce jour n’est pas encore passé.")
    if of_day(day) is not None:
        raise Refused("La caisse de ce jour est déjà close.")
    earlier = _open_before(day)
    if earlier is not None:
        raise Refused(f"Clôturez d’abord la caisse du {earlier:%d/%m/%Y}.")
    found = sums([day])[day]
    row = TillClosing(
        id=new_id(),
        practice_id=keyring.practice_id,
        number=(TillClosing.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        day=day,
        totals=found.totals,
        total_cents=found.total,
        count=found.count,
        digest=found.digest,
        author_id=author.pk,
        signer_id=keyring.holder_id,
    )
    row.signature = crypto.sign(keyring.signing_seed, message(row))
    row.save(force_insert=True)
    journal.record("billing.closed", object_id=row.pk, details={"number": row.number, "count": row.count})
    return row


def _open_before(day: date) -> date | None:
    """The oldest earlier day with payments and no closing, after the last closed one."""
    last = TillClosing.objects.aggregate(day=Max("day"))["day"]
    rows = Payment.objects.exclude(mode=Payment.Mode.TRANSFER).filter(received_at__lt=_start(day))
    if last is not None:
        rows = rows.filter(received_at__gte=_start(last + DAY))
    first = rows.order_by("received_at").values_list("received_at", flat=True).first()
    return timezone.localtime(first).date() if first else None


def holding(rows: list[TillClosing]) -> list[tuple[TillClosing, bool]]:
    """Each closing, and whether its signature is good and its payments are still those signed: two queries."""
    holders = KeyHolder.objects.in_bulk({row.signer_id for row in rows})
    found = sums([row.day for row in rows])
    return [(row, _signed(row, holders.get(row.signer_id)) and _same(row, found[row.day])) for row in rows]


def _signed(row: TillClosing, holder: KeyHolder | None) -> bool:
    return holder is not None and crypto.verify(holder.signing_public_key, bytes(row.signature), message(row))


def _same(row: TillClosing, held: Sums) -> bool:
    return (held.totals, held.count, held.digest) == (row.totals, row.count, row.digest)
