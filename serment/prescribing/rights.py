"""What each profession may prescribe, as dated data (`data/rights.toml`); the refusal quotes the text."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from serment.catalogues.models import Medicine
from serment.catalogues.substances import folded
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
class Worded:
    """What stands for an ATC code that a medicine lacks: a word of its name, or its substances, by some routes only.

    ``all``: substances that it holds; ``any``: those of which it holds one. It holds no other.
    """

    code: str
    routes: frozenset[str]
    name: str = ""
    all: frozenset[str] = frozenset()
    any: frozenset[str] = frozenset()

    def holds(self, medicine: Medicine) -> bool:
        if not _routes(medicine) or not _routes(medicine) <= self.routes or medicine.homeopathic:
            return False
        if self.name:
            return self.name in folded(medicine.name)
        known = self.all | self.any
        held = [known & set(folded(name).split()) for _, name, *_ in medicine.substances]
        found = frozenset().union(*held)
        return bool(held) and all(held) and self.all <= found and bool(self.any & found)


@dataclass(frozen=True)
class External:
    """Medicines for the skin: by ``routes``, or by ``forms`` where none is told. Words are folded but the routes.

    ``doubt_conditions``: condition → its name, of what ``doubt`` asks a reason for.
    """

    routes: frozenset[str]
    forms: tuple[str, ...]
    never_forms: tuple[str, ...]
    never_conditions: tuple[str, ...]
    doubt_conditions: dict[str, str]
    doubt: str
    other_routes: dict[str, str] = field(default_factory=dict)
    """Route → what is said of the forms that are given by it: « à avaler », « à injecter »."""

    def holds(self, medicine: Medicine) -> bool:
        """Nothing of it is swallowed nor injected; what has several forms under one name holds by one of them."""
        form, routes = folded(medicine.form), _routes(medicine)
        if any(folded(text).startswith(self.never_conditions) for text in medicine.conditions):
            return False
        if any(word in form for word in self.never_forms):
            return False
        local = any(folded(word) in form for word in self.forms)
        return (
            routes <= self.routes
            if routes and not local
            else local and (not routes or bool(routes & self.routes))
        )

    def asks(self, medicine: Medicine) -> str:
        """Why a reason is wanted, in French; empty where none is."""
        said = [self.doubt_conditions.get(folded(text), "") for text in medicine.conditions]
        if any(said):
            return f"Classé {' et '.join(filter(None, said))}. {self.doubt}"
        if others := _routes(medicine) - self.routes:
            forms = self._said(others)
            return f"Ce nom couvre aussi des formes {forms} : seul le topique est permis. Dites lequel vous prescrivez."
        return ""

    def _said(self, routes: frozenset[str]) -> str:
        """« à avaler et à injecter », in the order of the table; a route that it has not, by its name."""
        known = [text for route, text in self.other_routes.items() if route in routes]
        rest = [f"par voie {route}" for route in sorted(routes - self.other_routes.keys())]
        *first, last = dict.fromkeys([*known, *rest])
        return f"{', '.join(first)} et {last}" if first else last


@dataclass(frozen=True)
class Right:
    """``medicines``: all, scope, classes, list (``atc`` prefixes or ``substances``), external or none; ``text``: the
    article.

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
    without_atc: tuple[Worded, ...] = ()
    external: External | None = None

    def code(self, medicine: Medicine) -> str:
        """The ATC code of a medicine, or what stands for it here; empty where nothing does."""
        if medicine.atc:
            return str(medicine.atc)
        return next((one.code for one in self.without_atc if one.holds(medicine)), "")


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
            tuple(_worded(one) for one in row.get("without_atc", ())),
            _external(row) if row["medicines"] == "external" else None,
        )
        for code, row in raw.items()
        if isinstance(row, dict)
    }


def _worded(row: dict[str, Any]) -> Worded:
    sets = {name: frozenset(row.get(name, ())) for name in ("routes", "all", "any")}
    return Worded(row["as"], name=row.get("name", ""), **sets)


def _external(row: dict[str, Any]) -> External:
    return External(
        frozenset(row["routes"]),
        tuple(row["forms"]),
        tuple(row["never_forms"]),
        tuple(row["never_conditions"]),
        row["doubt_conditions"],
        row["doubt"],
        row.get("other_routes", {}),
    )


def _routes(medicine: Medicine) -> frozenset[str]:
    return frozenset(route.strip() for route in medicine.routes.split(";") if route.strip())


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
    if right.external:
        return right.external.holds(medicine)
    words = {word for _, name, *_ in medicine.substances for word in fold(name).split()}
    listed = right.code(medicine).startswith(right.atc) if right.atc else False
    listed = listed or bool(words & right.substances)
    return right.medicines == "list" and listed


def asks(profession: str, medicine: Medicine) -> str:
    """Why this profession must say what permits a medicine that is not refused to it; empty where nothing is asked."""
    external = of(profession).external
    return external.asks(medicine) if external else ""


def require_medicine(profession: str, medicine: Medicine, *, days: int = 0, age: int | None = None) -> None:
    """Raises NotAllowed for a medicine outside the profession's list, or beyond what bounds it there.

    ``days``: of the treatment, renewals included, 0 where the line does not say; ``age``: of the patient, in years.
    """
    right = of(profession)
    if not allows(profession, medicine):
        raise NotAllowed(f"{medicine.dci_label} : votre profession ne le prescrit pas ({right.text}).")
    for limit in right.limits:
        if not right.code(medicine).startswith(limit.atc):
            continue
        if (age is not None and age < limit.from_age) or (limit.days and days > limit.days):
            raise NotAllowed(f"{medicine.dci_label} : {limit.text} ({right.text}).")
