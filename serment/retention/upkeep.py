"""The nightly run: what ends without anyone's key. Each step is bounded and starts again where it stopped (R7.1).

Files of patients are only counted here: archiving needs a practitioner's keys, destruction the owner's code.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from serment.access import sessions
from serment.access.models import Person, Session, Throttle
from serment.journal import purge
from serment.journal import services as journal
from serment.operations.models import Run
from serment.practice.models import Practice
from serment.privacy import profiles, register
from serment.privacy.models import RightsRequest
from serment.privacy.rights import add_months
from serment.retention import clock, services
from serment.transmission import services as fse
from serment.vault import custody
from serment.vault.tenancy import using_practice


def run(today: date | None = None) -> Run:
    """Every practice of the installation; the result is a row of the operations page, whatever happens."""
    row: Run = Run.objects.create(kind=Run.Kind.UPKEEP)
    counts: dict[str, int] = {}
    troubles: list[str] = []
    for practice in Practice.objects.order_by("pk"):
        with using_practice(practice.pk), journal.acting(None):
            for name, step in STEPS.items():
                try:
                    counts[name] = counts.get(name, 0) + step(today or timezone.localdate())
                except purge.Unsound as error:
                    troubles.append(
                        f"journal altéré au n° {error.verdict.first_bad}\u00a0: rien n’a été purgé"
                    )
    row.ok, row.counts, row.finished_at = not troubles, counts, timezone.now()
    row.message = " ; ".join(troubles) or said(counts)
    row.message = row.message[:300]
    row.save()
    return row


def said(counts: dict[str, int]) -> str:
    """« 3 événements du journal, 2 sessions ; à archiver : 4 »: what went and what waits, in words."""
    parts = [f"{counts[name]} {label}" for name, label in LABELS.items() if counts.get(name)]
    return ", ".join(parts) or "rien n’était au terme"


def _limit(rule: str, today: date) -> datetime:
    months = profiles.load(register.settings_of_practice().profile).retention[rule].active_months
    return timezone.make_aware(datetime.combine(add_months(today, -months), time.min))


def purge_journal(today: date) -> int:
    gone, limit = 0, _limit("journal", today)
    while went := purge.purge(limit):
        gone += went
    return gone


def purge_sessions(today: date) -> int:
    """Sessions begun before the term; nobody stays signed in for a year."""
    gone, _ = Session.objects.filter(created_at__lt=_limit("sessions", today)).delete()
    Throttle.objects.filter(since__lt=timezone.now() - timedelta(days=2)).filter(
        Q(blocked_until=None) | Q(blocked_until__lt=timezone.now())
    ).delete()
    return gone


def purge_requests(today: date) -> int:
    gone, _ = RightsRequest.objects.filter(closed_at__lt=_limit("rights", today)).delete()
    return gone


@transaction.atomic
def suspend_dormant(today: date) -> int:
    """Accounts that nobody has used for long: closed until whoever answers for the practice reinstates them (P-HAB-2).

    Never an owner's: the practice must not lock itself out. Their keys are withdrawn with them.
    """
    days = profiles.load(register.settings_of_practice().profile).thresholds["dormant_suspend_days"]
    idle = Person.objects.filter(is_owner=False, suspended_at=None)
    found = [person for person in idle if (today - last_use(person)).days > days]
    for person in found:
        person.suspended_at = timezone.now()
        person.save(update_fields=["suspended_at"])
        sessions.end_all(person)
        custody.drop(person.holder)
        journal.record("access.suspended", object_id=person.pk, details={"why": "dormant", "days": days})
    return len(found)


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


def purge_doubles(today: date) -> int:
    """The electronic doubles of the feuilles de soins, three months after they were sent (R7.7)."""
    return fse.purge_doubles(_limit("claims", today).date())


def count_to_archive(today: date) -> int:
    return sum(not due.held for due in clock.sweep(today))


def count_to_destroy(today: date) -> int:
    return len(services.ended(today))


STEPS: dict[str, Callable[[date], int]] = {
    "journal": purge_journal,
    "sessions": purge_sessions,
    "requests": purge_requests,
    "doubles": purge_doubles,
    "dormant": suspend_dormant,
    "to_archive": count_to_archive,
    "to_destroy": count_to_destroy,
}
LABELS = {
    "journal": "événements du journal supprimés",
    "sessions": "sessions supprimées",
    "requests": "demandes closes supprimées",
    "doubles": "doubles de feuilles de soins supprimés",
    "dormant": "comptes dormants suspendus",
    "to_archive": "dossiers à archiver",
    "to_destroy": "archives à détruire",
}
