"""A document: a scan, a photo, a letter or a result received, its file sealed beside."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content

TYPES = {
    "letter": "courrier reçu",
    "result": "résultat d’examens",
    "imaging": "imagerie",
    "scan": "document numérisé",
    "photo": "photo",
    "dictation": "texte dicté",
    "consent": "accord ou consentement",
    "other": "autre",
}


class Document(Content):
    """What is known of a file. ``source``: who gave it (article 14 RGPD asks). ``text``: what could be read in it.

    ``result_id``: the result of the same record whose original this is; the timeline shows that one, with a link here.
    ``pages`` is 0 for what cannot be shown, a text included; ``thumbnail``: there is one.
    """

    title: str = Field(title="Titre", min_length=2, max_length=160)
    type: Literal["letter", "result", "imaging", "scan", "photo", "dictation", "consent", "other"] = Field(
        title="Nature"
    )
    source: str = Field(title="Reçu de", min_length=2, max_length=120)
    dated: date | None = Field(default=None, title="Daté du")
    media_type: str = Field(max_length=60)
    size: int = Field(ge=1)
    digest: str = Field(max_length=64)
    text: str = Field(default="", max_length=60_000)
    pages: int = Field(default=0, ge=0)
    thumbnail: bool = False
    result_id: int | None = None

    own_day = "dated"
    words = {"type": TYPES}
    hidden = frozenset({"media_type", "size", "digest", "text", "pages", "thumbnail", "result_id"})
    keys = frozenset({"media_type", "digest"})

    @property
    def is_picture(self) -> bool:
        return self.media_type in ("image/jpeg", "image/png")

    def line(self) -> str:
        day = f" du {self.dated:%d/%m/%Y}" if self.dated else ""
        return f"{self.title} – {TYPES[self.type]}{day}, {self.source}"


KIND = Kind("document", Document, "Document", "Documents", "file-text")
