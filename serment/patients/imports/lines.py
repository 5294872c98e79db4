"""One line of the file, by the same checks as the form. What is refused is said without repeating it."""

from __future__ import annotations

from dataclasses import dataclass

from serment.formats import names
from serment.patients.forms import PatientForm
from serment.patients.imports.columns import BY_CODE, REQUIRED, sex_of
from serment.patients.imports.reading import looks_like_nir
from serment.patients.payloads import Coverage, Identity
from serment.vault import crypto


@dataclass(frozen=True)
class GoodLine:
    identity: Identity
    coverage: Coverage | None


@dataclass(frozen=True)
class BadLine:
    """Why a line is refused: the first field at fault, and a French sentence."""

    field: str
    reason: str


def values_of(cells: list[str], mapping: dict[str, int]) -> dict[str, str]:
    """Typed values by field code; a missing cell is empty."""
    return {code: cells[place] if place < len(cells) else "" for code, place in mapping.items()}


def understand(cells: list[str], mapping: dict[str, int], *, coverage: bool) -> GoodLine | BadLine:
    data = values_of(cells, mapping)
    if mapping.get("first_given_name") == mapping.get("given_names") and "given_names" in mapping:
        # One column for all given names: the first word is the first given name.
        data["first_given_name"] = (data["given_names"].replace(",", " ").split() or [""])[0]
    for code in REQUIRED:
        if not data.get(code, "").strip():
            return BadLine(code, f"{BY_CODE[code].label} : la case est vide.")
    sex = sex_of(data.get("sex", ""))
    if sex is None:
        return BadLine("sex", "Sexe : écrivez F, M, ou laissez la case vide.")
    form = PatientForm({**data, "sex": sex}, coverage=coverage, care=False, live=False)
    if not form.is_valid():
        code, errors = next(iter(form.errors.items()))
        label = BY_CODE[code].label if code in BY_CODE else "Ligne"
        return BadLine(code, f"{label} : {errors[0]}")
    identity = form.identity().model_copy(update={"source": "import", "confirmed_on": None})
    return GoodLine(identity, form.coverage())


def key_of(index_key: bytes, cells: list[str]) -> str:
    """Keyed hash of a whole line, whatever the columns were taken for: 96 bits in hexadecimal.

    NIR are left out, so that the line has one key whoever imports it (a session without billing never had them).
    """
    text = "\x1f".join("" if looks_like_nir(cell) else names.fold(cell) for cell in cells).rstrip("\x1f")
    halves = (crypto.token(index_key, f"import{half}:{text}") for half in (1, 2))
    return "".join(f"{value:012x}" for value in halves)
