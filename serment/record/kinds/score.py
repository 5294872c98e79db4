"""A test or a score, answered item by item; its definition is data (`record.scores`)."""

from __future__ import annotations

from pydantic import BaseModel, Field

from serment.formats.text import sentence
from serment.record.kinds import Kind
from serment.record.kinds.content import Content


class ScoreAnswer(BaseModel):
    """What was asked and what was answered, as they were that day."""

    label: str = Field(max_length=160)
    said: str = Field(default="", max_length=120)
    points: int = 0

    @property
    def text(self) -> str:
        """« 2 (plusieurs jours) »"""
        return str(self.points) if self.said in ("", str(self.points)) else f"{self.points} ({self.said})"


class Score(Content):
    """``code`` names the definition; ``total``, ``band`` and ``detail`` are kept as they were read that day."""

    code: str = Field(max_length=24)
    title: str = Field(title="Test", max_length=80)
    source: str = Field(default="", title="Source", max_length=300)
    answers: list[int] = Field(min_length=1, max_length=60)
    detail: list[ScoreAnswer] = Field(default_factory=list, max_length=60)
    total: int = Field(title="Total")
    out_of: int = Field(title="Sur")
    band: str = Field(default="", title="Lecture", max_length=120)
    note: str = Field(default="", title="Précision", max_length=300)
    attention: str = Field(default="", title="À regarder", max_length=300)

    hidden = frozenset({"code", "answers", "detail"})
    keys = frozenset({"code"})

    def rows(self) -> list[tuple[str, str]]:
        said = [(sentence(answer.label), answer.text) for answer in self.detail]
        return super().rows() + said

    def line(self) -> str:
        return (
            f"{self.title} : {self.total} sur {self.out_of}"
            + (f", {self.band}" if self.band else "")
            + (f". {self.attention}" if self.attention else "")
        )


KIND = Kind("score", Score, "Test ou score", "Tests et scores", "list-search")
