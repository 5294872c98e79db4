"""Doses that follow the weight or the kidney: worked out, said in French, seen before they are signed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from serment.prescribing.dosage import counted
from serment.prescribing.payloads import Dosage, Line
from serment.prescribing.unsignable import Unsignable, Wrong

BY = {"poids": ("per_kg", "poids"), "fonction rénale": ("renal_below", "clairance")}
"""What a dose depends on (`Dosage.wants`) → the column of the line that says so, the field that gives it."""


@dataclass(frozen=True)
class Fitted:
    """``text``: how the dose was worked out, or what it waits for; empty where nothing makes it vary."""

    dosage: Dosage
    missing: tuple[str, ...]
    text: str

    @property
    def shown(self) -> dict[str, Any]:
        """Its fields as the line shows them; no dose where it is that of another weight."""
        return {
            "dose": "" if "poids" in self.missing else shown(self.dosage.dose),
            "unit": self.dosage.unit,
            "usual_dose": shown(self.dosage.usual_dose),
            "worked": self.text,
            "missing": bool(self.missing),
        }


def shown(value: Decimal) -> str:
    """« 0,5 »; empty for zero."""
    return f"{value.normalize():f}".replace(".", ",") if value else ""


def fit(dosage: Dosage, *, weight_kg: float | None, clearance: float | None) -> Fitted:
    """The dose of this weight (kg) and of this clearance (mL/min), None where nobody gave it."""
    given = {"poids": weight_kg, "fonction rénale": clearance}
    missing = tuple(what for what in dosage.wants if given[what] is None)
    found = dosage.fitted(weight_kg=weight_kg, clearance=clearance)
    said = [f"dose selon {what} : non renseigné{'e' if what != 'poids' else ''}" for what in missing]
    if dosage.per_kg and weight_kg is not None:
        whole = counted(found.usual_dose or found.dose, "mg")
        bound = " (plafond)" if found.capped else ""
        weight = shown(Decimal(str(weight_kg)))
        said.append(f"{shown(dosage.per_kg)} mg/kg × {weight} kg = {whole} par prise{bound}")
    if dosage.renal_below and clearance is not None:
        at = f"clairance {shown(Decimal(str(clearance)))} mL/min"
        if found.usual_dose:
            instead = f"{counted(found.dose, found.unit)} au lieu de {counted(found.usual_dose, found.unit)}"
            said.append(f"{at}, sous {dosage.renal_below} : {instead}")
        elif clearance >= dosage.renal_below:
            said.append(f"{at} : dose non réduite")
    return Fitted(found, missing, " ; ".join(said))


def require(lines: Sequence[Line], *, weight_kg: float | None, clearance: float | None) -> None:
    """What is signed is what was seen. Raises Unsignable."""
    wrong: Wrong = {}
    for place, line in enumerate(lines):
        if line.dosage is None:
            continue
        found = fit(line.dosage, weight_kg=weight_kg, clearance=clearance)
        if found.missing:
            wrong[place] = {BY[what][0]: _wanted(BY[what][1]) for what in found.missing}
        elif (found.dosage.dose, found.dosage.unit) != (line.dosage.dose, line.dosage.unit):
            was = counted(line.dosage.dose, line.dosage.unit)
            wrong[place] = {
                "dose": f"la dose calculée remplace « {was} » ({found.text}). Relisez-la, puis signez ; "
                "pour une autre dose, videz la règle qui la calcule"
            }
    if wrong:
        raise Unsignable(wrong)


def _wanted(field: str) -> str:
    return f"la dose dépend du champ « {field.capitalize()} », qui est vide : remplissez-le, ou videz cette règle"
