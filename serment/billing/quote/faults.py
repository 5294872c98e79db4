"""What pydantic found wrong, in French, with the path of the field: « acts[0].coefficient »."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

_TEXTS = {
    "missing": "champ obligatoire absent",
    "extra_forbidden": "champ inconnu",
    "json_invalid": "le fichier n’est pas du JSON valide",
    "int_parsing": "un nombre entier est attendu",
    "int_type": "un nombre entier est attendu",
    "int_from_float": "un nombre entier est attendu",
    "decimal_parsing": "un nombre est attendu",
    "decimal_type": "un nombre est attendu",
    "bool_parsing": "vrai ou faux est attendu",
    "bool_type": "vrai ou faux est attendu",
    "string_type": "un texte est attendu",
    "list_type": "une liste est attendue",
    "model_type": "un objet est attendu",
    "dict_type": "un objet est attendu",
    "date_parsing": "une date AAAA-MM-JJ est attendue",
    "date_from_datetime_parsing": "une date AAAA-MM-JJ est attendue",
    "date_from_datetime_inexact": "une date AAAA-MM-JJ sans heure est attendue",
    "date_type": "une date AAAA-MM-JJ est attendue",
    "time_parsing": "une heure HH:MM est attendue",
    "time_type": "une heure HH:MM est attendue",
    "string_pattern_mismatch": "valeur mal formée",
}
_WITH = {
    "greater_than": ("doit être plus grand que", "gt"),
    "greater_than_equal": ("doit être au moins", "ge"),
    "less_than_equal": ("doit être au plus", "le"),
    "too_short": ("éléments, au moins", "min_length"),
    "too_long": ("éléments, au plus", "max_length"),
    "string_too_short": ("caractères, au moins", "min_length"),
    "string_too_long": ("caractères, au plus", "max_length"),
    "decimal_max_places": ("décimales, au plus", "decimal_places"),
}


def path(location: Sequence[Any]) -> str:
    """``("acts", 0, "code")`` → ``acts[0].code``; empty for the whole file."""
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def explain(error: Mapping[str, Any]) -> str:
    """One of `ValidationError.errors()` in French, without its path."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _TEXTS:
        return _TEXTS[kind]
    if kind in _WITH:
        words, name = _WITH[kind]
        return f"{words} {context.get(name)}"
    if kind == "literal_error":
        return f"valeur inconnue, attendu : {str(context.get('expected', '')).replace(' or ', ' ou ')}"
    return "valeur refusée"


def first(error: ValidationError) -> tuple[str, str]:
    """(path, French text) of the first fault."""
    found = error.errors()[0]
    return path(found["loc"]), explain(found)


def every(error: ValidationError) -> list[tuple[str, str]]:
    """(path, French text) of each fault."""
    return [(path(found["loc"]), explain(found)) for found in error.errors()]
