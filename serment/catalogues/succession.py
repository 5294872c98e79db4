"""What takes the place of a medicine of our starter list once the official file is in: same DCI, strength and form.

The starter's rows stay for the ordonnances that name them; nothing new is written with one that has an heir, and one
without is said. Three queries for any number of rows, one where nothing is of the starter.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from serment.catalogues.models import Medicine, Word
from serment.catalogues.strengths import marks
from serment.catalogues.substances import is_salt, moiety
from serment.catalogues.wording import BEGINS_DCI, COPY
from serment.formats.names import words

STARTER, OFFICIAL = "starter", "bdpm"
_SAME = frozenset(
    "pellicule secable quadrisecable enrobe drageifie gastro resistant e s en cartouche stylo prerempli ampoule "
    "unidose pressurise flacon".split()
)
"""Words of a form that change nothing of how it is taken: « comprimé pelliculé sécable » is a « comprimé »."""
_MOST = 400
"""Medicines looked at for one DCI."""


def heirs(medicines: Iterable[Medicine]) -> dict[str, Medicine | None]:
    """Key of each starter medicine → its official equivalent, None where there is none; empty while none is needed."""
    ours = {one.key: one for one in medicines if one.source == STARTER}
    if not ours or not Medicine.objects.filter(source=OFFICIAL).exists():
        return {}
    sold = Medicine.objects.filter(source=OFFICIAL, withdrawn=False, marketed=True, homeopathic=False)
    by_label: dict[str, list[Medicine]] = {}
    for row in sold.filter(dci_label__in={one.dci_label for one in ours.values()}):
        by_label.setdefault(row.dci_label, []).append(row)
    found: dict[str, Medicine | None] = {
        key: min(by_label[one.dci_label], key=_first)
        for key, one in ours.items()
        if one.dci_label in by_label
    }
    missing = [one for key, one in ours.items() if key not in found]
    if missing:
        near = list(sold.filter(key__in=_near(missing)))
        found |= {one.key: _closest(one, near) for one in missing}
    return found


def _first(row: Medicine) -> tuple[int, str]:
    return len(row.name), row.key


def _near(medicines: list[Medicine]) -> set[str]:
    """Keys of those whose DCI begins as one of theirs: one query."""
    begun = {next((word for word in words(one.dci_label) if not is_salt(word)), "") for one in medicines}
    rows = Word.objects.filter(kind="m", word__in=begun - {""}, rank__in=(BEGINS_DCI, BEGINS_DCI + COPY))
    return set(rows.values_list("target", flat=True)[: _MOST * len(begun)])


def _closest(one: Medicine, near: list[Medicine]) -> Medicine | None:
    """Of the same substances, every strength and the same way of taking it; the form written most alike."""
    held, amounts, form = _substances(one), _amounts(one), set(words(one.form))
    fitting = [
        (len(more), *_first(row), row)
        for row in near
        if _substances(row) == held
        and amounts <= _amounts(row)
        and form <= (shape := set(words(row.form)))
        and (more := shape - form) <= _SAME
    ]
    return min(fitting, key=lambda fit: fit[:3])[3] if fitting else None


def _substances(medicine: Medicine) -> frozenset[str]:
    """Moieties, one for each link: the therapeutic fraction's where there is one."""
    by_link: dict[str, str] = {}
    for row in medicine.substances:
        if row[2] == "FT" or row[4] not in by_link:
            by_link[row[4]] = moiety(row[1])
    if medicine.source == STARTER:
        return frozenset(moiety(row[1]) for row in medicine.substances)
    return frozenset(by_link.values())


def _amounts(medicine: Medicine) -> set[str]:
    """Index words of its strengths that carry a unit."""
    return {mark for mark in marks(medicine.dci_label, medicine.name) if not _bare(mark)}


def _bare(mark: str) -> bool:
    try:
        Decimal(mark.removeprefix("="))
    except ArithmeticError:
        return False
    return True
