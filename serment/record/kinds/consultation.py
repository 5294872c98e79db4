"""A consultation: why, what was said, what was found, what was decided."""

from __future__ import annotations

from pydantic import BaseModel, Field

from serment.record.kinds import Kind
from serment.record.kinds.asked import Answer, Part
from serment.record.kinds.content import Content

TEXT = 4000


class CodedProblem(BaseModel):
    code: str = Field(max_length=10)
    label: str = Field(max_length=200)


class Consultation(Content):
    """A consultation as it is signed. ``answers``: by part, what the fields of its template were answered."""

    reason: str = Field(default="", title="Motif", max_length=300)
    history: str = Field(default="", title="Histoire", max_length=TEXT)
    examination: str = Field(default="", title="Examen", max_length=TEXT)
    conclusion: str = Field(default="", title="Conclusion et conduite à tenir", max_length=TEXT)
    problems: list[CodedProblem] = Field(default_factory=list, title="Problèmes codés", max_length=8)
    answers: dict[Part, list[Answer]] = Field(default_factory=dict, title="Champs de la trame")

    hidden = frozenset({"problems", "answers"})

    def line(self) -> str:
        coded = ", ".join(problem.label for problem in self.problems)
        after = coded or self.conclusion[:120] or "; ".join(self._answered("conclusion"))[:120]
        return " – ".join(part for part in (self.reason, after) if part) or "Consultation"

    def said(self, part: Part) -> str:
        """A part of the consultation as it reads: the answers, a line each, then the text."""
        return "\n".join(filter(None, (*self._answered(part), getattr(self, part))))

    def _answered(self, part: Part) -> list[str]:
        return [f"{answer.label}\u00a0: {answer.value}" for answer in self.answers.get(part, ())]

    def rows(self) -> list[tuple[str, str]]:
        coded = "\n".join(f"{problem.code} {problem.label}".strip() for problem in self.problems)
        texts = (
            ("Motif", self.reason),
            ("Histoire", self.said("history")),
            ("Examen", self.said("examination")),
            ("Conclusion et conduite à tenir", self.said("conclusion")),
            ("Problèmes codés", coded),
        )
        return [(label, text) for label, text in texts if text]


KIND = Kind("consultation", Consultation, "Consultation", "Consultations", "stethoscope")
