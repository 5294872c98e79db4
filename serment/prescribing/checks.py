"""Checks before an ordonnance is issued: allergies by substance in this version, and what is not covered is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from serment.catalogues.models import Medicine
from serment.catalogues.selectors import substance_words
from serment.formats.names import fold
from serment.record.kinds.allergy import Allergy

NOT_COVERED = (
    "Vérifié : allergies notées au dossier, par substance. Non couvert par cette version : interactions, "
    "contre-indications, posologies, grossesse, fonction rénale."
)


@dataclass(frozen=True)
class Warning:
    """A medicine that meets an allergy. ``place`` is the line's position."""

    place: int
    medicine: str
    allergy: str
    text: str


def _same(substance: str, known: set[str]) -> bool:
    """An allergy meets a medicine when its words are all in one of the medicine's substances, or the reverse.

    A word of four letters or more also meets what it begins (« amoxi », « pénicill »): a half-written allergy must warn
    too much rather than not at all.
    """
    wanted = set(fold(substance).split())
    if not wanted:
        return False

    def begins(name: str) -> bool:
        names = name.split()
        return all(any(n == w or (len(w) >= 4 and n.startswith(w)) for n in names) for w in wanted)

    return any(begins(name) or set(name.split()) <= wanted for name in known if name)


def allergy_warnings(places: Iterable[tuple[int, Medicine]], allergies: Iterable[Allergy]) -> list[Warning]:
    """One warning per (line, allergy) that share a substance, salts and fractions alike."""
    noted = list(allergies)
    found = []
    for place, medicine in places:
        known = substance_words(medicine)
        for allergy in noted:
            if (allergy.code and allergy.code in known) or _same(allergy.substance, known):
                found.append(
                    Warning(
                        place,
                        medicine.dci_label,
                        allergy.substance,
                        f"{medicine.dci_label} : allergie notée à « {allergy.line()} ».",
                    )
                )
    return found
