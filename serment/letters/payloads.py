"""A letter or a certificate as it is signed into the record."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from serment.record.kinds.content import Content

KINDS = {"letter": "courrier", "certificate": "certificat"}


class Letter(Content):
    """``recipient``: who it is for, a correspondent or « remis en main propre »."""

    kind: Literal["letter", "certificate"] = Field(title="Nature")
    title: str = Field(title="Objet", min_length=2, max_length=120)
    recipient: str = Field(default="", title="Destinataire", max_length=160)
    body: str = Field(title="Texte", min_length=5, max_length=8000)

    words = {"kind": KINDS}

    def line(self) -> str:
        return f"{KINDS[self.kind].capitalize()} : {self.title}" + (
            f", pour {self.recipient}" if self.recipient else ""
        )
