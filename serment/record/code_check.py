"""Codes typed by hand: looked up in their list, refused where the whole list is there and does not have them."""

from __future__ import annotations

import re

from django import forms

from serment.catalogues import codes

CIM10 = re.compile(r"[A-Z][0-9]{2}(?:\.?[0-9A-Z+*]{1,4})?")
CCAM = re.compile(r"[A-Z]{4}[0-9]{3}")
_TO_DO = "tapez un mot ou un début de code, puis choisissez dans la liste proposée, ou laissez vide."


def diagnosis(typed: str, kept: str = "") -> tuple[str, str]:
    """(the code as it is listed, what to confirm). ``kept``: the one noted before, which stays as it is.

    Raises ValidationError.
    """
    code = typed.strip().upper()
    if not code or code == kept:
        return code, ""
    if not CIM10.fullmatch(code):
        raise forms.ValidationError("Un code CIM-10 commence par une lettre et deux chiffres, comme I10.")
    found = codes.diagnosis(code)
    return (found[0], "") if found else _unknown(code, "CIM-10", "cim10")


def act(typed: str, kept: str = "") -> tuple[str, str]:
    """As `diagnosis`, of a CCAM act."""
    code = typed.strip().upper()
    if not code or code == kept:
        return code, ""
    if not CCAM.fullmatch(code):
        raise forms.ValidationError("Un code CCAM a quatre lettres et trois chiffres, comme HHFA001.")
    found = codes.act(code)
    return (found[0], "") if found else _unknown(code, "CCAM", "ccam")


def of_history(typed: str, surgical: bool, kept: str = "") -> tuple[str, str]:
    """A disease is coded in CIM-10; an operation in CCAM, or by the disease that it treats."""
    if CCAM.fullmatch(typed.strip().upper()):
        return act(typed, kept)
    if surgical and not CIM10.fullmatch(typed.strip().upper()) and typed.strip().upper() != kept:
        raise forms.ValidationError(
            "Un code CCAM a quatre lettres et trois chiffres, comme HHFA001\u00a0; un code CIM-10 une lettre et "
            "deux chiffres, comme K35."
        )
    return diagnosis(typed, kept)


def _unknown(code: str, name: str, catalogue: str) -> tuple[str, str]:
    if codes.is_imported(catalogue):
        raise forms.ValidationError(f"«\u00a0{code}\u00a0» n’est pas dans la liste {name}\u00a0: {_TO_DO}")
    if codes.is_empty(catalogue):
        return code, ""
    return code, f"Code {name} {code}\u00a0: la liste de départ ne l’a pas, vérifiez-le"
