"""`serment prescribing check`: an ordonnance described in a file, checked against the catalogues at hand.

The file: ``{"lines": [{"cis": "60234100"} | {"dci": "amoxicilline", …}], "patient": {…}}``. A line may carry
``duration_days``, ``non_substitutable`` (MTE, EFG, CIF) and ``delivery`` (once, 7, 14, 28); the patient ``age`` (years,
a fraction is cut), ``sex`` (F, M), ``weight_kg``, ``allergies`` (texts), ``problems`` (texts or CIM-10 codes),
``pregnant``, ``breastfeeding``, ``creatinine_clearance`` (mL/min), ``prescriber_specialty``, ``prescriber_profession``
(French code or English name); ``running`` lists treatments already taken, as lines. `_ALSO` are other names of these
keys; any other key is an error. No practice and no key are needed.

The answer: ``alerts``, ``not_covered`` (lines by their place, -1 for a running treatment), ``coverage`` (one row for
each check), ``lines`` (what was taken, and what it holds beside what was asked) and, where the profession is given,
``refused`` (what it may not prescribe, with the text that says so).
"""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from serment.catalogues.models import Medicine
from serment.catalogues.selectors import MedicineHit, medicines, search_medicines
from serment.catalogues.substances import is_salt
from serment.catalogues.wording import named
from serment.formats.names import fold, words
from serment.practice.professions import PROFESSIONS
from serment.prescribing import rights
from serment.prescribing.safety import Coverage, Item, PatientFacts, Report, review, worded

_ALSO = {
    "code_cis": "cis",
    "inn": "dci",
    "substance": "dci",
    "days": "duration_days",
    "duration": "duration_days",
    "weight": "weight_kg",
    "gender": "sex",
    "renal_function": "creatinine_clearance",
    "clearance": "creatinine_clearance",
    "clcr": "creatinine_clearance",
    "pregnancy": "pregnant",
    "breast_feeding": "breastfeeding",
    "specialty": "prescriber_specialty",
    "profession": "prescriber_profession",
    "treatments": "running",
    "current_treatments": "running",
}
"""Obvious name → the one that it stands for."""
_ENGLISH = {
    "doctor": "medecin",
    "physician": "medecin",
    "dentist": "chirurgien_dentiste",
    "dentiste": "chirurgien_dentiste",
    "midwife": "sage_femme",
    "nurse": "infirmier",
    "infirmiere": "infirmier",
    "physiotherapist": "kinesitherapeute",
    "masseur_kinesitherapeute": "kinesitherapeute",
    "speech_therapist": "orthophoniste",
    "orthoptist": "orthoptiste",
    "podiatrist": "pedicure_podologue",
    "podologue": "pedicure_podologue",
    "occupational_therapist": "ergotherapeute",
    "psychomotor_therapist": "psychomotricien",
    "dietitian": "dieteticien",
}
_SEXES = {
    "f": "F",
    "female": "F",
    "femme": "F",
    "m": "M",
    "male": "M",
    "homme": "M",
    "u": "U",
    "unknown": "U",
}
MOST = 20
"""Medicines found among which one is taken for a DCI."""
ONE_DOSE = "dosage inconnu au catalogue"


class _Asked(BaseModel):
    """One object of the file: every key is one of its own, or another name of it."""

    model_config = ConfigDict(str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        found: dict[str, Any] = {}
        for key, value in given.items():
            name = key if key in cls.model_fields else _ALSO.get(key, "")
            if name not in cls.model_fields:
                raise ValueError(
                    f"clé inconnue «\u00a0{key[:60]}\u00a0» (acceptées : {', '.join(cls.model_fields)})"
                )
            if name in found:
                raise ValueError(f"deux clés disent «\u00a0{name}\u00a0»")
            found[name] = value
        return found


class AskedLine(_Asked):
    """One medicine, by CIS code or by DCI."""

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


class AskedPatient(_Asked):
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

    @field_validator("age", mode="before")
    @classmethod
    def _years(cls, given: Any) -> Any:
        """Whole years, as an age is said: 6.5 is 6."""
        return math.floor(given) if isinstance(given, float) and math.isfinite(given) else given

    @field_validator("sex", mode="before")
    @classmethod
    def _sex(cls, given: Any) -> Any:
        return _SEXES.get(given.strip().lower(), given) if isinstance(given, str) else given

    @field_validator("prescriber_profession")
    @classmethod
    def _profession(cls, given: str) -> str:
        code = fold(given).replace(" ", "_")
        code = _ENGLISH.get(code, code)
        if code and code not in PROFESSIONS:
            accepted = ", ".join((*PROFESSIONS, *sorted(set(_ENGLISH))))
            raise ValueError(f"profession inconnue «\u00a0{given[:60]}\u00a0» (acceptées : {accepted})")
        return code


class Asked(_Asked):
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
    "int_from_float": "un nombre entier est attendu",
    "bool_type": "vrai ou faux est attendu",
}


def said(error: ValidationError) -> str:
    """The first thing wrong with a file, in French, with the path of its field: « lines > 0 > cis : … »"""
    first = error.errors()[0]
    place = " > ".join(map(str, first["loc"])) or "fichier"
    why = _WORDS.get(first["type"], "valeur non acceptée")
    if first["type"] == "value_error":
        why = first["msg"].removeprefix("Value error, ")
    return f"{place} : {why}."


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
            "also_holds": _beside(line, medicine) if medicine else [],
        }
        for place, (line, medicine) in enumerate(zip(asked.lines, lines, strict=True))
    ]
    if profession := asked.patient.prescriber_profession:
        found["refused"] = _refused(profession, asked, lines)
        _say_unlisted(found, rights.of(profession), items)
    return found


def _say_unlisted(found: dict[str, Any], right: rights.Right, items: list[Item]) -> None:
    """What nobody looked at of the right of a profession, for each new line: the dental purpose of a dentist's."""
    new = [item for item in items if not item.running]
    if not right.unlisted or not new:
        return
    found["not_covered"]["lines"] += [
        {"line": item.place, "label": item.label, "check": right.unlisted} for item in new
    ]
    row = Coverage(right.unlisted, 0, len(new), right.text)
    found["coverage"].append(row.as_json())


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
    hits = search_medicines(line.dci, limit=MOST)
    if hits and hits[0].near:
        return worded(line.dci), f"inconnu au catalogue, proche de «\u00a0{hits[0].near}\u00a0»"
    if hits and not hits[0].other_strength:
        return _simplest(line, hits), ""
    # A substance alone still meets the thesaurus, even when no medicine of the catalogue carries it so.
    return worded(line.dci), ONE_DOSE if hits else ""


def _simplest(line: AskedLine, hits: list[MedicineHit]) -> Medicine:
    """The first found; by the name of a substance, the first of those that hold the least beside it."""
    found = medicines(hit.key for hit in hits)
    ordered = [found[hit.key] for hit in hits]
    typed = set(words(line.dci))
    if not any(typed & set(words(name)) for _, name, *_ in ordered[0].substances):
        return ordered[0]
    return min(ordered, key=lambda medicine: len(_beside(line, medicine)))


def _beside(line: AskedLine, medicine: Medicine) -> list[str]:
    """Substances of a medicine that a line by DCI does not name; empty where it names none (a brand, a code)."""
    typed = {word for word in words(line.dci) if not is_salt(word)}
    links: dict[str, list[str]] = {}
    for _, name, _, _, link, *_ in medicine.substances:
        links.setdefault(link, []).append(name)
    asked = {link for link, some in links.items() if any(typed & set(words(name)) for name in some)}
    return [named(some[0]) for link, some in links.items() if link not in asked] if asked else []
