"""Run alone, without a key: a template and its data on standard input, a PDF on standard output, until it closes.

What is typed is laid out by native code: in a process of its own it can be stopped when it takes too long, and it holds
no secret and no environment. Started by `documents.engine`; knows no other module.

A request is four bytes of length then JSON: {"template", "data", "at"} for a document, {"glyphs"} for the characters of
a text that a font has. An answer is a byte (1 made, 0 refused), four bytes of length, then the PDF or the text.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import typst

TEMPLATES = Path(__file__).parent / "typst"
STANDARDS: Any = ["a-2a", "ua-1"]
_GLYPH_TEST = b'#set document(title: "-")\n#set text(font: "Inter", lang: "fr")\n#sys.inputs.data'
_MEMORY = 2_000_000_000


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def document(compiler: typst.Compiler, asked: dict[str, Any]) -> bytes:
    """Raises RuntimeError for what typst refuses."""
    made: Any = compiler.compile(
        TEMPLATES / f"{asked['template']}.typ",
        format="pdf",
        sys_inputs={"data": asked["data"]},
        pdf_standards=STANDARDS,
        timestamp=datetime.fromisoformat(asked["at"]),
    )
    return bytes(made)


def known(compiler: typst.Compiler, characters: str) -> bytes:
    """Those of the characters that a font has."""
    return "".join(one for one in characters if _has_glyph(compiler, one)).encode()


def _has_glyph(compiler: typst.Compiler, character: str) -> bool:
    try:
        compiler.compile(_GLYPH_TEST, sys_inputs={"data": character}, pdf_standards=STANDARDS)
    except RuntimeError:
        return False
    return True


def main(source: BinaryIO, target: BinaryIO) -> None:
    _limits()
    compiler = typst.Compiler(root=TEMPLATES, font_paths=[TEMPLATES / "fonts"], ignore_system_fonts=True)
    while head := source.read(4):
        asked = json.loads(source.read(struct.unpack(">I", head)[0]))
        try:
            made = known(compiler, asked["glyphs"]) if "glyphs" in asked else document(compiler, asked)
            status = b"\x01"
        except RuntimeError:
            made, status = b"", b"\x00"  # typst's own message may quote a patient
        target.write(status + struct.pack(">I", len(made)) + made)
        target.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
