from __future__ import annotations

from pydantic import BaseModel, Field

from serment.record.kinds import Kind

GUIDANCE = "Ce qui sert aux soins. Ni jugement, ni numéro de sécurité sociale, ni vie privée sans utilité."
TEXT = 4000


class CodedProblem(BaseModel):
    code: str = Field(max_length=10)
    label: str = Field(max_length=200)


class Consultation(BaseModel):
    """A consultation as it is signed."""

    reason: str = Field(default="", max_length=300)
    history: str = Field(default="", max_length=TEXT)
    examination: str = Field(default="", max_length=TEXT)
    conclusion: str = Field(default="", max_length=TEXT)
    problems: list[CodedProblem] = Field(default_factory=list, max_length=8)

    def line(self) -> str:
        coded = ", ".join(problem.label for problem in self.problems)
        return (
            " – ".join(part for part in (self.reason, coded or self.conclusion[:120]) if part)
            or "Consultation"
        )


SECTIONS = {
    "reason": "Motif",
    "history": "Histoire",
    "examination": "Examen",
    "conclusion": "Conclusion et conduite à tenir",
}
KIND = Kind("consultation", Consultation, "Consultation", "Consultations", "stethoscope")
