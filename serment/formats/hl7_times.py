"""Days and moments as HL7 writes them, in v2 messages and in CDA: « 20260105 », « 202601050810+0100 ». Pure."""

from __future__ import annotations

import re
from datetime import date, datetime

_MOMENT = re.compile(r"(\d{8})(?:(\d\d)(\d\d)(\d\d)?(?:\.\d+)?)?(?:([+-]\d\d)(\d\d))?")


def effective(text: str) -> str:
    """« 202601050810 » → « 2026-01-05T08:10:00 »; a day alone for midnight, which is what is written for no hour."""
    day, match = day_of(text.strip()), _MOMENT.fullmatch(text.strip())
    if day is None:
        return ""
    hour, minute, second, offset, minutes = match.groups(default="")[1:] if match else [""] * 5
    if not hour or (hour, minute, second or "00") == ("00", "00", "00"):
        return day.isoformat()
    found = f"{day.isoformat()}T{hour}:{minute}:{second or '00'}" + (f"{offset}:{minutes}" if offset else "")
    try:
        return datetime.fromisoformat(found).isoformat()
    except ValueError:
        return day.isoformat()


def day_of(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
