"""Render to PDF/A-2b, in memory. Data reach typst as JSON, never as markup, so what is typed prints as typed."""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import typst

from serment.documents.code128 import widths
from serment.documents.models import PrescriptionDocument, ReceiptDocument, TillDocument

TEMPLATES = Path(__file__).parent / "typst"
_local = threading.local()


def _compiler(name: str) -> typst.Compiler:
    """One compiler per thread and template: fonts and template are read once."""
    compilers: dict[str, typst.Compiler] = _local.__dict__.setdefault("compilers", {})
    if name not in compilers:
        compilers[name] = typst.Compiler(TEMPLATES / f"{name}.typ", root=TEMPLATES, ignore_system_fonts=True)
    return compilers[name]


def _render(name: str, data: dict[str, Any], on: date) -> bytes:
    stamp = datetime.combine(on, time(12), UTC)
    return bytes(
        _compiler(name).compile(
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards="a-2b",
            timestamp=stamp,
        )
    )


def _bars(number: str) -> list[int]:
    return widths(number) if number.isdigit() else []


def prescription_pdf(document: PrescriptionDocument) -> bytes:
    """An ordonnance with the mentions of R.5132-3 CSP and R.161-45 CSS."""
    data = document.model_dump(mode="json")
    data["bars"] = {
        "rpps": _bars(document.letterhead.rpps),
        "am": _bars(document.letterhead.am_number),
    }
    return _render("prescription", data, document.on)


def receipt_pdf(document: ReceiptDocument) -> bytes:
    """A note d'honoraires."""
    return _render("receipt", document.model_dump(mode="json"), document.on)


def till_pdf(document: TillDocument) -> bytes:
    """The day's till."""
    return _render("till", document.model_dump(mode="json"), document.on)


def recovery_sheet(*, practice_name: str, code: str, on: date | None = None) -> bytes:
    """The sheet for the safe. The caller shows it once and keeps it nowhere."""
    day = on or date.today()
    return _render(
        "recovery", {"practice": practice_name, "code": code, "date": day.strftime("%d/%m/%Y")}, day
    )
