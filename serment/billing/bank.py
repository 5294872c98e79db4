"""Bring a bank statement in, and match what came in with what is awaited. A person confirms every match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from serment.access.models import Person
from serment.billing.bank_candidates import Awaited, awaited
from serment.billing.closing import start_of
from serment.billing.models import BankAccount, BankLine, BankMatch, Claim, Payment
from serment.billing.owning import may_handle
from serment.billing.payloads import BankAccountPayload, BankLinePayload
from serment.billing.payments import take_payment
from serment.billing.refusal import Refused
from serment.formats import bank
from serment.journal import services as journal
from serment.practice.models import Practitioner
from serment.vault import crypto
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, SubjectKeys


@dataclass(frozen=True)
class Brought:
    """What an import did. ``out``: movements that go out, left at the bank; ``known``: lines already here."""

    kind: str
    new: int
    known: int
    out: int


class UnknownAccount(Refused):
    """The file is of an account that no practitioner has here yet."""


def keys_of(keyring: Keyring) -> SubjectKeys:
    """Raises NoKey without the billing domain."""
    return keyring.subject_keys([keyring.practice_id], Domain.BILLING)


def _token(keyring: Keyring, number: str) -> int:
    plain = "".join(number.split()).upper()
    return crypto.token(keyring.index_key(Domain.BILLING), f"bank-account:{plain}")


@transaction.atomic
def bring(
    *, keyring: Keyring, author: Person, raw: bytes, practitioner: Practitioner | None = None
) -> Brought:
    """Read a statement whole and keep what came in; twice the same file changes nothing.

    ``practitioner``: whose account it is, asked once for each account. Raises BankFault, UnknownAccount, Refused and
    NoKey.
    """
    kind, statements = bank.read(raw)
    new = seen = out = 0
    for statement in statements:
        account = _account(keyring, author, statement.account, practitioner)
        lines = [line for line in statement.lines if line.cents > 0]
        out += len(statement.lines) - len(lines)
        made = _keep(keyring, account, lines)
        new, seen = new + made, seen + len(lines) - made
    journal.record("billing.bank", details={"kind": kind, "new": new, "known": seen})
    return Brought(kind, new, seen, out)


def _account(keyring: Keyring, author: Person, number: str, practitioner: Practitioner | None) -> BankAccount:
    token = _token(keyring, number)
    known = BankAccount.objects.filter(token=token).select_related("practitioner").first()
    if known is None and practitioner is None:
        raise UnknownAccount(
            "Ce compte est nouveau\u00a0: dites de quel praticien il est, puis renvoyez le fichier."
        )
    owner = known.practitioner if known else practitioner
    if not may_handle(author, owner.pk):  # type: ignore[union-attr]
        raise Refused("Ce compte est celui d’un autre praticien.")
    if known is not None:
        found: BankAccount = known
        return found
    account = BankAccount(
        id=new_id(), practice_id=keyring.practice_id, practitioner=practitioner, token=token
    )
    keys_of(keyring).seal(account, "payload", BankAccountPayload(number=number))
    account.save(force_insert=True)
    return account


def _keep(keyring: Keyring, account: BankAccount, lines: list[bank.Line]) -> int:
    """Insert the lines not known yet: two queries for a thousand. Gives how many."""
    index_key, keys = keyring.index_key(Domain.BILLING), keys_of(keyring)
    twins: Counter[str] = Counter()
    rows = {}
    for line in lines:
        named = line.reference or f"{line.booked_on}|{line.cents}|{line.label}"
        twins[named] += 1
        text = f"{account.pk}|{line.booked_on}|{line.cents}|{named}|{twins[named]}"
        key = f"{crypto.token(index_key, text):012x}{crypto.token(index_key, text[::-1]):012x}"
        rows[key] = line
    known = set(BankLine.objects.filter(account=account, key__in=list(rows)).values_list("key", flat=True))
    made = []
    for key, line in rows.items():
        if key in known:
            continue
        row = BankLine(
            id=new_id(),
            practice_id=keyring.practice_id,
            account=account,
            key=key,
            booked_on=line.booked_on,
            cents=line.cents,
        )
        keys.seal(row, "payload", BankLinePayload(label=line.label, reference=line.reference))
        made.append(row)
    BankLine.objects.bulk_create(made, batch_size=500)
    return len(made)


def _locked(author: Person, line_id: int) -> BankLine:
    line: BankLine = (
        BankLine.objects.select_for_update(of=("self",))
        .select_related("account__practitioner")
        .get(pk=line_id)
    )
    if not may_handle(author, line.account.practitioner_id):
        raise Refused("Ce compte est celui d’un autre praticien.")
    return line


def _close(line: BankLine, author: Person, state: str, reason: str = "") -> None:
    line.state, line.reason = state, reason
    line.settled_by, line.settled_at = author.pk, timezone.now()
    line.save(update_fields=["state", "reason", "settled_by", "settled_at"])


@transaction.atomic
def match(*, author: Person, line_id: int, chosen: Iterable[str], gap_accepted: bool = False) -> BankLine:
    """Say what a line pays. ``chosen``: `Awaited.code`s. The sum must be the line's; for cards the bank's commission
    may be missing from it, if ``gap_accepted``. Raises Refused.
    """
    line = _locked(author, line_id)
    if line.state != BankLine.State.OPEN:
        raise Refused("Cette ligne est déjà rapprochée.")
    wanted = list(dict.fromkeys(chosen))
    offered = {one.code: one for one in awaited(line.account.practitioner_id, until=line.booked_on)}
    if not wanted or any(code not in offered for code in wanted):
        raise Refused(
            "Choisissez ce que cette ligne paie\u00a0: la liste a peut-être changé, rechargez la page."
        )
    picked = [offered[code] for code in wanted]
    gap = sum(one.cents for one in picked) - line.cents
    if gap and not (gap > 0 and gap_accepted and all(one.kind == "card" for one in picked)):
        raise Refused("La somme choisie n’est pas celle de la ligne de banque.")
    for one in picked:
        BankMatch.objects.bulk_create(
            [BankMatch(practice_id=line.practice_id, line=line, **target) for target in one.targets]
        )
    _close(line, author, BankLine.State.MATCHED)
    journal.record("billing.matched", object_id=line.pk, details={"items": len(picked), "gap_cents": gap})
    return line


@transaction.atomic
def collect(*, author: Person, line_id: int, claim_id: int) -> Payment:
    """A line is a patient's own transfer for a claim: receive it at the bank's day, and match it. Raises Refused."""
    line = _locked(author, line_id)
    if line.state != BankLine.State.OPEN:
        raise Refused("Cette ligne est déjà rapprochée.")
    claim = Claim.objects.get(pk=claim_id)
    if claim.practitioner_id != line.account.practitioner_id:
        raise Refused("Cette facture n’est pas de ce praticien.")
    # A line undone and received again is another payment: the first one was reversed.
    before = _received_from(line).count()
    payment = take_payment(
        author=author,
        claim_id=claim.pk,
        amount_cents=line.cents,
        mode=Payment.Mode.TRANSFER,
        request_key=f"bank-{line.pk}-{before}",
        received_at=start_of(line.booked_on) + timedelta(hours=12),
    )
    BankMatch.objects.create(line=line, payment=payment, cents=line.cents)
    _close(line, author, BankLine.State.MATCHED)
    return payment


def _received_from(line: BankLine) -> QuerySet[Payment]:
    """Every payment that this line was received as; the first ones bore no rank."""
    key = f"bank-{line.pk}"
    found: QuerySet[Payment] = Payment.objects.filter(
        Q(request_key=key) | Q(request_key__startswith=f"{key}-")
    )
    return found


@transaction.atomic
def put_aside(*, author: Person, line_id: int, reason: str) -> BankLine:
    """A line that is no receipt of care. Raises Refused."""
    line = _locked(author, line_id)
    if line.state != BankLine.State.OPEN or reason not in BankLine.Reason.values:
        raise Refused("Choisissez pourquoi cette ligne n’est pas une recette.")
    _close(line, author, BankLine.State.ASIDE, reason)
    journal.record("billing.matched", object_id=line.pk, details={"aside": reason})
    return line


@transaction.atomic
def undo(*, author: Person, line_id: int) -> BankLine:
    """Open a line again; payments stay as they are. Raises Refused when its own payment still stands."""
    line = _locked(author, line_id)
    if line.state == BankLine.State.OPEN:
        raise Refused("Cette ligne est déjà à rapprocher.")
    if _received_from(line).filter(reversals=None).exists():
        raise Refused("Annulez d’abord l’encaissement fait depuis cette ligne.")
    line.matches.all().delete()
    _close(line, author, BankLine.State.OPEN)
    journal.record("billing.matched", object_id=line.pk, details={"undone": True})
    return line


__all__ = ["Awaited", "Brought", "UnknownAccount", "bring", "collect", "match", "put_aside", "undo"]
