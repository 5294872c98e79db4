"""A clock for each purpose: what ends by its own rule, apart from patients' files (R7.1, R7.2, R7.7).

Each purge names a rule of the profile; counting and ending use the same question, so the preview shows what will go.
Rooms above register theirs. No key is needed: what cannot be read can still be ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from serment.access.models import Person, RightsReview, Session, Throttle
from serment.billing import ending as accounts
from serment.journal import purge as journal_purge
from serment.journal import services as journal
from serment.journal.models import Event
from serment.operations.models import Intervention, Run
from serment.patients.models import ImportBatch, ImportRun, Restriction
from serment.privacy import profiles, register
from serment.privacy.models import AwarenessSession, Breach, CharterSignature, CopyHanding, RightsRequest
from serment.privacy.rights import add_months
from serment.record.models import Capture, Draft, Entry, Photo
from serment.retention.models import Hold
from serment.transmission import purging as fse
from serment.vault.models import Grant, Unlock

BATCH = 1000


@dataclass(frozen=True)
class Purge:
    """``count`` and ``end`` take the moment before which the rule says that the data have ended."""

    code: str
    rule: str
    label: str
    count: Callable[[datetime], int]
    end: Callable[[datetime], int]


PURGES: dict[str, Purge] = {}


def add(purge: Purge) -> None:
    PURGES[purge.code] = purge


def rows(code: str, rule: str, label: str, find: Callable[[datetime], list[QuerySet[Any]]]) -> None:
    """A purge that deletes rows: ``find`` gives them."""
    add(
        Purge(
            code,
            rule,
            label,
            lambda limit: sum(found.count() for found in find(limit)),
            lambda limit: sum(_delete(found) for found in find(limit)),
        )
    )


def _delete(found: QuerySet[Any]) -> int:
    """A thousand at a time, each lot in its own transaction."""
    gone = 0
    while ids := list(found.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            found.model.objects.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone


def limit_of(rule: str, today: date) -> datetime:
    """Moment before which a rule's data have ended. Raises KeyError for an unknown rule."""
    months = profiles.load(register.settings_of_practice().profile).retention[rule].active_months
    return timezone.make_aware(datetime.combine(add_months(today, -months), time.min))


def run(purge: Purge, today: date) -> int:
    """End what has ended by one rule; one event tells how many."""
    gone = purge.end(limit_of(purge.rule, today))
    if gone and purge.code != "journal":
        journal.record("retention.purged", details={"what": purge.code, "rows": gone})
    return gone


def preview(today: date) -> list[tuple[Purge, profiles.RetentionRule, int, int]]:
    """(purge, its rule, gone tonight, gone within a month) for all of them."""
    kept = profiles.load(register.settings_of_practice().profile).retention
    month = add_months(today, 1)
    return [
        (
            purge,
            kept[purge.rule],
            purge.count(limit_of(purge.rule, today)),
            purge.count(limit_of(purge.rule, month)),
        )
        for purge in PURGES.values()
    ]


def _end_journal(limit: datetime) -> int:
    gone = 0
    while went := journal_purge.purge(limit):
        gone += went
    return gone


def _end_sessions(limit: datetime) -> int:
    Throttle.objects.filter(since__lt=timezone.now() - timedelta(days=2)).filter(
        Q(blocked_until=None) | Q(blocked_until__lt=timezone.now())
    ).delete()
    return _delete(Session.objects.filter(created_at__lt=limit))


def _left(limit: datetime) -> QuerySet[Person]:
    """People gone since before ``limit`` whose name no record needs any more."""
    wrote = Entry.objects.filter(author_id=OuterRef("pk"))
    gone = Q(suspended_at__lt=limit) | Q(ends_on__lt=timezone.localdate(limit))
    return Person.objects.filter(gone, ~Exists(wrote), is_owner=False, practitioner=None)


