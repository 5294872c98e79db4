"""A consultation: why, what was said, what was found, what was decided."""

from __future__ import annotations

from pydantic import BaseModel, Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content

TEXT = 4000


class CodedProblem(BaseModel):
    code: str = Field(max_length=10)
    label: str = Field(max_length=200)


class Consultation(Content):
    """A consultation as it is signed."""

    reason: str = Field(default="", title="Motif", max_length=300)
    history: str = Field(default="", title="Histoire", max_length=TEXT)
    examination: str = Field(default="", title="Examen", max_length=TEXT)
    conclusion: str = Field(default="", title="Conclusion et conduite à tenir", max_length=TEXT)
    problems: list[CodedProblem] = Field(default_factory=list, title="Problèmes codés", max_length=8)

    hidden = frozenset({"problems"})

    def line(self) -> str:
        coded = ", ".join(problem.label for problem in self.problems)
        return (
            " – ".join(part for part in (self.reason, coded or self.conclusion[:120]) if part)
            or "Consultation"
        )

    def rows(self) -> list[tuple[str, str]]:
        coded = "\n".join(f"{problem.code} {problem.label}".strip() for problem in self.problems)
        return super().rows() + ([("Problèmes codés", coded)] if coded else [])


KIND = Kind("consultation", Consultation, "Consultation", "Consultations", "stethoscope")
