"""The unit in which a dose is counted, and whether it goes with the form of the medicine. Pure."""

from __future__ import annotations

from serment.prescribing.payloads import DOSE_UNITS

_OF_FORM = (
    ("comprim", "comprimé"),
    ("gélule", "gélule"),
    ("capsule", "gélule"),
    ("sachet", "sachet"),
    ("granul", "sachet"),
    ("goutte", "goutte"),
    ("collyre", "goutte"),
    ("inhal", "bouffée"),
    ("pulvéris", "pulvérisation"),
    ("lyophilisat", "lyophilisat"),
    ("gomme", "gomme"),
    ("pastille", "pastille"),
    ("crème", "application"),
    ("gel", "application"),
    ("pommade", "application"),
    ("suppositoire", "suppositoire"),
    ("ovule", "ovule"),
    ("transdermique", "patch"),
    ("ampoule", "ampoule"),
    ("stylo", "unité"),
    ("injectable", "injection"),
    ("buvable", "mL"),
    ("sirop", "mL"),
)
_ALSO = {
    "comprimé": "mg dose unité",
    "gélule": "mg dose unité ovule bouffée",
    "sachet": "mg dose mL cuillère-mesure unité",
    "goutte": "mL mg dose application ampoule unité",
    "bouffée": "mg mL dose ampoule gélule unité",
    "application": "mg dose patch goutte ovule mL",
    "suppositoire": "mg dose unité",
    "lyophilisat": "mg dose unité comprimé",
    "gomme": "mg dose unité",
    "pastille": "mg dose unité",
    "pulvérisation": "mg mL dose bouffée application",
    "ovule": "mg dose unité",
    "patch": "mg dose application unité",
    "ampoule": "mL mg dose unité injection",
    "unité": "mL mg dose injection",
    "injection": "mL mg dose ampoule unité",
    "mL": "cuillère-mesure mg dose goutte ampoule sachet unité",
}
"""Own unit of a form → the others that may count its dose; a form that is not there takes them all."""
_COUNTED = {"comprimé", "gélule", "sachet"}


def unit_for(form: str) -> str:
    """The dose unit that a pharmaceutical form suggests."""
    folded = form.lower()
    return next((unit for mark, unit in _OF_FORM if mark in folded), "dose")


def units_for(form: str) -> list[str]:
    """Every unit that goes with a form, its own first; all of them where one name stands for several forms."""
    own = unit_for(form)
    if own not in _ALSO or " et " in form or " ou " in form:
        return [own, *(unit for unit in DOSE_UNITS if unit != own)]
    return [own, *_ALSO[own].split()]


def unit_of(unit: str, form: str) -> str:
    """``unit``, or the form's own where both are counted units and they contradict each other."""
    own = unit_for(form)
    return own if {unit, own} <= _COUNTED else unit
