"""HL7 v2 ORU^R01, as laboratories send it: patient, laboratory, observations. Pure; ER7 only.

Source: HL7 v2.5, chapters 2 (encoding) and 7 (observations); ANS, « Transmission d’un document CDA en HL7 v2 » for the
segments that say who may see it. Segments that are not named here are left out; each patient's own segments are kept as
they came. A message that does not read is refused whole: nothing is half read.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace

from serment.formats import cda_lab
from serment.formats.hl7_times import day_of, effective
from serment.formats.labs import BadMessage, Report, Value, decoded, national_number, number_of

_ESCAPES = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\", ".br": "\n"}
_RANGE = re.compile(r"^\s*([0-9.,]+)\s*(?:-|–|à)\s*([0-9.,]+)\s*$")
_ABOVE = re.compile(r"^\s*(?:>|>=|≥|sup\S* à)\s*([0-9.,]+)\s*$", re.IGNORECASE)
_BELOW = re.compile(r"^\s*(?:<|<=|≤|inf\S* à)\s*([0-9.,]+)\s*$", re.IGNORECASE)
_ENVELOPE = ("FHS", "BHS", "BTS", "FTS")
_META = "MetaDMPMSS"
_NOTES = {
    "MASQUE_PS": "L’expéditeur l’a masqué aux autres professionnels de santé.",
    "INVISIBLE_PATIENT": "L’expéditeur ne l’a pas rendu visible au patient.",
    "INVISIBLE_REP_LEGAUX": "L’expéditeur ne l’a pas rendu visible aux représentants légaux.",
    "INVISIBLE_REPRESENTANTS_LEGAUX": "L’expéditeur ne l’a pas rendu visible aux représentants légaux.",
}
_META_CODES = frozenset(
    "CONNEXION_SECRETE MODIF_CONF_CODE MODIF_CONFIDENTIALITYCODE DESTDMP DESTMSSANTEPS DESTMSSANTEPAT "
    "ACK_RECEPTION ACK_LECTURE_MSS CORPSMAIL_PS COMP_LOT".split()
) | set(_NOTES)
_STATUS = {"P": "preliminary", "C": "corrected", "D": "entered-in-error", "W": "entered-in-error"}
_BLOOD = re.compile(r"\b(?:BLD\w*|BLOOD|SER|SERUM|SÉRUM|PLAS|PLASMA|PLR|PPP|PRP|SANG|BLDA|BLDC|BLDV)\b")
_STATES = {
    "W": "Résultat transmis par erreur\u00a0: l’expéditeur le retire.",
    "D": "Suppression demandée par l’expéditeur.",
    "C": "Correction d’un résultat déjà transmis.",
    "P": "Résultat provisoire.",
}


def looks_like(raw: bytes) -> bool:
    head = raw.lstrip(b"\xef\xbb\xbf\x0b\r\n ")
    return head.startswith((b"MSH|", b"FHS|", b"BHS|"))


def read(raw: bytes) -> list[Report]:
    """Reports of one file: one for each PID of its ORU messages. Raises BadMessage."""
    text = decoded(raw).strip("\x0b\x1c\r\n ")
    segments = [line.strip("\x0b\x1c") for line in re.split(r"[\r\n]+", text)]
    found: list[Report] = []
    header, sender, taken = "", "", ""
    source, since = "", 0
    for number, line in enumerate(segments, 1):
        cells = line.split("|")
        name = cells[0].strip()
        if name == "MSH":
            header, sender = line, _cell(cells, 3) or _cell(cells, 2)
            kind = _cell(cells, 8)
            if not kind.startswith("ORU"):
                raise BadMessage(
                    f"Message {kind.partition('^')[0] or 'inconnu'} : seuls les résultats (ORU) se lisent ici."
                )
        elif name == "PID":
            if not header:
                break
            found.append(_patient(cells, sender, number))
            found[-1].original, taken, source, since = header, "", "", 0
        elif name == "OBR" and found:
            taken, since = effective(_cell(cells, 7)), len(found[-1].values)
            source = _kind_of(_cell(cells, 15))
            _request(found[-1], cells)
        elif name == "OBX" and found:
            _observation(found[-1], cells, taken, source)
        elif name == "SPM" and found:
            _specimen(found[-1], _cell(cells, 4), since)
        elif name == "NTE" and found:
            found[-1].text += _plain(_cell(cells, 3)) + "\n"
        if found and name and name != "MSH" and name not in _ENVELOPE:
            found[-1].original += "\r" + line
    if not header:
        raise BadMessage("Ce n’est pas un message HL7 v2 (segment MSH absent).")
    if not found:
        raise BadMessage("Le message ne nomme aucun patient (segment PID absent).")
    for place, report in enumerate(found, 1):
        if not report.values and not report.text.strip():
            raise BadMessage(f"Le résultat n° {place} ne contient ni valeur ni texte.")
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
    born = day_of(_cell(cells, 7))
    national = _number(_cell(cells, 3))
    if not _part(name, 1) or (born is None and (_cell(cells, 7).strip() or not national)):
        raise BadMessage(f"Ligne {number} (PID) : nom ou date de naissance illisible.")
    return Report(
        family=_part(name, 1),
        given=_part(name, 2),
        born=born,
        sex=_cell(cells, 8) if _cell(cells, 8) in ("F", "M") else "U",
        number=national or _part(_cell(cells, 3), 1),
        laboratory=_plain(sender.replace("^", " ")),
    )


def _number(text: str) -> str:
    """The national number among the identifiers of a patient, empty where there is none."""
    said = (_plain(one.split("^")[0]) for one in text.split("~"))
    return next((one for one in said if national_number(one)), "")


def _request(report: Report, cells: list[str]) -> None:
    report.made_on = report.made_on or day_of(_cell(cells, 22)) or day_of(_cell(cells, 7))
    report.reference = report.reference or _part(_cell(cells, 3), 1)


def _specimen(report: Report, text: str, since: int) -> None:
    """The segment comes after the observations of its request: those from ``since`` on."""
    if kind := _kind_of(text):
        report.values[since:] = [replace(value, specimen=kind) for value in report.values[since:]]


def _kind_of(text: str) -> str:
    """Code and words of a specimen (tables 0070 and 0487) → ``urine``, ``other``, empty for blood or nothing said."""
    said = _plain(text.replace("^", " ").replace("&", " ")).upper()
    if not said or _BLOOD.search(said):
        return ""
    return "urine" if re.match(r"UR|UMID|RANDU|U24", said) or "URIN" in said else "other"


def _observation(report: Report, cells: list[str], taken: str, specimen: str) -> None:
    """``taken`` and ``specimen``: what the request says of them; an observation may say when itself."""
    kind, label, value = _cell(cells, 2), _cell(cells, 3), _cell(cells, 5)
    said_of_it = _STATES.get(_cell(cells, 11).strip())
    if said_of_it and said_of_it not in report.text:
        report.text += said_of_it + "\n"
    if _part(label, 3) == _META or _part(label, 1) in _META_CODES:
        if kind == "CE" and _part(value, 1) == "Y" and _part(label, 1) in _NOTES:
            report.text += _NOTES[_part(label, 1)] + "\n"
        elif kind == "ED":
            _attach(report, value, taken)
        return
    if kind == "ED":
        _attach(report, value, taken)
        return
    if kind in ("TX", "FT"):
        report.text += _plain(value) + "\n"
        return
    if kind not in ("NM", "ST", "SN", "CE", "CWE"):
        return
    if not _part(label, 1) and not _part(label, 2):
        return
    said = _plain(value.replace("^", " ")) if kind == "SN" else _part(value, 2) or _part(value, 1)
    low, high = _bounds(_cell(cells, 7))
    report.values.append(
        Value(
            label=_part(label, 2) or _part(label, 1),
            code=_part(label, 1),
            loinc=_part(label, 1) if _part(label, 3) == "LN" else "",
            value=said,
            unit=_part(_cell(cells, 6), 1),
            low=low,
            high=high,
            flag=_part(_cell(cells, 8), 1),
            effective=effective(_cell(cells, 14)) or taken,
            status=_STATUS.get(_cell(cells, 11).strip(), ""),
            specimen=specimen,
        )
    )


def _bounds(text: str) -> tuple[float | None, float | None]:
    """« 4-9 », « < 5 », « > 60 » → (low, high)."""
    text = _plain(text)
    if both := _RANGE.match(text):
        return number_of(both[1]), number_of(both[2])
    if above := _ABOVE.match(text):
        return number_of(above[1]), None
    if below := _BELOW.match(text):
        return None, number_of(below[1])
    return None, None


def _attach(report: Report, value: str, taken: str) -> None:
    """A text joined in base64 is read, and a laboratory's CDA with its values; anything else is said to be there."""
    parts = value.split("^")
    kind = " ".join(part for part in parts[1:3] if part).strip()
    try:
        data = _unpacked(parts[4]) if len(parts) > 4 else b""
    except (binascii.Error, ValueError):
        report.text += "[document joint illisible]\n"
        return
    if "PLAIN" in kind.upper() or kind.upper() in ("TEXT", "TX"):
        report.text += decoded(data) + "\n"
        return
    report.text += f"[document joint : {kind or 'sans type'}, {len(data)} octets]\n"
    if cda_lab.looks_like(data):
        try:
            joined = cda_lab.content(data)
        except BadMessage:
            return
        values = [replace(found, effective=found.effective or taken) for found in joined.values]
        text, report.made_on = joined.text, report.made_on or joined.made_on
        # The same report is often joined twice, once to be shown and once to be read.
        report.values += [found for found in values if found not in report.values]
        report.text += "" if text in report.text else text + "\n"


def _unpacked(text: str) -> bytes:
    """Base64, with or without its last « = ». Raises ValueError."""
    tight = re.sub(r"\s|=+$", "", text.replace("\\.br\\", ""))
    return base64.b64decode(tight + "=" * (-len(tight) % 4), validate=True)
