"""Read the lines of the ordonnance page: parallel lists of fields, one item per line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from serment.catalogues.models import Medicine
from serment.catalogues.selectors import medicines
from serment.prescribing import numbers
from serment.prescribing.body import Body
from serment.prescribing.fitting import fit, shown
from serment.prescribing.payloads import (
    DELIVERIES,
    DOSE_UNITS,
    DURATION_UNITS,
    FREE_LENGTH,
    MOST_LINES,
    NON_SUBSTITUTABLE,
    NOTE_LENGTH,
    Dosage,
    Line,
)
from serment.prescribing.units import unit_of
from serment.prescribing.unsignable import Wrong, first
from serment.prescribing.when import WHEN, when_code

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
MORE = (
    "nr",
    "delivery",
    "boxes",
    "per_kg",
    "max_dose",
    "renal_below",
    "renal_dose",
    "usual_dose",
    "max_a_day",
)
"""The same, that a page may leave out: an empty text then."""


class BadLine(ValueError):
    """An ordonnance that can not be read; French.

    ``wrong``: place of a line from 0 → column → what is wrong there. ``free``: the same of the free lines.
    """

    def __init__(self, text: str, *, wrong: Wrong | None = None, free: dict[int, str] | None = None) -> None:
        super().__init__(text)
        self.wrong, self.free = wrong or {}, free or {}


def read_lines(post: Any) -> list[Line]:
    """The lines of the posted page, medicines looked up in one query. Nothing is cut. Raises BadLine."""
    keys = post.getlist("medicine")
    texts = [" ".join(text.split()) for text in post.getlist("free") if text.strip()]
    if len(keys) + len(texts) > MOST_LINES:
        raise BadLine(
            f"Une ordonnance a {MOST_LINES} lignes au plus, celle-ci en a {len(keys) + len(texts)} : "
            "faites-en deux."
        )
    known = medicines(keys)
    columns = columns_of(post)
    if any(len(values) != len(keys) for values in columns.values()):
        raise BadLine(
            "L’ordonnance est incomplète : rechargez la page, votre saisie reste dans l’historique du navigateur."
        )
    wrong: Wrong = {}
    lines = [
        _line(known.get(key), {name: values[place] for name, values in columns.items()}, wrong, place)
        for place, key in enumerate(keys)
    ]
    long = {
        place: _too_long(text, FREE_LENGTH) for place, text in enumerate(texts) if len(text) > FREE_LENGTH
    }
    if wrong or long:
        raise BadLine(_first(wrong, long), wrong=wrong, free=long)
    lines += [Line(text=text) for text in texts]
    if not lines:
        raise BadLine("Ajoutez au moins un médicament ou une ligne libre.")
    return lines


def _first(wrong: Wrong, long: dict[int, str]) -> str:
    """What the page says on top, the lines of medicines first."""
    return first(wrong) or f"Ligne libre {min(long) + 1} : {long[min(long)]}."


def _too_long(text: str, most: int) -> str:
    return f"{most} caractères au plus, il y en a {len(text)} : raccourcissez, rien n’est coupé"


def columns_of(post: Any) -> dict[str, list[str]]:
    """Each column of the posted lines; one that the page left out is empty texts."""
    blank = [""] * len(post.getlist("medicine"))
    return {name: post.getlist(name) for name in COLUMNS} | {
        name: post.getlist(name) or blank for name in MORE
    }


def _line(medicine: Medicine | None, values: dict[str, str], wrong: Wrong, place: int) -> Line:
    """One line; what does not read is said in ``wrong``, and the line is then worth nothing."""
    said: dict[str, str] = {}

    def whole(name: str, low: int, high: int) -> int:
        try:
            return numbers.whole(values[name], low=low, high=high)
        except numbers.BadNumber as bad:
            said[name] = str(bad)
            return 0

    def decimal(name: str, high: int, empty: Decimal = Decimal(0)) -> Decimal:
        try:
            return numbers.decimal(values[name], high=high, empty=empty)
        except numbers.BadNumber as bad:
            said[name] = str(bad)
            return empty

    note = " ".join(values["note"].split())
    if len(note) > NOTE_LENGTH:
        said["note"] = _too_long(note, NOTE_LENGTH)
    if values["when"] not in WHEN:
        said["when"] = "choisissez quand"
    if values["unit"] not in DOSE_UNITS:
        said["unit"] = "choisissez l’unité"
    if medicine is None:
        said["medicine"] = "ce médicament n’est plus au catalogue. Retirez-le et cherchez-le à nouveau"
    duration_unit: Any = values["duration_unit"] if values["duration_unit"] in DURATION_UNITS else "day"
    # The weight gives the dose of a line by weight: its field may wait for it, empty.
    dose = decimal("dose", 10_000, Decimal(1) if values["per_kg"].strip() else Decimal(0))
    if not dose and "dose" not in said:
        said["dose"] = "une dose est plus grande que zéro" if values["dose"].strip() else "donnez la dose"
    given: dict[str, Any] = {
        "duration": whole("duration", 1, 365),
        "max_a_day": whole("max_a_day", 1, 50),
        "per_kg": decimal("per_kg", 1000),
        "max_dose": decimal("max_dose", 10_000),
        "renal_below": whole("renal_below", 1, 200),
        "renal_dose": decimal("renal_dose", 10_000),
        "usual_dose": decimal("usual_dose", 10_000),
    }
    said = half_said(given) | said
    renewals, boxes = whole("renewals", 0, 11), whole("boxes", 1, 99)
    if said or medicine is None:
        wrong[place] = said
        return Line()
    return Line(
        medicine=medicine.key,
        dci_label=medicine.dci_label,
        brand=medicine.name if values["brand"] == "1" and medicine.source == "bdpm" else "",
        substances=[substance[1] for substance in medicine.substances],
        dosage=Dosage(
            dose=dose,
            unit=values["unit"],
            duration_unit=duration_unit,
            as_needed=values["needed"] == "1",
            note=note,
            **given,
            **WHEN[values["when"]][1],
        ),
        renewals=renewals,
        non_substitutable=values["ns"] if values["ns"] in NON_SUBSTITUTABLE else "",
        source=medicine.source,
        ald=values["ald"] == "1",
        not_reimbursed=values["nr"] == "1",
        delivery=values["delivery"] if values["delivery"] in DELIVERIES else "",
        boxes=boxes,
    )


def half_said(given: dict[str, Any]) -> dict[str, str]:
    """A rule that makes the dose vary and lacks one of its two halves would change nothing: it is asked for."""
    said = {}
    if given["max_dose"] and not given["per_kg"]:
        said["per_kg"] = "un plafond borne des mg/kg : donnez-les, ou videz le plafond"
    if given["renal_below"] and not given["renal_dose"]:
        said["renal_dose"] = "donnez la dose réduite, ou videz la clairance limite"
    if given["renal_dose"] and not given["renal_below"]:
        said["renal_below"] = "donnez la clairance sous laquelle réduire, ou videz « Dose alors »"
    return said


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
        fitted = fit(line.dosage or Dosage(), weight_kg=weight_kg, clearance=clearance)
        dosage = fitted.dosage
        items.append(
            fitted.shown
            | {
                "medicine": known[line.medicine],
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
                "per_kg": shown(dosage.per_kg),
                "max_dose": shown(dosage.max_dose),
                "renal_below": dosage.renal_below or "",
                "renal_dose": shown(dosage.renal_dose),
            }
        )
    return items, [line.text for line in lines if line.is_free]


def _between(what: str, bounds: str) -> dict[str, str]:
    """Bounds in French figures, said the same on either side of them."""
    return dict.fromkeys(("min_value", "max_value"), f"{what} va de {bounds}.")


class BodyForm(forms.Form):
    """What the checks need of the patient; weight and height are printed when given."""

    weight = forms.DecimalField(
        label="Poids (kg)",
        required=False,
        localize=True,
        min_value=Decimal("0.3"),
        max_value=400,
        decimal_places=1,
        error_messages=_between("Un poids", "0,3 à 400 kg"),
    )
    height = forms.DecimalField(
        label="Taille (cm)",
        required=False,
        localize=True,
        min_value=20,
        max_value=260,
        decimal_places=1,
        error_messages=_between("Une taille", "20 à 260 cm"),
    )
    clearance = forms.DecimalField(
        label="Clairance (mL/min)",
        required=False,
        localize=True,
        min_value=1,
        max_value=250,
        decimal_places=1,
        error_messages=_between("Une clairance", "1 à 250 mL/min"),
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
