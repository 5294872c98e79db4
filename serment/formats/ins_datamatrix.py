"""Text of the "INS à scanner" Datamatrix, version 2.2: read it, write it.

Shape: 26-character header ``IS01`` + 22 zeros, then blocks S1 to S7 (two-character name, value). A block of
variable size that is shorter than its maximum and not the last ends with GS (0x1D).
Source: shared interoperability facts, INS section (third-party quotation of the specification).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from serment.formats.errors import FormatError
from serment.formats.ins import Ins, StrictTraits, parse_ins, strict_traits

GS = "\x1d"
HEADER = "IS01" + "0" * 22
CAPTION = "INS à scanner"

# Block name → (smallest, largest) size of its value, in the order in which they are written.
_BLOCKS = {
    "S1": (15, 15),
    "S2": (19, 20),
    "S3": (1, 100),
    "S4": (1, 100),
    "S5": (1, 1),
    "S6": (10, 10),
    "S7": (5, 5),
}

_UNREADABLE = (
    "Ce code n'est pas un code INS lisible : scannez-le de nouveau, ou saisissez l'identité à la main."
)


@dataclass(frozen=True, slots=True)
class ScannedIdentity:
    """What the code carries: no status, and no end of the first given name."""

    ins: Ins
    traits: StrictTraits


def parse_datamatrix(text: str, *, allow_test: bool = False) -> ScannedIdentity:
    """Scanned text → checked identity. Raises FormatError (also for a test identity unless ``allow_test``)."""
    text = text.strip(" \r\n\t")
    if not text.startswith(HEADER):
        raise FormatError(_UNREADABLE)
    blocks = _split(text[len(HEADER) :])
    if set(blocks) != set(_BLOCKS):
        raise FormatError(
            "Le code INS est incomplet : scannez-le de nouveau, ou saisissez l'identité à la main."
        )
    traits = strict_traits(
        given_names=blocks["S3"],
        birth_name=blocks["S4"],
        sex=blocks["S5"],
        birth_date=_read_date(blocks["S6"]),
        birth_place=blocks["S7"],
    )
    return ScannedIdentity(parse_ins(blocks["S1"], blocks["S2"], allow_test=allow_test), traits)


def datamatrix_text(ins: Ins, traits: StrictTraits) -> str:
    """Text to encode (ECC200, square). Only for a qualified identity: the caller checks the status.

    Raises FormatError when the birth place is missing or a name is over 100 characters.
    """
    values = {
        "S1": ins.matricule,
        "S2": ins.oid,
        "S3": traits.given_names,
        "S4": traits.birth_name,
        "S5": traits.sex,
        "S6": traits.birth_date.strftime("%d-%m-%Y").zfill(10),
        "S7": traits.birth_place,
    }
    parts = [HEADER]
    for name, value in values.items():
        smallest, largest = _BLOCKS[name]
        if not smallest <= len(value) <= largest:
            raise FormatError(
                "L'identité est trop incomplète ou trop longue pour le code INS : vérifiez les traits."
            )
        parts += [name, value, GS if len(value) < largest else ""]
    return "".join(parts)


def _split(body: str) -> dict[str, str]:
    blocks: dict[str, str] = {}
    position = 0
    while position < len(body):
        name = body[position : position + 2]
        if name not in _BLOCKS or name in blocks:
            raise FormatError(_UNREADABLE)
        smallest, largest = _BLOCKS[name]
        start = position + 2
        end = body.find(GS, start, start + largest)
        closed = end != -1
        if not closed:
            end = min(start + largest, len(body))
        if end - start < smallest:
            raise FormatError(_UNREADABLE)
        blocks[name] = body[start:end]
        position = end + 1 if closed else end
    return blocks


def _read_date(text: str) -> date:
    try:
        day, month, year = (int(part) for part in text.split("-"))
        return date(year, month, day)
    except ValueError:
        raise FormatError(_UNREADABLE) from None
