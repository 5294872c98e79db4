"""Read, with a reason, the record of a patient one does not follow; and tell those who answer for it (ADR 0013).

Referential R3.11, article L.1110-4 CSP. The key is lent to one session for a few hours: locking ends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access import sessions
from serment.access.models import Person, Session
from serment.access.profiles import PROFILES
from serment.access.rules import Refusal
from serment.journal import services as journal
from serment.journal.models import Event
from serment.patients import restrictions
from serment.patients.models import Patient, Restriction
from serment.patients.selectors import names_of
from serment.privacy.models import EmergencyAccess
from serment.vault import custody
from serment.vault import emergency as vault
from serment.vault.archive import circles_of
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, SubjectKeys

LASTS = timedelta(hours=4)
SHARING = "echanges"
LEAST_WORDS = 10
KEPT_IN_SIGHT = timedelta(days=365)


class NotOpened(Refusal):
    """French: why the record stays closed."""

    def __init__(self, text: str) -> None:
        super().__init__(title="Accès d’urgence impossible", text=text)


class TooShort(ValueError):
    """French, for the field: the reason says too little."""


@transaction.atomic
def enable(*, keyring: Keyring, author: Person) -> Keyring:
    """Give every practitioner the key of emergencies; gives the author's keyring with it. Twice is once.

    Records are wrapped by the next sessions of those who follow them; those of patients who oppose sharing never.
    """
    if not vault.is_on():
        people = Person.objects.select_related("holder").filter(suspended_at=None)
        vault.start(keyring.practice_id, [p.holder for p in people if PROFILES[p.profile].practitioner])
        for patient_id in Restriction.objects.filter(
            kind=Restriction.Kind.OPPOSITION, purpose=SHARING, lifted_at=None
        ).values_list("patient_id", flat=True):
            vault.refuse(patient_id)
        journal.record("privacy.emergency_on")
    fresh = custody.refresh(keyring)
    vault.wrap_missing(fresh, limit=2000)
    return fresh


@transaction.atomic
def disable(*, keyring: Keyring, author: Person) -> Keyring:
    """Do without it: every wrapping is deleted. What was opened stays written."""
    if vault.is_on():
        subjects = vault.stop()
        journal.record("privacy.emergency_off", details={"patients": subjects})
    return custody.refresh(keyring)


@transaction.atomic
def open_record(
    *,
    keyring: Keyring,
    session: Session,
    ticket: sessions.Ticket,
    author: Person,
    patient_id: int,
    reason: str,
    words: str,
) -> EmergencyAccess:
    """Lend the patient's care key to this session for four hours, in writing.

    Raises NotOpened (the practice does without, the patient opposes sharing, one already follows them), TooShort,
    ValueError for an unknown reason, NoKey for whoever is not a practitioner, Patient.DoesNotExist.
    """
    Patient.objects.only("pk").get(pk=patient_id)
    require_possible(keyring=keyring, author=author, patient_id=patient_id)
    if reason not in EmergencyAccess.Reason.values:
        raise ValueError("Choisissez le motif.")
    if len(words.strip()) < LEAST_WORDS:
        raise TooShort("Dites en quelques mots ce qui se passe\u00a0: le praticien du patient le lira.")
    key = vault.open_key(keyring, patient_id)
    now = timezone.now()
    row = EmergencyAccess(
        id=new_id(),
        practice_id=keyring.practice_id,
        patient_id=patient_id,
        person_id=author.pk,
        reason=reason,
        at=now,
        until=now + LASTS,
        circles=circles_of(patient_id),
    )
    SubjectKeys(keyring.practice_id, Domain.CARE, {patient_id: key}).seal(
        row, "words", {"text": words.strip()}
    )
    row.save(force_insert=True)
    keyring.lend(patient_id, key, row.until.timestamp())
    sessions.store_keyring(session, ticket, keyring)
    journal.record(
        "privacy.emergency_opened", subject_id=patient_id, object_id=row.pk, details={"reason": reason}
    )
    return row


def require_possible(*, keyring: Keyring, author: Person, patient_id: int) -> None:
    """Raises NotOpened with what to do instead."""
    if not vault.is_on():
        raise NotOpened(
            "Le cabinet se passe de l’accès d’urgence. Appelez le praticien du patient, ou le 15 en cas d’urgence."
        )
    if any(row.person_id == author.pk for row in restrictions.aside_of(patient_id)):
        raise NotOpened(
            "Le patient vous a écarté de son dossier\u00a0: il ne s’ouvre pas par cette voie. Appelez son praticien, "
            "ou le 15 en cas d’urgence."
        )
    if restrictions.opposed(patient_id, SHARING):
        raise NotOpened(
            "Le patient s’oppose au partage de son dossier\u00a0: il ne s’ouvre pas par cette voie. Appelez son "
            "praticien, ou le 15 en cas d’urgence."
        )
    if patient_id in keyring.subject_keys([patient_id], Domain.CARE):
        raise NotOpened("Vous lisez déjà ce dossier\u00a0: aucun accès d’urgence n’est nécessaire.")


@transaction.atomic
def end(
    *, keyring: Keyring, session: Session, ticket: sessions.Ticket, author: Person, patient_id: int
) -> None:
    """Give the key back before its term. Nothing where none is lent."""
    if keyring.lent.pop(patient_id, None) is None:
        return
    now = timezone.now()
    if keyring.opened is not None:
        keyring.opened.pop(patient_id, None)
    sessions.store_keyring(session, ticket, keyring)
    EmergencyAccess.objects.filter(patient_id=patient_id, person_id=author.pk, until__gt=now).update(
        until=now
    )
    journal.record("privacy.emergency_ended", subject_id=patient_id)


def _concerns(person: Person, row: EmergencyAccess) -> bool:
    """Whether ``person`` is told: whoever answers for the practice, and the circle that follows the patient."""
    circle = person.practitioner.circle_id if person.practitioner else None
    return row.person_id != person.pk and (person.is_owner or circle in row.circles)


def pending(person: Person) -> int:
    """How many accesses this person was told of and has not acknowledged yet: one query."""
    return sum(
        _concerns(person, row) and person.pk not in row.seen_by
        for row in EmergencyAccess.objects.filter(at__gte=timezone.now() - KEPT_IN_SIGHT).only(
            "person_id", "circles", "seen_by"
        )
    )


@transaction.atomic
def acknowledge(*, person: Person, access_id: int) -> EmergencyAccess:
    """Say that one has read it; twice is once. Raises EmergencyAccess.DoesNotExist for whom it does not concern."""
    row: EmergencyAccess = EmergencyAccess.objects.select_for_update().get(pk=access_id)
    if not _concerns(person, row):
        raise EmergencyAccess.DoesNotExist
    if person.pk not in row.seen_by:
        row.seen_by = [*row.seen_by, person.pk]
        row.save(update_fields=["seen_by"])
        journal.record("privacy.emergency_seen", subject_id=row.patient_id, object_id=row.pk)
    return row


@dataclass(frozen=True)
class Line:
    """An access as it is shown. ``words`` is empty for whoever has no key of that patient's care."""

    row: EmergencyAccess
    who: str
    patient: str
    words: str
    to_see: bool
    open: bool


