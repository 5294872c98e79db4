"""A test or a score, answered item by item; its definition is data (`record/data/scores.toml`)."""

from __future__ import annotations

from pydantic import Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content


class Score(Content):
    """``code`` names the definition; ``total`` and ``band`` are kept as they were read that day."""

    code: str = Field(max_length=24)
    title: str = Field(title="Test", max_length=80)
    answers: list[int] = Field(min_length=1, max_length=60)
    total: int = Field(title="Total")
    out_of: int = Field(title="Sur")
    band: str = Field(default="", title="Lecture", max_length=120)
    note: str = Field(default="", title="Précision", max_length=300)

    hidden = frozenset({"code", "answers"})

    def line(self) -> str:
        return f"{self.title} : {self.total} sur {self.out_of}" + (f", {self.band}" if self.band else "")


KIND = Kind("score", Score, "Test ou score", "Tests et scores", "list-search")
