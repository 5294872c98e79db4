"""The register of issued ordonnances: newest first, by author and period, a page at a time. A cancelled one stays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from serment.access.models import Person
from serment.formats.text import is_digits
from serment.journal.models import Event
from serment.patients.selectors import names_of
from serment.prescribing.kinds import kinds
from serment.record import selectors as record
from serment.record.models import Entry
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

SIZE = 50
YEARS = range(2000, 2101)
"""Of the days that the filters take."""


@dataclass(frozen=True)
class Asked:
    """What the page's filters say; ``kind`` is told once the rows are open, since it is sealed.

    ``wrong``: field (« du », « au ») → why its date can not be, in French.
    """

    since: date | None = None
    until: date | None = None
    kind: str = ""
    author_id: int = 0
    page: int = 1
    wrong: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, query: Any) -> Asked:
        """From the address; a kind, an author or a page that does not read is as if it were not asked."""
        days, wrong = {}, {}
        for name in ("du", "au"):
            try:
                days[name] = _day(query.get(name, "").strip())
            except ValueError as bad:
                days[name], wrong[name] = None, str(bad)
        if days["du"] and days["au"] and days["au"] < days["du"]:
            wrong["au"] = "La fin précède le début."
        return cls(
            days["du"],
            days["au"],
            query.get("nature", "") if query.get("nature") in kinds() else "",
            _whole(query.get("par", ""), below=2**63),
            max(1, _whole(query.get("page", ""), below=100_000)),
            wrong,
        )


def _whole(text: str, *, below: int) -> int:
    """The whole number that ``text`` writes; 0 for anything else and from ``below`` on."""
    found = int(text) if is_digits(text) and len(text) < 20 else 0
    return found if found < below else 0


def _day(text: str) -> date | None:
    """None where none is asked. Raises ValueError, in French."""
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"« {text[:20]} » n’est pas une date : jour, mois, année.") from None
    if found and found.year not in YEARS:
        raise ValueError(f"L’année est entre {YEARS[0]} et {YEARS[-1]}.")
    return found


@dataclass(frozen=True)
class Row:
    entry: Entry
    patient: Any
    author: str
    kind: str
    number: str
    text: str
    prints: int


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    asked: Asked
    authors: list[tuple[int, str]]
    more: bool


def page(*, keyring: Keyring, asked: Asked) -> Page:
    """Six queries and one of keys, whatever the page holds; no row where a date can not be."""
    rows = Entry.objects.filter(kind="prescription").order_by("-occurred_at", "-pk")
    if asked.since:
        rows = rows.filter(occurred_at__gte=_start(asked.since))
    if asked.until:
        rows = rows.filter(occurred_at__lt=_start(asked.until + timedelta(days=1)))
    if asked.author_id:
        rows = rows.filter(author_id=asked.author_id)
    if asked.wrong:
        rows = rows.none()
    start = (asked.page - 1) * SIZE
    found = list(rows[start : start + SIZE + 1])
    names = names_of(keyring=keyring, patient_ids={row.patient_id for row in found})
    staff = list(Person.objects.select_related("practitioner"))
    people = {p.pk: p.display_name for p in staff}
    keys = keyring.subject_keys({row.patient_id for row in found}, Domain.CARE)
    contents: dict[int, Any] = {
        row.pk: record.opened(keys, row).content for row in found[:SIZE] if row.patient_id in keys
    }
    prints = Event.objects.filter(
        subject_id__in={row.patient_id for row in found},
        object_id__in=list(contents),
        action__in=("prescription.printed", "prescription.reprinted"),
    )
    printed = Counter(prints.values_list("object_id", flat=True))
    shown = [
        Row(
            row,
            names.get(row.patient_id),
            people.get(row.author_id, "—"),
            kinds()[contents[row.pk].kind].label,
            contents[row.pk].number,
            contents[row.pk].labels,
            printed[row.pk],
        )
        for row in found[:SIZE]
        if row.pk in contents and asked.kind in ("", contents[row.pk].kind)
    ]
    authors = sorted(((p.pk, p.display_name) for p in staff if p.practitioner), key=lambda pair: pair[1])
    return Page(shown, asked, authors, len(found) > SIZE)


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
