"""What each profession may prescribe, as dated data (`data/rights.toml`); the refusal quotes the text."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from serment.catalogues.models import Medicine
from serment.formats.names import fold
from serment.prescribing.kinds import kinds

_FILE = Path(__file__).parent / "data" / "rights.toml"


class NotAllowed(ValueError):
    """French: what this profession may not prescribe, and the text that says so."""


@dataclass(frozen=True)
class Right:
    """``medicines``: all, scope, list (``atc`` prefixes or ``substances``) or none. ``text``: article or arrêté."""

    text: str
    medicines: str
    kinds: tuple[str, ...]
    atc: tuple[str, ...] = ()
    substances: frozenset[str] = frozenset()


@cache
def rights() -> dict[str, Right]:
    raw = tomllib.loads(_FILE.read_text())
    return {
        code: Right(
            row["text"],
            row["medicines"],
            tuple(row["kinds"]),
            tuple(row.get("atc", ())),
            frozenset(row.get("substances", ())),
        )
        for code, row in raw.items()
        if isinstance(row, dict)
    }


def of(profession: str) -> Right:
    """The right of a profession; nothing at all for an unknown one."""
    return rights().get(profession, Right("profession sans droit de prescription connu", "none", ()))


def kinds_for(profession: str) -> list[tuple[str, str]]:
    """(code, label) of the ordonnances this profession may write."""
    return [(code, kinds()[code].label) for code in of(profession).kinds]


def require_kind(profession: str, kind: str) -> None:
    """Raises NotAllowed."""
    right = of(profession)
    if kind not in right.kinds:
        label = kinds()[kind].label.lower() if kind in kinds() else "nature inconnue"
        raise NotAllowed(f"Votre profession ne prescrit pas ceci ({label}) : {right.text}.")


def require_medicine(profession: str, medicine: Medicine) -> None:
    """Raises NotAllowed for a medicine outside the profession's list."""
    right = of(profession)
    if right.medicines in ("all", "scope"):
        return
    if right.medicines == "list":
        words = {word for _, name, *_ in medicine.substances for word in fold(name).split()}
        if (medicine.atc and medicine.atc.startswith(right.atc)) or words & right.substances:
            return
    raise NotAllowed(f"{medicine.dci_label} : votre profession ne le prescrit pas ({right.text}).")
