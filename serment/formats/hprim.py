"""H.PR.I.M. Médecins 2 and 3: plain text, a header of twelve lines a patient, free text, then coded lines. Pure.

Source: recommendation H.PR.I.M. Médecins v3.0 (March 1997) as copies of it describe it; the place of the columns of
the coded lines is « à vérifier » with each laboratory, so that nothing unknown is dropped: the text is always kept.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time

from serment.formats.labs import BadMessage, Report, Value, decoded, national_number, number_of

HEADER = 12
_DATE = re.compile(r"(\d{2})[/.-]?(\d{2})[/.-]?(\d{4}|\d{2})(?:[ T]+(\d{2})[:hH](\d{2})(?::\d{2})?)?$")
_END, _END_FILE, _LAB = "****FIN****", "****FINFICHIER****", "****LAB****"


def looks_like(raw: bytes) -> bool:
    """Whether a file has the marks of these, or, cut before any, a header of theirs: a birth date, then a number."""
    if b"****FIN" in raw or b"****LAB****" in raw:
        return True
    head = [line.strip() for line in decoded(raw[:4000]).splitlines()[:HEADER]]
    return (
        len(head) > 7
        and bool(head[1])
        and _day(head[6]) is not None
        and not re.search(r"[^\W\d_]{2}", head[7])
    )


def read(raw: bytes) -> list[Report]:
    """Reports of one file, one for each patient. Raises BadMessage."""
    lines = [line.rstrip() for line in decoded(raw).replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    if _END_FILE not in lines and _END not in lines:
        raise BadMessage("Le fichier n’a pas de fin (****FIN****)\u00a0: il est sans doute tronqué.")
    found: list[Report] = []
    block: list[str] = []
    for line in lines:
        if line == _END_FILE:
            break
        if line == _END:
            if any(text.strip() for text in block):
                found.append(_report(block, len(found) + 1))
            block = []
        else:
            block.append(line)
    if any(text.strip() for text in block):
        raise BadMessage(
            f"Le résultat n° {len(found) + 1} n’a pas de fin (****FIN****)\u00a0: fichier tronqué."
        )
    if not found:
        raise BadMessage("Le fichier ne contient aucun résultat.")
    return found


def _report(block: list[str], place: int) -> Report:
    if len(block) < HEADER:
        raise BadMessage(f"Résultat n° {place} : {len(block)} lignes d’en-tête au lieu de {HEADER}.")
    head = [line.strip() for line in block[:HEADER]]
    body, coded = _split(block[HEADER:])
    # The format has no place for the specimen: titles in the text say it, to who reads.
    specimen = "unknown" if any("urin" in line.casefold() for line in block[HEADER:]) else ""
    born = _day(head[6])
    if not head[1] or (born is None and (head[6] or not national_number(head[7]))):
        raise BadMessage(f"Résultat n° {place} : nom ou date de naissance illisible.")
    return Report(
        family=head[1],
        given=head[2],
        born=born,
        number=re.sub(r"\s", "", head[7]),
        reference=head[8] or head[0],
        made_on=_day(head[9]),
        laboratory=head[10],
        recipient=head[11],
        text="\n".join(body).strip(),
        values=[value for line in coded if (value := _value(line, _effective(head[9]), specimen))],
        original="\n".join([*block, _END]),
    )


def _split(lines: list[str]) -> tuple[list[str], list[str]]:
    """(free text, coded lines)."""
    if _LAB not in lines:
        return lines, []
    cut = lines.index(_LAB)
    return lines[:cut], lines[cut + 1 :]


def _value(line: str, taken: str, specimen: str) -> Value | None:
    """``RES|label|code|type|value|unit|low|high|flag|status|…``; of the statuses F, R and C, only C is a correction."""
    cells = [cell.strip() for cell in line.split("|")]
    if cells[0] != "RES" or len(cells) < 5:
        return None
    cells += [""] * (10 - len(cells))
    return Value(
        label=cells[1] or cells[2],
        code=cells[2],
        value=cells[4],
        unit=cells[5],
        low=number_of(cells[6]),
        high=number_of(cells[7]),
        flag=cells[8],
        effective=taken,
        status="corrected" if cells[9] == "C" else "",
        specimen=specimen,
    )


def _effective(text: str) -> str:
    """The day of the examination, with its hour where the header gives one."""
    day, match = _day(text), _DATE.match(text.strip())
    if day is None or match is None:
        return ""
    if not match[4] or (match[4], match[5]) == ("00", "00"):
        return day.isoformat()
    try:
        return datetime.combine(day, time(int(match[4]), int(match[5]))).isoformat()
    except ValueError:
        return day.isoformat()


def _day(text: str) -> date | None:
    match = _DATE.match(text.strip())
    if match is None:
        return None
    day, month, year = int(match[1]), int(match[2]), int(match[3])
    if year < 100:
        year += 1900 if year > date.today().year % 100 else 2000
    try:
        return date(year, month, day)
    except ValueError:
        return None
