"""What leaves within a year: listed by the night, made ready by a session that holds the keys (ADR 0014, R7.4).

The night reads dates only. A session of someone who follows the patient seals the patient's keys for the archive to
come; from then on the file can leave without anyone, and without anyone reading it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, DateField, Exists, F, OuterRef, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from serment.access.models import Person
from serment.formats.names import fold
from serment.journal import services as journal
from serment.operations.models import Run
from serment.patients.models import Restriction
from serment.patients.payloads import Identity
from serment.patients.selectors import open_identities
from serment.retention import clock
from serment.retention.models import Departure
from serment.vault import archive as keys_of_archive
from serment.vault import closed, crypto
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring
from serment.vault.models import SubjectKey
from serment.vault.prepared import Prepared, Slot

AHEAD = timedelta(days=365)
AT_ARRIVAL = 60
"""Files made ready at one sign-in: some 6 ms of processor each, so about a third of a second at most."""


def foresee(today: date | None = None) -> int:
    """List what leaves within a year, forget what was touched since; gives how many are listed. No key is needed.

    A thousand files at a time, each lot in its own transaction: stopped anywhere, the next run does it again.
    """
    until, terms = (today or timezone.localdate()) + AHEAD, clock.terms()
    return sum(_foresee(batch, until, terms) for batch in clock.batches())


@transaction.atomic
def _foresee(batch: list[tuple[int, datetime]], until: date, terms: clock.Terms) -> int:
    first, end = batch[0][0], batch[-1][0]
    leaving = {
        patient_id: on
        for patient_id, on in clock.last_interventions(batch).items()
        if terms.leaves_on(on) <= until
    }
    listed = {
        row.patient_id: row for row in Departure.objects.filter(patient_id__gte=first, patient_id__lte=end)
    }
    shed([row for patient_id, row in listed.items() if patient_id not in leaving])
    moved = [row for patient_id, row in listed.items() if leaving.get(patient_id, row.last_on) != row.last_on]
    for row in moved:
        row.last_on, row.leaves_on = leaving[row.patient_id], terms.leaves_on(leaving[row.patient_id])
    Departure.objects.bulk_update(moved, ["last_on", "leaves_on"])
    Departure.objects.bulk_create(
        Departure(patient_id=patient_id, last_on=on, leaves_on=terms.leaves_on(on))
        for patient_id, on in leaving.items()
        if patient_id not in listed
    )
    _forget_stale(first, end)
    return len(leaving)


def _forget_stale(first: int, end: int) -> None:
    """What was made ready for another card or other circles is to be made ready again."""
    rows = list(
        Departure.objects.filter(patient_id__gte=first, patient_id__lte=end, sealed__isnull=False).annotate(
            card=F("patient__version")
        )
    )
    followed = circles_of([row.patient_id for row in rows])
    stale = [
        row for row in rows if row.version != row.card or row.circles != followed.get(row.patient_id, [])
    ]
    _drop_keys(stale)
    Departure.objects.filter(pk__in=[row.pk for row in stale]).update(
        sealed=None, archive_id=None, tokens={}, circles=[]
    )


def circles_of(patient_ids: list[int]) -> dict[int, list[int]]:
    """The care circles that follow each patient: one query."""
    found: dict[int, list[int]] = {}
    rows = SubjectKey.objects.filter(subject_id__in=patient_ids, domain=Domain.CARE.value)
    for patient_id, circle_id in rows.order_by("circle_id").values_list("subject_id", "circle_id"):
        found.setdefault(patient_id, []).append(circle_id)
    return found


def shed(rows: list[Departure]) -> None:
    """These files stay: their departures go, with the keys made for them."""
    _drop_keys(rows)
    Departure.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _drop_keys(rows: list[Departure]) -> None:
    SubjectKey.objects.filter(subject_id__in=[row.archive_id for row in rows if row.archive_id]).delete()


def identity_token(keyring: Keyring, circle_id: int, family: str, first: str, born: date) -> int:
    """Keyed token of an exact identity, under the archive index key of a circle. Raises NoKey."""
    text = f"archive:{fold(family)}|{fold(first)}|{born.isoformat()}"
    return crypto.token(keyring.current(Domain.ARCHIVE, circle_id).index_key, text)


def waiting(keyring: Keyring) -> list[int]:
    """Departures that this session can make ready, the earliest first: ids of at most `AT_ARRIVAL`.

    A file frozen at the patient's request is used for nothing, not even for this.
    """
    circles = keyring.circles(Domain.ARCHIVE)
    followed = SubjectKey.objects.filter(
        subject_id=OuterRef("patient_id"), domain=Domain.CARE.value, circle_id__in=circles
    )
    frozen = Restriction.objects.filter(
        patient_id=OuterRef("patient_id"), kind=Restriction.Kind.LIMITATION, lifted_at=None
    )
    rows = Departure.objects.filter(Exists(followed), ~Exists(frozen), sealed=None).order_by(
        "leaves_on", "pk"
    )
    return list(rows.values_list("pk", flat=True)[:AT_ARRIVAL])


@transaction.atomic
def prepare(*, keyring: Keyring, author: Person, ids: Iterable[int]) -> int:
    """Make departures ready: a handful of queries for all of them; gives how many. Raises NoKey.

    What this session does not follow is passed over.
    """
    rows = list(
        Departure.objects.select_for_update(of=("self",))
        .filter(pk__in=list(ids), sealed=None)
        .annotate(card=F("patient__version"))
    )
    patients = [row.patient_id for row in rows]
    keys = keyring.subject_keys_in(patients, [Domain.ADMIN, Domain.BILLING, Domain.CARE])
    identities = open_identities(keyring, patients)
    followed, terms = circles_of(patients), clock.terms()
    made = [
        row
        for row in rows
        if row.patient_id in identities
        and len(keys) == 3
        and all(row.patient_id in opened for opened in keys.values())
    ]
    for row in made:
        row.archive_id, row.circles = new_id(), followed[row.patient_id]
    fresh = keys_of_archive.new_archive_keys(keyring, {row.archive_id: row.circles for row in made})
    closed.carry({row.archive_id: row.patient_id for row in made})
    for row in made:
        identity = identities[row.patient_id]
        held = {domain.value: opened.raw(row.patient_id).hex() for domain, opened in keys.items()}
        row.sealed = fresh.seal_bytes(row.archive_id, "departure", json.dumps(held).encode())
        row.version = row.card
        row.tokens = {str(circle): token for circle, token in _tokens(keyring, row.circles, identity)}
        row.keep_year = _keep_year(terms, row, identity)
    Departure.objects.bulk_update(
        made, ["archive_id", "sealed", "version", "circles", "tokens", "keep_year"], batch_size=200
    )
    if made:
        journal.record("retention.prepared", details={"files": len(made)})
    return len(made)


def _tokens(keyring: Keyring, circles: list[int], who: Identity) -> list[tuple[int, int]]:
    held = [circle for circle in circles if keyring.holds(Domain.ARCHIVE, circle)]
    names = (who.birth_family_name, who.first_given_name, who.birth_date)
    return [(circle, identity_token(keyring, circle, *names)) for circle in held]


def _keep_year(terms: clock.Terms, row: Departure, who: Identity) -> int | None:
    """The year alone, and only where it outlasts the rule: a birth date must not be read from it."""
    of_age = terms.of_age_on(who.birth_date)
    return of_age.year if of_age and of_age > terms.archive_end(row.last_on) else None


def complete(*, keyring: Keyring) -> int:
    """Give the files that several circles follow the tokens of this session's circles; gives how many changed."""
    done = 0
    for circle in keyring.circles(Domain.ARCHIVE):
        ours = SubjectKey.objects.filter(
            subject_id=OuterRef("archive_id"), domain=Domain.ARCHIVE.value, circle_id=circle
        )
        lacking = Departure.objects.filter(Exists(ours), sealed__isnull=False).exclude(
            tokens__has_key=str(circle)
        )
        rows = list(lacking[:AT_ARRIVAL])
        identities = open_identities(keyring, [row.patient_id for row in rows])
        for row in rows:
            if who := identities.get(row.patient_id):
                row.tokens |= {str(c): token for c, token in _tokens(keyring, [circle], who)}
                done += 1
        Departure.objects.bulk_update(rows, ["tokens"])
    return done


