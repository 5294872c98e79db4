"""`serment prescribing check`: an ordonnance described in a file, checked against the catalogues at hand.

The file: ``{"lines": [{"cis": "60234100"} | {"dci": "amoxicilline", …}], "patient": {…}}``. A line may carry
``duration_days`` and ``non_substitutable``; the patient ``age``, ``sex`` (F, M), ``weight_kg``, ``allergies`` (texts),
``problems``, ``pregnant``, ``breastfeeding``, ``creatinine_clearance``; ``running`` lists treatments already taken, as
lines. No practice and no key are needed.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from serment.catalogues.models import Medicine
from serment.catalogues.selectors import search_medicines
from serment.prescribing.safety import Item, PatientFacts, Report, review


class AskedLine(BaseModel):
    """One medicine, by CIS code or by DCI."""

    model_config = ConfigDict(extra="ignore")

    cis: str = ""
    dci: str = ""
    duration_days: int = Field(default=0, ge=0)
    non_substitutable: str = ""

    @model_validator(mode="after")
    def _named(self) -> AskedLine:
        if not self.cis and not self.dci:
            raise ValueError("chaque ligne porte « cis » ou « dci »")
        return self


class AskedPatient(BaseModel):
    model_config = ConfigDict(extra="ignore")

    age: int | None = Field(default=None, ge=0, le=130)
    sex: Literal["F", "M", "U"] = "U"
    weight_kg: float | None = None
    allergies: list[str] = Field(default_factory=list)
    problems: list[str] = Field(default_factory=list)
    pregnant: bool | None = None
    breastfeeding: bool | None = None
    creatinine_clearance: float | None = None
    prescriber_specialty: str = ""


class Asked(BaseModel):
    lines: list[AskedLine] = Field(min_length=1, max_length=60)
    running: list[AskedLine] = Field(default_factory=list)
    patient: AskedPatient = Field(default_factory=AskedPatient)


def answer(asked: Asked) -> dict[str, Any]:
    """The report as JSON values, with what was understood of each line."""
    lines = [_medicine(line) for line in asked.lines]
    running = [_medicine(line) for line in asked.running]
    items = [
        Item(place, medicine, days=line.duration_days, non_substitutable=line.non_substitutable)
        for place, (line, medicine) in enumerate(zip(asked.lines, lines, strict=True))
        if medicine is not None
    ]
    items += [Item(-1, medicine, running=True) for medicine in running if medicine is not None]
    facts = asked.patient.model_dump()
    report: Report = review(
        items,
        PatientFacts(
            **facts | {"allergies": tuple(facts["allergies"]), "problems": tuple(facts["problems"])}
        ),
    )
    found = report.as_json()
    unknown = [place for place, medicine in enumerate(lines) if medicine is None]
    found["not_covered"]["lines"] += [
        {
            "line": place,
            "label": asked.lines[place].cis or asked.lines[place].dci,
            "check": "inconnu au catalogue",
        }
        for place in unknown
    ]
    found["lines"] = [
        {
            "line": place,
            "medicine": medicine.key if medicine else None,
            "label": medicine.dci_label if medicine else "",
        }
        for place, medicine in enumerate(lines)
    ]
    return found


def _medicine(line: AskedLine) -> Medicine | None:
    if line.cis:
        return Medicine.objects.filter(key=f"bdpm:{line.cis}").first()
    hits = search_medicines(line.dci, limit=1)
    if hits:
        return Medicine.objects.get(key=hits[0].key)
    # A substance alone still meets the thesaurus, even when no medicine of the catalogue carries it.
    return Medicine(
        key="", name=line.dci, dci_label=line.dci, form="", substances=[["", line.dci.upper(), "SA", "", "1"]]
    )
