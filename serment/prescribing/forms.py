"""Read the lines of the ordonnance page: parallel lists of fields, one item per line."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from serment.catalogues.models import Medicine
from serment.catalogues.selectors import medicines
from serment.prescribing.payloads import DOSE_UNITS, DURATION_UNITS, NON_SUBSTITUTABLE, Dosage, Line

WHEN: dict[str, tuple[str, dict[str, Any]]] = {
    "m": ("le matin", {"moments": ["morning"]}),
    "n": ("le midi", {"moments": ["noon"]}),
    "s": ("le soir", {"moments": ["evening"]}),
    "c": ("au coucher", {"moments": ["bedtime"]}),
    "ms": ("matin et soir", {"moments": ["morning", "evening"]}),
    "mns": ("matin, midi et soir", {"moments": ["morning", "noon", "evening"]}),
    "1": ("1 fois par jour", {"times_a_day": 1}),
    "2": ("2 fois par jour", {"times_a_day": 2}),
    "3": ("3 fois par jour", {"times_a_day": 3}),
    "4": ("4 fois par jour", {"times_a_day": 4}),
    "6": ("6 fois par jour", {"times_a_day": 6}),
    "2j": ("1 jour sur 2", {"every_days": 2}),
    "sem": ("une fois par semaine", {"every_days": 7}),
}
DURATIONS = [("day", "jour(s)"), ("week", "semaine(s)"), ("month", "mois")]
REASONS = [
    ("", "substituable"),
    *((code, f"non substituable : {text}") for code, text in NON_SUBSTITUTABLE.items()),
]


def unit_for(form: str) -> str:
    """The dose unit that a pharmaceutical form suggests."""
    folded = form.lower()
    for mark, unit in (
        ("comprim", "comprimé"),
        ("gélule", "gélule"),
        ("capsule", "gélule"),
        ("sachet", "sachet"),
        ("granul", "sachet"),
        ("goutte", "goutte"),
        ("collyre", "goutte"),
        ("inhal", "bouffée"),
        ("pulvéris", "dose"),
        ("crème", "application"),
        ("gel", "application"),
        ("pommade", "application"),
        ("suppositoire", "suppositoire"),
        ("ovule", "ovule"),
        ("transdermique", "patch"),
        ("dispositif", "patch"),
        ("ampoule", "ampoule"),
        ("stylo", "unité"),
        ("injectable", "injection"),
        ("buvable", "mL"),
        ("sirop", "mL"),
    ):
        if mark in folded:
            return unit
    return "dose"


COLUMNS = (
    "dose",
    "unit",
    "when",
    "duration",
    "duration_unit",
    "renewals",
    "ns",
    "needed",
    "note",
    "brand",
    "ald",
)
"""What the page posts for each line beside its medicine."""


class BadLine(ValueError):
    """A line that can not be kept; French, with its place."""


def _number(text: str, what: str, place: int, *, low: int, high: int, empty: int = 0) -> int:
    if not text.strip():
        return empty
    if not text.strip().isdigit() or not low <= int(text) <= high:
        raise BadLine(f"Ligne {place} : {what} entre {low} et {high}.")
    return int(text)


def _dose(text: str, place: int) -> Decimal:
    try:
        dose = Decimal(text.replace(",", ".").replace("½", "0.5").strip() or "1")
    except InvalidOperation:
        raise BadLine(f"Ligne {place} : la dose s’écrit en chiffres, par exemple 1 ou 0,5.") from None
    if not 0 < dose <= 10_000:
        raise BadLine(f"Ligne {place} : cette dose n’est pas possible.")
    return dose


def read_lines(post: Any) -> list[Line]:
    """The lines of the posted page, medicines looked up in one query. Raises BadLine."""
    keys = post.getlist("medicine")
    known = medicines(keys)
    columns = {name: post.getlist(name) for name in COLUMNS}
    if any(len(values) != len(keys) for values in columns.values()):
        raise BadLine(
            "L’ordonnance est incomplète : rechargez la page, votre saisie reste dans l’historique du navigateur."
        )
    lines = [
        _line(place, known.get(key), {name: values[place - 1] for name, values in columns.items()})
        for place, key in enumerate(keys, 1)
    ]
    lines += [Line(text=text.strip()[:500]) for text in post.getlist("free") if text.strip()]
    if not lines:
        raise BadLine("Ajoutez au moins un médicament ou une ligne libre.")
    return lines


def _line(place: int, medicine: Medicine | None, values: dict[str, str]) -> Line:
    if medicine is None:
        raise BadLine(
            f"Ligne {place} : ce médicament n’est plus au catalogue. Retirez-le et cherchez-le à nouveau."
        )
    _, when = WHEN.get(values["when"], WHEN["1"])
    unit = values["unit"] if values["unit"] in DOSE_UNITS else "dose"
    duration_unit: Any = values["duration_unit"] if values["duration_unit"] in DURATION_UNITS else "day"
    dosage = Dosage(
        dose=_dose(values["dose"], place),
        unit=unit,
        duration=_number(values["duration"], "la durée est", place, low=1, high=365),
        duration_unit=duration_unit,
        as_needed=values["needed"] == "1",
        note=values["note"].strip()[:200],
        **when,
    )
    return Line(
        medicine=medicine.key,
        dci_label=medicine.dci_label,
        brand=medicine.name if values["brand"] == "1" and medicine.source == "bdpm" else "",
        substances=[substance[1] for substance in medicine.substances],
        dosage=dosage,
        renewals=_number(values["renewals"], "les renouvellements sont", place, low=0, high=11),
        non_substitutable=values["ns"] if values["ns"] in NON_SUBSTITUTABLE else "",
        source=medicine.source,
        ald=values["ald"] == "1",
    )


def when_code(dosage: Dosage) -> str:
    """The choice of `WHEN` that says this dosage; once a day where none does."""
    for code, (_, values) in WHEN.items():
        whole = {"moments": [], "times_a_day": 1, "every_days": 1} | values
        if all(getattr(dosage, name) == value for name, value in whole.items()):
            return code
    return "1"


def typed(lines: list[Line]) -> tuple[list[dict[str, Any]], list[str]]:
    """Lines as the page shows them while they are written: (medicines, free texts). One query."""
    known = medicines(line.medicine for line in lines if line.medicine)
    items = []
    for line in lines:
        if line.is_free or line.medicine not in known:
            continue
        dosage = line.dosage or Dosage()
        items.append(
            {
                "medicine": known[line.medicine],
                "dose": f"{dosage.dose.normalize():f}".replace(".", ","),
                "unit": dosage.unit,
                "when": when_code(dosage),
                "duration": dosage.duration or "",
                "duration_unit": dosage.duration_unit,
                "renewals": line.renewals or "",
                "ns": line.non_substitutable,
                "needed": "1" if dosage.as_needed else "",
                "note": dosage.note,
                "brand": "1" if line.brand else "",
                "ald": "1" if line.ald else "",
            }
        )
    lost = [line.dci_label for line in lines if line.medicine and line.medicine not in known]
    return items, [line.text for line in lines if line.is_free] + lost


class BodyForm(forms.Form):
    """Weight and height, printed when given."""

    weight = forms.DecimalField(
        label="Poids (kg)", required=False, min_value=Decimal("0.3"), max_value=400, decimal_places=1
    )
    height = forms.DecimalField(
        label="Taille (cm)", required=False, min_value=20, max_value=260, decimal_places=1
    )
