"""Anonymous counts on one's own patients: small numbers never shown, nothing kept, nothing exported by person (R3.13).

Only the patients whom the session's own circle follows are counted, by whoever follows them; frozen files are left
out. A count under the threshold is hidden, and the next smallest of its column with it when it stands alone, so that
the total gives nothing away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from serment.journal import services as journal
from serment.patients.models import Patient, Restriction
from serment.patients.selectors import open_identities
from serment.privacy import profiles, register
from serment.record.models import Entry
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

BATCH = 1000
BANDS = ((0, 5), (6, 15), (16, 29), (30, 44), (45, 59), (60, 74), (75, 89), (90, 200))


@dataclass(frozen=True)
class Table:
    """``rows``: (label, count, None when hidden). ``hidden``: how many rows are."""

    title: str
    rows: list[tuple[str, int | None]]

    @property
    def hidden(self) -> int:
        return sum(count is None for _, count in self.rows)


def threshold() -> int:
    """The smallest count that may be shown: a datum of the profile."""
    return int(profiles.load(register.settings_of_practice().profile).thresholds["aggregate_min"])


def suppressed(counts: dict[str, int], least: int) -> list[tuple[str, int | None]]:
    """Hide what is under ``least`` (zero says nothing of anyone and stays), and a second cell beside a lone one."""
    hidden = {label for label, count in counts.items() if 0 < count < least}
    if len(hidden) == 1:
        others = [(count, label) for label, count in counts.items() if label not in hidden and count]
        if others:
            hidden.add(min(others)[1])
    return [(label, None if label in hidden else count) for label, count in counts.items()]


def tables(*, keyring: Keyring, today: date | None = None) -> list[Table]:
    """Ages, sexes, coded problems and consultations of the year. Memory does not grow with the practice.

    Raises NoKey for whoever holds no care key.
    """
    day, least = today or timezone.localdate(), threshold()
    ages = Counter({_band(low, high): 0 for low, high in BANDS})
    sexes = Counter({"femmes": 0, "hommes": 0, "non précisé": 0})
    problems: Counter[str] = Counter()
    months: Counter[str] = Counter()
    total = 0
    for batch in _followed(keyring):
        total += len(batch)
        for who in open_identities(keyring, batch).values():
            sexes[{"F": "femmes", "M": "hommes"}.get(who.sex, "non précisé")] += 1
            ages[_band_of(day, who.birth_date)] += 1
        problems.update(_problems(keyring, batch))
        months.update(_months(batch, day))
    journal.record("privacy.statistics", details={"patients": total, "least": least})
    frequent = dict(problems.most_common(30))
    return [
        Table("Âges", suppressed(dict(ages), least)),
        Table("Sexes", suppressed(dict(sexes), least)),
        Table("Problèmes de santé codés", suppressed(frequent, least)),
        Table("Consultations par mois", suppressed(dict(sorted(months.items())), least)),
    ]


def _followed(keyring: Keyring) -> Iterator[list[int]]:
    cursor = 0
    while True:
        batch = list(
            Patient.objects.filter(pk__gt=cursor).order_by("pk").values_list("pk", flat=True)[:BATCH]
        )
        if not batch:
            return
        cursor = batch[-1]
        care = keyring.subject_keys(batch, Domain.CARE)
        frozen = set(
            Restriction.objects.filter(
                patient_id__in=batch, kind=Restriction.Kind.LIMITATION, lifted_at=None
            ).values_list("patient_id", flat=True)
        )
        yield [pk for pk in batch if pk in care and pk not in frozen]


def _problems(keyring: Keyring, batch: list[int]) -> Iterator[str]:
    """One mention per patient and code."""
    keys = keyring.subject_keys(batch, Domain.CARE)
    rows = Entry.objects.filter(patient_id__in=batch, kind="problem", state=Entry.State.SIGNED)
    owners = dict(rows.values_list("pk", "patient_id"))
    seen: set[tuple[int, str]] = set()
    found = keys.open_many(Entry, "payload", rows.values_list("pk", "patient_id", "payload"))
    for row_id, payload in found:
        code = payload.get("code", "")
        if code and (owners[row_id], code) not in seen:
            seen.add((owners[row_id], code))
            yield f"{code} {payload.get('label', '')}"[:80]


def _months(batch: list[int], day: date) -> Iterator[str]:
    rows = Entry.objects.filter(
        patient_id__in=batch, kind="consultation", state=Entry.State.SIGNED, occurred_at__year=day.year
    )
    for moment in rows.values_list("occurred_at", flat=True):
        yield f"{timezone.localtime(moment):%Y-%m}"


def _band(low: int, high: int) -> str:
    return f"{low} à {high} ans" if high < 200 else f"{low} ans et plus"


def _band_of(day: date, born: date) -> str:
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return next((_band(low, high) for low, high in BANDS if low <= age <= high), _band(*BANDS[0]))