def lines(*, keyring: Keyring, person: Person, limit: int = 100) -> list[Line]:
    """What concerns this person and what they opened themselves, newest first: a constant number of queries."""
    rows = [
        row
        for row in EmergencyAccess.objects.order_by("-at")[:limit]
        if row.person_id == person.pk or _concerns(person, row)
    ]
    subjects = {row.patient_id for row in rows}
    names: dict[int, Any] = names_of(keyring=keyring, patient_ids=list(subjects)) if rows else {}
    people = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")} if rows else {}
    care = keyring.subject_keys_in(subjects, [Domain.CARE]).get(Domain.CARE) if rows else None
    now = timezone.now()
    return [
        Line(
            row,
            people.get(row.person_id, "—"),
            names[row.patient_id].display_name if row.patient_id in names else "patient",
            care.open(row, "words")["text"] if care and row.patient_id in care else "",
            _concerns(person, row) and person.pk not in row.seen_by,
            row.until > now,
        )
        for row in rows
    ]


def trace_words(request: Any, patient_id: int, events: Sequence[Event]) -> dict[int, str]:
    """The reason of each emergency of a patient's access list; its words for whoever holds their care key.

    Two queries, none where there was no emergency.
    """
    wanted = {event.object_id: event.seq for event in events if event.action == "privacy.emergency_opened"}
    if not wanted:
        return {}
    keyring: Keyring = request.keyring
    care = keyring.subject_keys_in([patient_id], [Domain.CARE]).get(Domain.CARE)
    found = {}
    for row in EmergencyAccess.objects.filter(patient_id=patient_id, pk__in=wanted):
        said = care.open(row, "words")["text"] if care and patient_id in care else ""
        found[wanted[row.pk]] = "\u00a0: ".join(part for part in (row.get_reason_display(), said) if part)
    return found


def unseen_by_owner(days: int = 7) -> int:
    """Accesses that nobody who answers for the practice has acknowledged within some days: two queries."""
    owners = set(Person.objects.filter(is_owner=True, suspended_at=None).values_list("pk", flat=True))
    old = EmergencyAccess.objects.filter(at__lt=timezone.now() - timedelta(days=days))
    return sum(row.person_id not in owners and not owners & set(row.seen_by) for row in old)
