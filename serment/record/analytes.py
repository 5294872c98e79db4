"""What makes two values comparable: the same quantity, of the same specimen, in one unit however it was spelt.

A laboratory that sends no LOINC code names its examination in words: words that are those of `data/observations.toml`,
in a unit of that quantity, have its code. Anything else (« créatinine urinaire ») stays under its own words: two
specimens are never one quantity, and no unit is converted here (`conversions` says which units compare).
"""

from __future__ import annotations

import re

from serment.formats import ucum
from serment.formats.folding import fold
from serment.record import conversions, observables

_BLOOD = re.compile(r" (?:plasmatique|serique|sanguine?|(?:(?:du|dans le) )?(?:sang|serum|plasma))$")
"""The specimen that those quantities are measured in, said at the end of folded words."""


def key_of(*, loinc: str, label: str, unit: str, code: str = "", specimen: str = "") -> tuple[str, str]:
    """(LOINC code, else local code, else the code that the words have, else the folded words; unit in one spelling).

    ``specimen`` as `formats.labs.Value` has it: words have a code only where nothing says that it is not blood.
    """
    one = ucum.written(unit)
    if loinc or code:
        return loinc or code, one
    words = fold(label)
    if specimen:
        return f"{words} {specimen}".removesuffix(" unknown"), one
    bare = _BLOOD.sub("", words)
    found = observables.named(words, one) or observables.named(bare, one)
    return found.loinc if found else conversions.named(bare, one) or words, one
