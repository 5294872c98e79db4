"""Compile a template to PDF/A, in memory.

Data reach typst as JSON, never as markup, so what is typed prints as typed. No file is written, no network is used,
no font of the machine is read: the same data give the same page anywhere. Declared: PDF/A-2a (kept for twenty years,
tagged) and PDF/UA-1 (read by a screen reader).
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import typst

from serment.documents.text import MISSING, each_text, printable

TEMPLATES = Path(__file__).parent / "typst"
STANDARDS: Any = ["a-2a", "ua-1"]
_GLYPH_TEST = b'#set document(title: "-")\n#set text(font: "Inter", lang: "fr")\n#sys.inputs.data'
_local = threading.local()


class CannotRender(Exception):
    """A document could not be made. Carries the template's name only: typst's own message may quote a patient."""


def _compiler() -> typst.Compiler:
    """One compiler per thread: it keeps fonts and templates, and refuses to be shared."""
    if not hasattr(_local, "compiler"):
        _local.compiler = typst.Compiler(
            root=TEMPLATES, font_paths=[TEMPLATES / "fonts"], ignore_system_fonts=True
        )
    compiler: typst.Compiler = _local.compiler
    return compiler


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    try:
        _compiler().compile(_GLYPH_TEST, sys_inputs={"data": character}, pdf_standards=STANDARDS)
    except RuntimeError:
        return False
    return True


def _known_glyphs(text: str) -> str:
    return "".join(c if c.isascii() or c == MISSING or _has_glyph(c) else MISSING for c in text)


def render(template: str, data: dict[str, Any], on: date) -> bytes:
    """PDF bytes of ``typst/<template>.typ``; ``on`` is the date in the metadata. Raises CannotRender.

    A character that no font has (an emoji, a Chinese sign) prints as « � »: PDF/A forbids to leave a hole. Looked for
    only when typst has refused, since that happens to one document in thousands.
    """
    data = each_text(data, printable)
    try:
        return _compile(template, data, on)
    except RuntimeError:
        pass
    try:
        return _compile(template, each_text(data, _known_glyphs), on)
    except RuntimeError:
        raise CannotRender(template) from None


def _compile(template: str, data: dict[str, Any], on: date) -> bytes:
    pdf = _compiler().compile(
        TEMPLATES / f"{template}.typ",
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=STANDARDS,
        timestamp=datetime.combine(on, time(12), UTC),
    )
    return cast(bytes, pdf)
