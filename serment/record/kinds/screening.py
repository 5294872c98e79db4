"""An examination of screening or follow-up that gives no number: when, what it showed, when the next one is."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from serment.formats.text import sentence
from serment.record.kinds import Kind
from serment.record.kinds.content import Content

EXAMS = {
    "colon": "test de dépistage colorectal",
    "breast": "mammographie",
    "cervix": "prélèvement du col de l’utérus",
    "eye": "fond d’œil",
    "feet": "examen des pieds",
    "dental": "examen bucco-dentaire",
    "ecg": "électrocardiogramme",
    "bone": "ostéodensitométrie",
    "skin": "examen de la peau",
    "hearing": "audition",
    "vision": "vue",
    "other": "autre examen",
}


class Screening(Content):
    """``result`` in a few words; ``next_on`` is what the practitioner decides, and prevails on the rule."""

    exam: Literal[
        "colon",
        "breast",
        "cervix",
        "eye",
        "feet",
        "dental",
        "ecg",
        "bone",
        "skin",
        "hearing",
        "vision",
        "other",
    ] = Field(title="Examen")
    done_on: date = Field(title="Fait le")
    result: str = Field(default="", title="Résultat", max_length=200)
    next_on: date | None = Field(default=None, title="Prochain")

    own_day = "done_on"
    words = {"exam": EXAMS}

    def line(self) -> str:
        result = f"\u00a0: {self.result}" if self.result else ""
        return sentence(f"{EXAMS[self.exam]}, le {self.done_on:%d/%m/%Y}{result}")


KIND = Kind("screening", Screening, "Dépistage ou examen", "Dépistages et examens", "stethoscope")
