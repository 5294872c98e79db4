"""What each profession may prescribe, as dated data (`data/rights.toml`); the refusal quotes the text."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from serment.catalogues.models import Medicine
from serment.formats.names import fold
from serment.prescribing.kinds import kinds

_FILE = Path(__file__).parent / "data" / "rights.toml"


class NotAllowed(ValueError):
    """French: what this profession may not prescribe, and the text that says so."""


@dataclass(frozen=True)
class Limit:
    """Medicines of a list that have bounds: from an age in years on, for so many days at most; 0 for none."""

    atc: tuple[str, ...]
    text: str
    from_age: int = 0
    days: int = 0


@dataclass(frozen=True)
class Right:
    """``medicines``: all, scope, classes, list (``atc`` prefixes or ``substances``) or none; ``text``: the article.

    ``scope`` refuses nothing, since the text lists nothing: ``unlisted`` is what nobody looked at. ``classes`` refuses
    ``never`` alone; the rest of its list is read by `safety.profession`.
    """

    text: str
    medicines: str
    kinds: tuple[str, ...]
    atc: tuple[str, ...] = ()
    substances: frozenset[str] = frozenset()
    limits: tuple[Limit, ...] = ()
    never: tuple[str, ...] = ()
    """ATC prefixes that no class of the profession's list holds."""
    unlisted: str = ""
    """What the checks cannot look at; empty where the data are enough."""
    hints: dict[str, str] = field(default_factory=dict)
    """Kind of ordonnance → what its page reminds this profession of."""


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
            tuple(Limit(**limit | {"atc": tuple(limit["atc"])}) for limit in row.get("limits", ())),
            tuple(row.get("never", ())),
            row.get("unlisted", ""),
            row.get("hints", {}),
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


def allows(profession: str, medicine: Medicine) -> bool:
    """Whether a medicine is among what the profession may prescribe, as far as the data know."""
    right = of(profession)
    if right.medicines in ("all", "scope"):
        return True
    if right.medicines == "classes":
        return not medicine.atc.startswith(right.never)
    words = {word for _, name, *_ in medicine.substances for word in fold(name).split()}
    listed = bool(medicine.atc and medicine.atc.startswith(right.atc)) or bool(words & right.substances)
    return right.medicines == "list" and listed


def require_medicine(profession: str, medicine: Medicine, *, days: int = 0, age: int | None = None) -> None:
    """Raises NotAllowed for a medicine outside the profession's list, or beyond what bounds it there.

    ``days``: of the treatment, renewals included, 0 where the line does not say; ``age``: of the patient, in years.
    """
    right = of(profession)
    if not allows(profession, medicine):
        raise NotAllowed(f"{medicine.dci_label} : votre profession ne le prescrit pas ({right.text}).")
    for limit in right.limits:
        if not medicine.atc.startswith(limit.atc):
            continue
        if (age is not None and age < limit.from_age) or (limit.days and days > limit.days):
            raise NotAllowed(f"{medicine.dci_label} : {limit.text} ({right.text}).")
