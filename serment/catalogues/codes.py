"""A code looked up in its list: its own label, or nothing."""

from __future__ import annotations

from collections.abc import Iterable

from serment.catalogues.classifications import dotted
from serment.catalogues.models import CcamAct, Diagnosis, Medicine
from serment.catalogues.runs import newest
from serment.catalogues.selectors import search_substances


def is_imported(catalogue: str) -> bool:
    """Whether the official list is there; only a starter, or nothing, otherwise. One query."""
    return newest(catalogue) is not None


def is_empty(catalogue: str) -> bool:
    """Whether there is no list at all to compare with: « cim10 » or « ccam ». One query."""
    return not (CcamAct if catalogue == "ccam" else Diagnosis).objects.exists()


def diagnoses(codes: Iterable[str]) -> dict[str, str]:
    """CIM-10 code, as asked → label, of those listed: one query."""
    asked = {code: dotted(code) for code in codes}
    if not asked:
        return {}
    known = dict(Diagnosis.objects.filter(code__in=asked.values()).values_list("code", "label"))
    return {code: known[listed] for code, listed in asked.items() if listed in known}


def diagnosis(code: str) -> tuple[str, str] | None:
    """(code with its dot, label), of a code that may be written without it or with its mark of double coding."""
    plain = dotted(code.rstrip("+*†"))
    rows = Diagnosis.objects.filter(code__in={dotted(code), plain}).order_by("-code")
    row = rows.first()
    return (row.code, row.label) if row else None


def act(code: str) -> tuple[str, str] | None:
    """(code, label) of a CCAM act, in force or not: an operation may be old."""
    row = CcamAct.objects.filter(code=code).values_list("code", "label").first()
    return row if row is None else (row[0], row[1])


def medicine(key: str) -> tuple[str, str] | None:
    """(key, what is prescribed) of a medicine."""
    row = Medicine.objects.filter(key=key).values_list("key", "dci_label").first()
    return row if row is None else (row[0], row[1])


def substance(code: str, name: str) -> tuple[str, str] | None:
    """(code, name), where the medicines have this substance under this name."""
    return (code, name) if (code, name) in search_substances(name, limit=200) else None
