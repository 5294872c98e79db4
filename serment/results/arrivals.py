"""Files that came while nobody's key was there: sealed at once, read at the next session of a practitioner."""

from __future__ import annotations

from django.db import transaction

from serment.access.models import Person
from serment.journal import services as journal
from serment.results.models import Incoming
from serment.results.selectors import of
from serment.results.services import Outcome, sort
from serment.vault import custody
from serment.vault.crypto import CannotOpen
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, NoKey

AT_ONCE = 20


@transaction.atomic
def seal(*, practice_id: int, circle_id: int, for_person_id: int | None, raw: bytes) -> Incoming:
    """Put a file away for a circle, to its public key: nobody's key is needed, and nothing is looked at."""
    row = Incoming(
        id=new_id(),
        practice_id=practice_id,
        circle_id=circle_id,
        for_person_id=for_person_id,
        state=Incoming.State.ARRIVED,
    )
    row.digest = f"arrived-{row.pk}"  # nothing of the content: it will be compared when it is opened
    row.domain_key_id, row.sealed = custody.put_in(
        practice_id, Domain.CARE, circle_id, raw, f"arrived|{row.pk}"
    )
    row.save(force_insert=True)
    journal.record("result.arrived", object_id=row.pk, details={"size": len(raw)})
    return row


def open_waiting(*, keyring: Keyring, person: Person) -> Outcome:
    """Read what arrived for someone, twenty files at most: one query where there is nothing.

    What does not open (altered, or of a key that is not held) stays where it is, in the list.
    """
    arrived = (
        of(person).filter(state=Incoming.State.ARRIVED).order_by("received_at").values_list("pk", flat=True)
    )
    found = [_open(keyring, pk) for pk in list(arrived[:AT_ONCE])]
    return Outcome(
        waiting=sum(one.waiting for one in found),
        known=sum(one.known for one in found),
        unreadable=sum(one.unreadable for one in found),
    )


@transaction.atomic
def _open(keyring: Keyring, incoming_id: int) -> Outcome:
    row = Incoming.objects.select_for_update().filter(pk=incoming_id, state=Incoming.State.ARRIVED).first()
    if row is None or row.domain_key_id is None or row.sealed is None:
        return Outcome()
    try:
        raw = custody.take_out(keyring, row.domain_key_id, bytes(row.sealed), f"arrived|{row.pk}")
    except (NoKey, CannotOpen):
        return Outcome()
    outcome = sort(
        keyring=keyring,
        circle_id=row.circle_id,
        raw=raw,
        for_person_id=row.for_person_id,
        received_at=row.received_at,
    )
    row.delete()
    return outcome
