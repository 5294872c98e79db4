"""Filters of the timeline: what it shows and since when, each with the address that asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from django.utils import timezone

from serment.record import kinds
from serment.record.selectors import Cursor
from serment.vault.marks import mark, word

GROUPS = {
    "": ("Tout", ()),
    "consultation": ("Consultations", ("consultation", "note")),
    "prescription": ("Ordonnances", ("prescription", "treatment")),
    "result": ("Résultats", ("result", "observation", "measure")),
    "document": ("Documents et courriers", ("document", "letter")),
    "problem": ("Problèmes et antécédents", ("problem", "allergy", "history", "pregnancy")),
    "prevention": ("Prévention et tests", ("vaccination", "screening", "score")),
    "situation": ("Vie", ("situation", "lifestyle")),
}
"""Code of a filter → its words and the kinds it shows. A kind's own code is a filter too."""
SPANS = {"": ("Toujours", 0), "3m": ("3 mois", 92), "1a": ("1 an", 366), "5a": ("5 ans", 1827)}


@dataclass(frozen=True)
class Filter:
    """``kind`` and ``span`` as the address gives them, those that are known."""

    kind: str
    span: str

    @classmethod
    def read(cls, kind: str, span: str) -> Filter:
        kind = word(kind)
        known = kind in GROUPS or any(found.code == kind for found in kinds.all_kinds())
        return cls(kind if known else "", span if span in SPANS else "")

    @property
    def codes(self) -> tuple[str, ...]:
        """Kinds shown; none: all of them."""
        return GROUPS[self.kind][1] if self.kind in GROUPS else (self.kind,)

    @property
    def since(self) -> datetime | None:
        days = SPANS[self.span][1]
        return timezone.now() - timedelta(days=days) if days else None

    def older(self, after: Cursor | None) -> str:
        """Address of the older entries."""
        return f"{address(self.kind, self.span)}&avant={quote(after.text)}" if after else ""


def address(kind: str, span: str) -> str:
    """What follows the page's own path to ask for these."""
    return f"?type={mark(kind)}&depuis={span}"
