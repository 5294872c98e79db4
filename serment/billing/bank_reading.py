"""Read the bank's lines and what is awaited, for the pages."""

from __future__ import annotations

from dataclasses import dataclass

from serment.billing.bank_candidates import Awaited, awaited
from serment.billing.models import BankLine, Claim
from serment.billing.payloads import BankLinePayload
from serment.billing.perms import Whose, within
from serment.billing.selectors import OPEN
from serment.patients.selectors import names_of
from serment.practice.models import Practitioner
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

SHOWN = 120


@dataclass(frozen=True)
class Told:
    """A bank line with what the bank says of it."""

    line: BankLine
    said: BankLinePayload


def lines(*, keyring: Keyring, whose: Whose = None) -> list[Told]:
    """To be matched first, oldest first, then the others, newest first: two queries. Raises NoKey."""
    rows = BankLine.objects.select_related("account__practitioner")
    rows = within(rows, whose, "account__practitioner_id")
    open_ = list(rows.filter(state=BankLine.State.OPEN).order_by("booked_on", "pk")[:SHOWN])
    done = list(rows.exclude(state=BankLine.State.OPEN).order_by("-booked_on", "-pk")[:40])
    keys = keyring.subject_keys([keyring.practice_id], Domain.BILLING)
    return [Told(row, keys.open(row, "payload")) for row in (*open_, *done)]


def waiting(whose: Whose) -> list[tuple[Practitioner, list[Awaited], int]]:
    """What is awaited at the bank, by practitioner: (whose, sums, their total). Four queries for each."""
    rows = within(Practitioner.objects.filter(active=True), whose, "pk")
    found = []
    for row in rows.order_by("family_name", "pk"):
        held = awaited(row.pk)
        if held:
            found.append((row, held, sum(one.cents for one in held)))
    return found


def claims_for(*, keyring: Keyring, line: BankLine) -> list[tuple[Claim, str]]:
    """Claims of this practitioner whose balance is the line's sum exactly, oldest first, with names: two queries."""
    rows = [
        row
        for row in Claim.objects.filter(
            practitioner_id=line.account.practitioner_id,
            state__in=OPEN,
            established_on__lte=line.booked_on,
            total_cents__gte=line.cents,
        ).order_by("established_on", "pk")
        if row.balance_cents == line.cents
    ][:20]
    names = names_of(keyring=keyring, patient_ids={row.patient_id for row in rows})
    return [(row, names[row.patient_id].display_name if row.patient_id in names else "") for row in rows]
