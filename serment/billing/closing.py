"""Close a practitioner's till of a day: totals signed and numbered; prove that nothing of a closed day has moved."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from serment.access.models import Person
from serment.billing import numbering
from serment.billing.models import Counter, Payment, TillClosing
from serment.billing.owning import may_handle
from serment.billing.refusal import Refused
from serment.journal import services as journal
from serment.practice.models import Practitioner
from serment.vault import crypto
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring
from serment.vault.models import KeyHolder

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sums:
    """What a day holds: cents by mode, how many payments, their digest."""

    totals: dict[str, int]
    count: int
    digest: str

    @property
    def total(self) -> int:
        return sum(self.totals.values())


EMPTY = Sums({}, 0, hashlib.sha256().hexdigest())


def start_of(day: date) -> datetime:
    """Midnight of a local day."""
    return timezone.make_aware(datetime.combine(day, time.min))


def sums(first: date, last: date) -> dict[tuple[int, date], Sums]:
    """What each till holds, by (practitioner, day): one query. Transfers stay out: the bank's statement, not the
    drawer, proves them.
    """
    rows = (
        Payment.objects.filter(received_at__gte=start_of(first), received_at__lt=start_of(last + DAY))
        .exclude(mode=Payment.Mode.TRANSFER)
        .order_by("received_at", "pk")
        .values_list("practitioner_id", "received_at", "pk", "amount_cents", "mode")
    )
    found: dict[tuple[int, date], list[tuple[int, int, str]]] = defaultdict(list)
    for practitioner_id, at, *payment in rows:
        found[practitioner_id, timezone.localtime(at).date()].append(tuple(payment))  # type: ignore[arg-type]
    return {key: _sum(payments) for key, payments in found.items()}


def _sum(payments: list[tuple[int, int, str]]) -> Sums:
    totals: dict[str, int] = {}
    held = hashlib.sha256()
    for pk, cents, mode in payments:
        totals[mode] = totals.get(mode, 0) + cents
        held.update(f"{pk}|{cents}|{mode};".encode())
    return Sums(totals, len(payments), held.hexdigest())


def message(row: TillClosing) -> bytes:
    """The bytes that a closing's signature covers."""
    modes = ",".join(f"{mode}:{cents}" for mode, cents in sorted(row.totals.items()))
    whose = "" if row.scheme == 1 else f"|{row.practitioner_id}"
    return (
        f"{row.practice_id}{whose}|{row.number}|{row.day}|{modes}|{row.total_cents}|{row.count}|{row.digest}"
    ).encode()


def of_day(day: date) -> dict[int, TillClosing]:
    """The closings of a day, by practitioner."""
    rows = TillClosing.objects.filter(day=day, practitioner__isnull=False)
    return {row.practitioner_id: row for row in rows}


def require_own(author: Person, practitioner: Practitioner) -> None:
    """A practitioner closes their own till alone; who has no practitioner's role keeps the tills of all. Raises
    Refused.
    """
    if not may_handle(author, practitioner.pk):
        raise Refused(
            "Cette caisse est celle d’un autre praticien\u00a0: à lui, ou au secrétariat, de la clore."
        )


@transaction.atomic
def close(*, keyring: Keyring, author: Person, practitioner: Practitioner, day: date) -> TillClosing:
    """Sign a practitioner's day; the days before it that hold money must be closed first. Raises Refused."""
    require_own(author, practitioner)
    if day > timezone.localdate():
        raise Refused("Ce jour n’est pas encore passé.")
    numbering.lock(Counter.Kind.PAYMENT, practitioner_id=practitioner.pk)  # payments under way end first
    if practitioner.pk in of_day(day):
        raise Refused("La caisse de ce jour est déjà close.")
    earlier = _open_before(day, practitioner.pk)
    if earlier is not None:
        raise Refused(f"Clôturez d’abord la caisse du {earlier:%d/%m/%Y}.")
    number = numbering.take(Counter.Kind.CLOSING, practitioner_id=practitioner.pk)
    found = sums(day, day).get((practitioner.pk, day), EMPTY)
    row = TillClosing(
        id=new_id(),
        practice_id=keyring.practice_id,
        practitioner=practitioner,
        number=number,
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


def close_all(*, keyring: Keyring, author: Person, day: date) -> list[TillClosing]:
    """Close every till that this person keeps, that holds money that day and is not closed. Raises Refused."""
    holding_money = {pk for pk, _ in sums(day, day)} - set(of_day(day))
    holding_money = {pk for pk in holding_money if may_handle(author, pk)}
    if not holding_money:
        raise Refused("Aucune caisse de ce jour n’est à clore.")
    with transaction.atomic():
        return [
            close(keyring=keyring, author=author, practitioner=practitioner, day=day)
            for practitioner in Practitioner.objects.filter(pk__in=holding_money).order_by("pk")
        ]


def _open_before(day: date, practitioner_id: int) -> date | None:
    """The oldest earlier day with payments and no closing, after the last closed one."""
    closed = TillClosing.objects.filter(practitioner_id=practitioner_id) | TillClosing.objects.filter(
        scheme=1
    )
    last = closed.aggregate(day=Max("day"))["day"]
    rows = Payment.objects.exclude(mode=Payment.Mode.TRANSFER).filter(
        practitioner_id=practitioner_id, received_at__lt=start_of(day)
    )
    if last is not None:
        rows = rows.filter(received_at__gte=start_of(last + DAY))
    first = rows.order_by("received_at").values_list("received_at", flat=True).first()
    return timezone.localtime(first).date() if first else None


def holding(rows: Iterable[TillClosing]) -> list[tuple[TillClosing, bool]]:
    """Each closing, and whether its signature is good and its payments are still those signed: two queries."""
    listed = list(rows)
    if not listed:
        return []
    holders = KeyHolder.objects.in_bulk({row.signer_id for row in listed})
    found = sums(min(row.day for row in listed), max(row.day for row in listed))
    return [(row, _signed(row, holders.get(row.signer_id)) and _same(row, found)) for row in listed]


def _signed(row: TillClosing, holder: KeyHolder | None) -> bool:
    return holder is not None and crypto.verify(holder.signing_public_key, bytes(row.signature), message(row))


def _same(row: TillClosing, found: dict[tuple[int, date], Sums]) -> bool:
    if row.scheme == 1:
        held = [sums for (_, day), sums in found.items() if day == row.day]
        return (row.total_cents, row.count) == (sum(s.total for s in held), sum(s.count for s in held))
    now = found.get((row.practitioner_id, row.day), EMPTY)
    return (now.totals, now.count, now.digest) == (row.totals, row.count, row.digest)
