"""Clean-up that every number typed by hand needs, and French typography. No judgement on values here."""

from __future__ import annotations

import re

NBSP = "\u00a0"
NARROW_NBSP = "\u202f"

_SEPARATORS = re.compile(r"[\s\u00a0\u202f\u2009.\-\u2010-\u2015_/]+")
_ASCII_DIGITS = re.compile(r"[0-9]+")


def compact(text: str) -> str:
    """``" 2b 1.2-3 "`` → ``"2B123"``: drops spaces, dots, dashes and slashes, puts letters in upper case."""
    return _SEPARATORS.sub("", text).upper()


def is_digits(text: str) -> bool:
    """ASCII digits only (``str.isdigit`` also accepts ``²`` or Arabic-Indic digits), at least one."""
    return _ASCII_DIGITS.fullmatch(text) is not None


def plain_spaces(text: str) -> str:
    """Every run of spaces, no-break ones included, becomes one ordinary space; ends are trimmed."""
    return " ".join(text.replace(NBSP, " ").replace(NARROW_NBSP, " ").split())


def typeset(text: str) -> str:
    """A French sentence as typed → no-break spaces before ``: ; ! ?`` and inside « », curly apostrophes."""
    text = re.sub(r" (?=[:;!?»])|(?<=«) ", NBSP, text)
    return text.replace("'", "\u2019")


def sentence(text: str) -> str:
    """Its first letter in capital, every other as it is written: ``recherche d’ACR2`` → ``Recherche d’ACR2``.

    A word that has its own capital after the first letter keeps its shape: ``pH``, ``eGFR``.
    """
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def number_text(value: float) -> str:
    """A number as people here read it: ``7.4`` → ``7,4``, ``84.0`` → ``84``, ``4.52e6`` → ``4 520 000``.

    Six digits that count, all those before the comma, never an exponent; from five on, thousands by a narrow no-break
    space.
    """
    whole, comma, rest = number_input(value).partition(",")
    return (
        (f"{int(whole):,}".replace(",", NARROW_NBSP) if len(whole.lstrip("-")) > 4 else whole) + comma + rest
    )


def number_input(value: float) -> str:
    """The same without a space, as a field takes it: ``4520000``."""
    short = f"{value:.6g}"
    if "e" in short:
        short = f"{value:.0f}" if abs(value) >= 1 else f"{value:.12f}".rstrip("0").rstrip(".")
    return short.replace(".", ",")
