"""HL7 v2 ORU^R01, as laboratories send it: patient, laboratory, observations. Pure; ER7 only.

Source: HL7 v2.5, chapters 2 (encoding) and 7 (observations). Segments that are not named here are left out; the whole
message is kept as it came.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date

from serment.formats.labs import BadMessage, Report, Value, decoded, number_of

_ESCAPES = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\", ".br": "\n"}
_RANGE = re.compile(r"^\s*([0-9.,]+)\s*(?:-|–|à)\s*([0-9.,]+)\s*$")


def looks_like(raw: bytes) -> bool:
    return raw.lstrip(b"\xef\xbb\xbf\x0b\r\n ").startswith(b"MSH|")


def read(raw: bytes) -> list[Report]:
    """Reports of one file: one for each PID of an ORU message. Raises BadMessage."""
    text = decoded(raw).strip("\x0b\x1c\r\n ")
    segments = [line for line in re.split(r"[\r\n]+", text) if line]
    found: list[Report] = []
    sender, kind = "", ""
    for number, line in enumerate(segments, 1):
        cells = line.split("|")
        name = cells[0]
        if name == "MSH":
            kind, sender = _cell(cells, 8), _cell(cells, 3) or _cell(cells, 2)
            if not kind.startswith("ORU"):
                raise BadMessage(
                    f"Message {kind.partition('^')[0] or 'inconnu'} : seuls les résultats (ORU) se lisent ici."
                )
        elif name == "PID":
            found.append(_patient(cells, sender, number))
        elif name == "OBR" and found:
            _request(found[-1], cells)
        elif name == "OBX" and found:
            _observation(found[-1], cells)
        elif name == "NTE" and found:
            found[-1].text += _plain(_cell(cells, 3)) + "\n"
    if not kind:
        raise BadMessage("Ce n’est pas un message HL7 v2 (segment MSH absent).")
    if not found:
        raise BadMessage("Le message ne nomme aucun patient (segment PID absent).")
    for report in found:
        report.original = text
    return found


def _cell(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _part(text: str, place: int) -> str:
    parts = text.split("~")[0].split("^")
    return _plain(parts[place - 1]) if place <= len(parts) else ""


def _plain(text: str) -> str:
    return re.sub(r"\\(\.?[A-Za-z]+)\\", lambda m: _ESCAPES.get(m[1], ""), text).strip()


def _patient(cells: list[str], sender: str, number: int) -> Report:
    name = _cell(cells, 5)
    born = _day(_cell(cells, 7))
    if not _part(name, 1) or born is None:
        raise BadMessage(f"Ligne {number} (PID) : nom ou date de naissance illisible.")
    return Report(
        family=_part(name, 1),
        given=_part(name, 2),
        born=born,
        sex=_cell(cells, 8) if _cell(cells, 8) in ("F", "M") else "U",
        number=_part(_cell(cells, 3), 1),
        laboratory=_plain(sender.replace("^", " ")),
    )


def _request(report: Report, cells: list[str]) -> None:
    report.made_on = report.made_on or _day(_cell(cells, 22)) or _day(_cell(cells, 7))
    report.reference = report.reference or _part(_cell(cells, 3), 1)


def _observation(report: Report, cells: list[str]) -> None:
    kind, label, value = _cell(cells, 2), _cell(cells, 3), _cell(cells, 5)
    if kind == "ED":
        report.text += _attached(value)
        return
    if kind in ("TX", "FT"):
        report.text += _plain(value) + "\n"
        return
    if kind not in ("NM", "ST", "SN", "CE", "CWE"):
        return
    said = _plain(value.replace("^", " ")) if kind == "SN" else _part(value, 2) or _part(value, 1)
    bounds = _RANGE.match(_cell(cells, 7))
    system = _part(label, 3)
    report.values.append(
        Value(
            label=_part(label, 2) or _part(label, 1),
            code=_part(label, 1),
            loinc=_part(label, 1) if system == "LN" else "",
            value=said,
            unit=_part(_cell(cells, 6), 1),
            low=number_of(bounds[1]) if bounds else None,
            high=number_of(bounds[2]) if bounds else None,
            flag=_part(_cell(cells, 8), 1),
        )
    )


def _attached(value: str) -> str:
    """A text joined in base64 is read; anything else is said to be there."""
    parts = value.split("^")
    kind = " ".join(parts[1:3]).strip()
    try:
        data = base64.b64decode(parts[4], validate=True) if len(parts) > 4 else b""
    except binascii.Error:
        return "[document joint illisible]\n"
    if "PLAIN" in kind.upper() or kind.upper() in ("TEXT", "TX"):
        return decoded(data) + "\n"
    return f"[document joint : {kind or 'sans type'}, {len(data)} octets]\n"


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