@transaction.atomic
def _end_staff(limit: datetime) -> int:
    """The person goes; their public keys stay without a name, so that what they signed can still be proven."""
    people = list(_left(limit))
    holders = [person.holder_id for person in people]
    Unlock.objects.filter(holder_id__in=holders).delete()
    Grant.objects.filter(holder_id__in=holders).delete()
    Person.objects.filter(pk__in=[person.pk for person in people]).delete()
    return len(people)


@transaction.atomic
def _end_imports(limit: datetime) -> int:
    runs = ImportRun.objects.filter(created_at__lt=limit, erased_at=None)
    ids = list(runs.values_list("pk", flat=True))
    ImportBatch.objects.filter(run_id__in=ids).delete()
    return ImportRun.objects.filter(pk__in=ids).update(
        header=None, erased_at=timezone.now(), finished_at=timezone.now(), state=ImportRun.State.DONE
    )


def _evidence(limit: datetime) -> list[QuerySet[Any]]:
    newer = CharterSignature.objects.filter(person_id=OuterRef("person_id"), at__gt=OuterRef("at"))
    return [
        Breach.objects.filter(closed_at__lt=limit),
        RightsReview.objects.filter(at__lt=limit),
        AwarenessSession.objects.filter(held_on__lt=timezone.localdate(limit)),
        Intervention.objects.filter(closed_at__lt=limit),
        CharterSignature.objects.filter(Exists(newer), at__lt=limit),
    ]


add(
    Purge(
        "journal",
        "journal",
        "événements du journal",
        lambda limit: Event.objects.filter(at__lt=limit).count(),
        _end_journal,
    )
)
add(
    Purge(
        "sessions",
        "sessions",
        "sessions",
        lambda limit: Session.objects.filter(created_at__lt=limit).count(),
        _end_sessions,
    )
)
rows(
    "requests",
    "rights",
    "demandes closes, remises de copies et décisions levées",
    lambda limit: [
        RightsRequest.objects.filter(closed_at__lt=limit),
        CopyHanding.objects.filter(at__lt=limit),
        Restriction.objects.filter(lifted_at__lt=limit),
    ],
)
add(
    Purge(
        "doubles",
        "claims",
        "doubles de feuilles de soins",
        lambda limit: fse.doubles_before(limit.date(), _kept_patients()),
        lambda limit: fse.purge_doubles(limit.date(), _kept_patients()),
    )
)
rows(
    "photos",
    "draft",
    "photos de téléphone jamais gardées",
    lambda limit: [Photo.objects.filter(received_at__lt=limit), Capture.objects.filter(expires_at__lt=limit)],
)
rows("drafts", "draft", "brouillons abandonnés", lambda limit: [Draft.objects.filter(updated_at__lt=limit)])
add(
    Purge(
        "imports",
        "import_file",
        "fichiers d’import",
        lambda limit: ImportRun.objects.filter(created_at__lt=limit, erased_at=None).count(),
        _end_imports,
    )
)
add(Purge("staff", "staff", "comptes de personnes parties", lambda limit: _left(limit).count(), _end_staff))
rows("evidence", "evidence", "preuves de conformité anciennes", _evidence)


def _kept_patients() -> set[int]:
    """Patients whose data must wait: frozen, or held by the practice."""
    held = Hold.objects.filter(lifted_at=None, patient__isnull=False).values_list("patient_id", flat=True)
    frozen = Restriction.objects.filter(kind=Restriction.Kind.LIMITATION, lifted_at=None)
    return {*held, *frozen.values_list("patient_id", flat=True)}


def _ended_accounts(limit: datetime) -> accounts.Ended:
    return accounts.ended(timezone.localdate(limit), _kept_patients())


add(
    Purge(
        "accounts",
        "accounts",
        "factures et encaissements d’exercices anciens",
        lambda limit: _ended_accounts(limit).count,
        lambda limit: accounts.end(_ended_accounts(limit)),
    )
)


def forget_runs(today: date) -> int:
    """Lines of the machine's own diary: no practice, no personal data, the same term as the other evidence."""
    limit = add_months(today, -60)
    gone, _ = Run.objects.filter(started_at__date__lt=limit).delete()
    return gone
