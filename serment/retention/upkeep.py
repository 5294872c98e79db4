"""The nightly run: what ends without anyone, and without anyone's key. Each step is bounded, and starts again where it
stopped (R7.1). Destruction is never here: it takes the owner's code.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import transaction
from django.utils import timezone

from serment.access import sessions
from serment.access.models import Person
from serment.journal import purge as journal_purge
from serment.journal import services as journal
from serment.operations import statistics
from serment.operations.models import Run
from serment.practice.models import Practice
from serment.privacy import profiles, register
from serment.retention import departures, moves, purges, services, store
from serment.vault import custody
from serment.vault.tenancy import using_practice

NIGHT = 2000
"""Files moved in one night at most; a backlog of years leaves in a few nights."""
CHECKED = 500
"""Archived files whose bytes are read again in one night, those not read for longest first (R7.6)."""


class Diary:
    """What a run says of itself while it works: the operations page shows it as it goes."""

    def __init__(self, row: Run) -> None:
        self.row, self.troubles = row, list[str]()

    def add(self, name: str, number: int) -> None:
        self.row.counts[name] = self.row.counts.get(name, 0) + number

    @contextmanager
    def surviving(self, what: str) -> Iterator[None]:
        """A step that fails is told by its kind alone, and does not keep the others from their work."""
        try:
            yield
        except Exception as error:
            self.troubles.append(f"{what}\u00a0: échec ({type(error).__name__})")

    def show(self, text: str) -> None:
        self.row.message = text[:300]
        self.row.save(update_fields=["counts", "message"])

    def close(self) -> Run:
        self.row.ok, self.row.finished_at = not self.troubles, timezone.now()
        self.row.message = " ; ".join((*self.troubles, said(self.row.counts)))[:300]
        self.row.save()
        return self.row


def run(today: date | None = None) -> Run:
    """Every practice of the installation; the result is a row of the operations page, whatever happens."""
    diary = Diary(Run.objects.create(kind=Run.Kind.UPKEEP))
    day = today or timezone.localdate()
    with diary.surviving("statistiques de la base"):
        statistics.refresh()
    for practice in Practice.objects.order_by("pk"):
        with using_practice(practice.pk), journal.acting(None):
            for step in (purge_all, suspend_dormant, leave, check_archives):
                with diary.surviving(step.__name__):
                    step(day, diary)
    purges.forget_runs(day)
    return diary.close()


def said(counts: dict[str, int]) -> str:
    """« supprimés : 3 événements du journal, 2 sessions ; dossiers archivés : 4 »: what went, what waits."""
    gone = [
        f"{counts[purge.code]} {purge.label}" for purge in purges.PURGES.values() if counts.get(purge.code)
    ]
    parts = [f"supprimés\u00a0: {', '.join(gone)}"] if gone else []
    parts += [f"{label}\u00a0: {counts[name]}" for name, label in LABELS.items() if counts.get(name)]
    return " ; ".join(parts) or "rien n’était au terme"


LABELS = {
    "dormant": "comptes dormants suspendus",
    "archived": "dossiers archivés",
    "waiting": "dossiers en attente d’un praticien qui les suit",
    "kept": "dossiers retenus ou gelés",
    "to_destroy": "archives à détruire",
    "checked": "archives relues",
    "repaired": "archives remises d’après leur copie",
}


def purge_all(day: date, diary: Diary) -> None:
    """The clock of each purpose but the patients' files."""
    for purge in purges.PURGES.values():
        with diary.surviving(purge.label):
            try:
                diary.add(purge.code, purges.run(purge, day))
            except journal_purge.Unsound as error:
                where = f"n° {error.verdict.first_bad}"
                diary.troubles.append(f"journal altéré au {where}\u00a0: rien n’a été purgé")


def leave(day: date, diary: Diary) -> None:
    """List what leaves within a year, and archive what is ready and past its day."""
    departures.foresee(day)

    def say(done: int) -> None:
        diary.show(f"archivage en cours\u00a0: {done} dossiers")

    try:
        done, left = moves.move(today=day, limit=NIGHT, say=say)
    except (store.Missing, OSError) as error:
        done, left = 0, {}
        diary.troubles.append(
            str(error) if isinstance(error, store.Missing) else "support d’archivage illisible"
        )
    diary.add("archived", done)
    diary.add("kept", sum(left.values()))
    diary.add("waiting", departures.counts(day)["waiting"])
    diary.add("to_destroy", len(services.ended(day)))


def check_archives(day: date, diary: Diary) -> None:
    """Read archived files again, a share of them each night."""
    try:
        found = moves.check(CHECKED)
    except store.Missing:
        return  # `leave` said so already
    diary.add("checked", found.read)
    diary.add("repaired", found.repaired)
    if found.repaired or found.bad:
        details = {"repaired": found.repaired, "lost": len(found.bad)}
        journal.record("retention.damaged", details=details)
    if found.bad:
        diary.troubles.append(
            f"{len(found.bad)} fichiers d’archive absents ou modifiés, sans copie valable dans les sauvegardes"
        )


@transaction.atomic
def suspend_dormant(day: date, diary: Diary) -> None:
    """Accounts that nobody has used for long: closed until whoever answers for the practice reinstates them (P-HAB-2).

    Never an owner's: the practice must not lock itself out. Their keys are withdrawn with them.
    """
    days = profiles.load(register.settings_of_practice().profile).thresholds["dormant_suspend_days"]
    idle = Person.objects.filter(is_owner=False, suspended_at=None)
    found = [person for person in idle if (day - last_use(person)).days > days]
    for person in found:
        person.suspended_at = timezone.now()
        person.save(update_fields=["suspended_at"])
        sessions.end_all(person)
        custody.drop(person.holder)
        journal.record("access.suspended", object_id=person.pk, details={"why": "dormant", "days": days})
    diary.add("dormant", len(found))


def last_use(person: Person) -> date:
    """Day of the last sign-in, of the invitation when there was none."""
    return timezone.localtime(person.last_sign_in_at or person.created_at).date()


def dormant(today: date | None = None) -> list[tuple[Person, int]]:
    """Accounts to warn about: (person, days until they are suspended)."""
    day = today or timezone.localdate()
    limits = profiles.load(register.settings_of_practice().profile).thresholds
    idle = [
        (person, (day - last_use(person)).days)
        for person in Person.objects.filter(is_owner=False, suspended_at=None)
    ]
    return [
        (person, max(0, limits["dormant_suspend_days"] - days))
        for person, days in idle
        if days > limits["dormant_warn_days"]
    ]