def at_arrival(person: Person, keyring: Keyring) -> None:
    """The share of whoever has just signed in, where they answer for patients (`access.arrivals`)."""
    if person.can("retention.act") and keyring.holds(Domain.ARCHIVE) and Departure.objects.exists():
        prepare(keyring=keyring, author=person, ids=waiting(keyring))
        complete(keyring=keyring)


def counts(today: date | None = None) -> dict[str, int]:
    """How many are past their day and ready, how many wait for a session: two queries."""
    past = Departure.objects.filter(leaves_on__lte=today or timezone.localdate())
    return {"ready": past.filter(~Q(sealed=None)).count(), "waiting": past.filter(sealed=None).count()}


def by_month(today: date | None = None) -> list[tuple[date, int]]:
    """(first day of the month, files that leave in it) for the months to come: one query."""
    day = today or timezone.localdate()
    months = Departure.objects.filter(leaves_on__gt=day).annotate(month=TruncMonth("leaves_on"))
    return list(months.values_list("month").annotate(Count("pk")).order_by("month"))


LATE = timedelta(days=7)
_LATE = Prepared(
    lambda: Departure.objects.filter(leaves_on__lt=Slot("day", DateField())).values_list(
        "patient_id", flat=True
    )[:1000]
)


def late(today: date | None = None) -> int:
    """Files that should have left a week ago at least, and that nobody holds: two or three queries."""
    day = today or timezone.localdate()
    ids = _LATE.all(day=day - LATE)
    return len(ids) - len(clock.waiting(patient_id__in=ids)) if ids else 0


def listed_at() -> datetime | None:
    """When the night last listed what leaves; None where it never did, or too long ago to count."""
    row = Run.objects.filter(kind=Run.Kind.UPKEEP, finished_at__gt=timezone.now() - LATE)
    return row.order_by("-finished_at").values_list("finished_at", flat=True).first()
