"""Read the lines of the ordonnance page: parallel lists of fields, one item per line."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from serment.catalogues.models import Medicine
from serment.catalogues.selectors import medicines
from serment.prescribing.payloads import (
    DELIVERIES,
    DOSE_UNITS,
    DURATION_UNITS,
    NON_SUBSTITUTABLE,
    Dosage,
    Line,
)
from serment.prescribing.services import Body
from serment.prescribing.units import unit_of

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
MORE = ("nr", "delivery", "boxes", "per_kg", "max_dose", "renal_below", "renal_dose", "max_a_day")
"""The same, that a page may leave out: an empty text then."""


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


def _amount(text: str, what: str, place: int) -> Decimal:
    """0 for an empty text. Raises BadLine."""
    try:
        found = Decimal(text.replace(",", ".").strip() or "0")
    except InvalidOperation:
        raise BadLine(f"Ligne {place} : {what} : un nombre, par exemple 15 ou 7,5.") from None
    if not 0 <= found <= 10_000:
        raise BadLine(f"Ligne {place} : {what} : ce nombre n’est pas possible.")
    return found


def read_lines(post: Any) -> list[Line]:
    """The lines of the posted page, medicines looked up in one query. Raises BadLine."""
    keys = post.getlist("medicine")
    known = medicines(keys)
    columns = columns_of(post)
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


def columns_of(post: Any) -> dict[str, list[str]]:
    """Each column of the posted lines; one that the page left out is empty texts."""
    blank = [""] * len(post.getlist("medicine"))
    return {name: post.getlist(name) for name in COLUMNS} | {
        name: post.getlist(name) or blank for name in MORE
    }


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
        max_a_day=_number(values["max_a_day"], "le plus par jour est", place, low=1, high=50),
        note=values["note"].strip()[:200],
        per_kg=_amount(values["per_kg"], "les mg par kg", place),
        max_dose=_amount(values["max_dose"], "le plafond en mg", place),
        renal_below=_number(values["renal_below"], "la clairance limite est", place, low=1, high=200),
        renal_dose=_amount(values["renal_dose"], "la dose réduite", place),
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
        not_reimbursed=values["nr"] == "1",
        delivery=values["delivery"] if values["delivery"] in DELIVERIES else "",
        boxes=_number(values["boxes"], "les boîtes sont", place, low=1, high=99),
    )


def when_code(dosage: Dosage) -> str:
    """The choice of `WHEN` that says this dosage; once a day where none does."""
    for code, (_, values) in WHEN.items():
        whole = {"moments": [], "times_a_day": 1, "every_days": 1} | values
        if all(getattr(dosage, name) == value for name, value in whole.items()):
            return code
    return "1"


def number_shown(value: Decimal) -> str:
    """« 0,5 »; empty for zero."""
    return f"{value.normalize():f}".replace(".", ",") if value else ""


def typed(
    lines: list[Line], *, weight_kg: float | None = None, clearance: float | None = None
) -> tuple[list[dict[str, Any]], list[str]]:
    """Lines as the page shows them while they are written: (medicines, free texts). One query.

    Doses that follow the weight or the kidney are worked out again from those given.
    """
    known = medicines(line.medicine for line in lines if line.medicine)
    items = []
    for line in lines:
        if line.is_free or line.medicine not in known:
            continue
        dosage = (line.dosage or Dosage()).fitted(weight_kg=weight_kg, clearance=clearance)
        missing = [what for what in dosage.wants if (weight_kg if what == "poids" else clearance) is None]
        items.append(
            {
                "medicine": known[line.medicine],
                "dose": number_shown(dosage.dose),
                "unit": unit_of(dosage.unit, known[line.medicine].form),
                "when": when_code(dosage),
                "duration": dosage.duration or "",
                "duration_unit": dosage.duration_unit,
                "renewals": line.renewals or "",
                "ns": line.non_substitutable,
                "needed": "1" if dosage.as_needed else "",
                "max_a_day": dosage.max_a_day or "",
                "note": dosage.note,
                "brand": "1" if line.brand else "",
                "ald": "1" if line.ald else "",
                "nr": "1" if line.not_reimbursed else "",
                "delivery": line.delivery,
                "boxes": line.boxes or "",
                "per_kg": number_shown(dosage.per_kg),
                "max_dose": number_shown(dosage.max_dose),
                "renal_below": dosage.renal_below or "",
                "renal_dose": number_shown(dosage.renal_dose),
                "missing": missing,
            }
        )
    return items, [line.text for line in lines if line.is_free]


class BodyForm(forms.Form):
    """What the checks need of the patient; weight and height are printed when given."""

    weight = forms.DecimalField(
        label="Poids (kg)",
        required=False,
        localize=True,
        min_value=Decimal("0.3"),
        max_value=400,
        decimal_places=1,
    )
    height = forms.DecimalField(
        label="Taille (cm)", required=False, localize=True, min_value=20, max_value=260, decimal_places=1
    )
    clearance = forms.DecimalField(
        label="Clairance (mL/min)",
        required=False,
        localize=True,
        min_value=1,
        max_value=250,
        decimal_places=1,
    )
    pregnant = forms.NullBooleanField(label="Grossesse", required=False, widget=forms.NullBooleanSelect)
    breastfeeding = forms.NullBooleanField(
        label="Allaitement", required=False, widget=forms.NullBooleanSelect
    )

    @property
    def body(self) -> Body:
        """After ``is_valid``."""
        given = self.cleaned_data

        def number(name: str) -> float | None:
            return float(given[name]) if given.get(name) is not None else None

        return Body(
            number("weight"),
            number("height"),
            number("clearance"),
            given.get("pregnant"),
            given.get("breastfeeding"),
        )
