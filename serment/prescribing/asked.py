"""`serment prescribing check`: an ordonnance described in a file, checked against the catalogues at hand.

The file: ``{"lines": [{"cis": "60234100"} | {"dci": "amoxicilline", …}], "patient": {…}}``. A line may carry
``duration_days``, ``non_substitutable`` (MTE, EFG, CIF) and ``delivery`` (once, 7, 14, 28); the patient ``age``,
``sex`` (F, M), ``weight_kg``, ``allergies`` (texts), ``problems`` (texts or CIM-10 codes), ``pregnant``,
``breastfeeding``, ``creatinine_clearance`` (mL/min), ``prescriber_specialty``, ``prescriber_profession``; ``running``
lists treatments already taken, as lines. No practice and no key are needed. The answer: ``alerts``, ``not_covered``
(lines by their place, -1 for a running treatment), ``coverage`` (one row for each check), ``lines`` (what was
understood) and, where the profession is given, ``refused`` (what it may not prescribe, with the text that says so).
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from serment.catalogues.models import Medicine
from serment.catalogues.selectors import search_medicines
from serment.prescribing import rights
from serment.prescribing.safety import Item, PatientFacts, Report, review, worded


class AskedLine(BaseModel):
    """One medicine, by CIS code or by DCI."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    cis: str = Field(default="", max_length=20)
    dci: str = Field(default="", max_length=300)
    duration_days: int = Field(default=0, ge=0)
    non_substitutable: Literal["", "MTE", "EFG", "CIF"] = ""
    delivery: Literal["", "once", "7", "14", "28"] = ""

    @model_validator(mode="after")
    def _named(self) -> AskedLine:
        if not self.cis and not self.dci:
            raise ValueError("chaque ligne porte « cis » ou « dci »")
        return self


class AskedPatient(BaseModel):
    model_config = ConfigDict(extra="ignore")

    age: int | None = Field(default=None, ge=0, le=130)
    sex: Literal["F", "M", "U"] = "U"
    weight_kg: float | None = Field(default=None, gt=0, lt=700, allow_inf_nan=False)
    allergies: list[str] = Field(default_factory=list)
    problems: list[str] = Field(default_factory=list)
    pregnant: bool | None = None
    breastfeeding: bool | None = None
    creatinine_clearance: float | None = Field(default=None, gt=0, lt=500, allow_inf_nan=False)
    prescriber_specialty: str = ""
    prescriber_profession: str = ""


class Asked(BaseModel):
    lines: list[AskedLine] = Field(min_length=1, max_length=60)
    running: list[AskedLine] = Field(default_factory=list)
    patient: AskedPatient = Field(default_factory=AskedPatient)


_WORDS = {
    "missing": "champ obligatoire",
    "json_invalid": "ce n’est pas du JSON",
    "literal_error": "valeur hors de ses choix",
    "too_short": "trop court",
    "too_long": "trop long",
    "string_too_long": "trop long",
    "greater_than_equal": "trop petit",
    "greater_than": "trop petit",
    "less_than_equal": "trop grand",
    "less_than": "trop grand",
    "finite_number": "un nombre fini est attendu",
    "string_unicode": "le fichier n’est pas en UTF-8",
    "int_parsing": "un nombre entier est attendu",
    "int_type": "un nombre entier est attendu",
    "float_parsing": "un nombre est attendu",
    "float_type": "un nombre est attendu",
    "string_type": "un texte est attendu",
    "list_type": "une liste est attendue",
    "bool_parsing": "vrai ou faux est attendu",
    "model_type": "un objet est attendu",
}


def said(error: ValidationError) -> str:
    """The first thing wrong with a file, in French, with the path of its field: « lines > 0 > cis : … »"""
    first = error.errors()[0]
    place = " > ".join(map(str, first["loc"])) or "fichier"
    words = _WORDS.get(first["type"]) or first["msg"].removeprefix("Value error, ")
    return f"{place} : {words}."


def answer(asked: Asked) -> dict[str, Any]:
    """The report as JSON values, with what was understood of each line."""
    known = [_medicine(line) for line in asked.lines]
    lines = [medicine for medicine, _ in known]
    running = [_medicine(line)[0] for line in asked.running]
    items = [
        Item(
            place,
            medicine,
            days=line.duration_days,
            non_substitutable=line.non_substitutable,
            delivery=line.delivery,
        )
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
    found["not_covered"]["lines"] += [
        {"line": place, "label": asked.lines[place].cis or asked.lines[place].dci, "check": why}
        for place, (_, why) in enumerate(known)
        if why
    ]
    found["lines"] = [
        {
            "line": place,
            "medicine": medicine.key if medicine else None,
            "label": medicine.dci_label if medicine else "",
        }
        for place, medicine in enumerate(lines)
    ]
    if profession := asked.patient.prescriber_profession:
        found["refused"] = _refused(profession, asked, lines)
    return found


def _refused(profession: str, asked: Asked, lines: list[Medicine | None]) -> list[dict[str, Any]]:
    """What this profession may not prescribe at all, with the text that says so."""
    refused = []
    for place, (line, medicine) in enumerate(zip(asked.lines, lines, strict=True)):
        try:
            if medicine is not None:
                rights.require_medicine(profession, medicine, days=line.duration_days, age=asked.patient.age)
        except rights.NotAllowed as refusal:
            refused.append({"line": place, "text": str(refusal)})
    return refused


def _medicine(line: AskedLine) -> tuple[Medicine | None, str]:
    """The medicine of a line, and why it is none of the catalogue's: a strength is the one written, or unknown."""
    if line.cis:
        medicine = Medicine.objects.filter(key=f"bdpm:{line.cis}").first()
        return medicine, "" if medicine else "inconnu au catalogue"
    hits = search_medicines(line.dci, limit=1)
    if hits and not hits[0].other_strength:
        return Medicine.objects.get(key=hits[0].key), ""
    # A substance alone still meets the thesaurus, even when no medicine of the catalogue carries it so.
    return worded(line.dci), "dosage inconnu au catalogue" if hits else ""
