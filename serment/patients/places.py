"""Communes suggested while typing, where the catalogues room has them; nothing otherwise, and nothing is required."""

from __future__ import annotations

import importlib
from typing import Any

from serment.formats.postal import parse_commune_code, parse_postal_code


def _catalogue(name: str) -> Any:
    """A selector of the catalogues room, or None where it is not there."""
    try:
        return getattr(importlib.import_module("serment.catalogues.selectors"), name, None)
    except ModuleNotFoundError:
        return None


def communes_of(postal_code: str) -> list[str]:
    """Names of the communes that a typed postal code serves; empty for a code that is not one."""
    ask = _catalogue("communes_for_postal_code")
    try:
        return [_name(found) for found in ask(parse_postal_code(postal_code))][:30] if ask else []
    except ValueError:
        return []


def birth_places(text: str) -> list[tuple[str, str]]:
    """(INSEE code, name) of the communes that a typed name may mean; empty when a code was typed."""
    ask = _catalogue("search_communes")
    text = text.strip()
    if ask is None or len(text) < 3:
        return []
    try:
        parse_commune_code(text)
    except ValueError:
        return [(_code(found), _name(found)) for found in ask(text)][:10]
    return []


def _name(found: Any) -> str:
    return found if isinstance(found, str) else str(found.name)


def _code(found: Any) -> str:
    return str(found.insee)
