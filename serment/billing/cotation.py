"""A session priced by the quote engine and turned into a claim: for professions whose acts have coefficients."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from serment.billing.payloads import ActLine
from serment.billing.quote import Quote, Situation, quote
from serment.billing.quote.tariffs import Unpriced, tariffs
from serment.patients.selectors import PatientCard
from serment.practice.models import Practice, Practitioner

OVERSEAS = ("971", "972", "973", "974", "976")


class Refused(ValueError):
    """French: what is wrong with the session, at which line."""


def codes(profession: str) -> list[tuple[str, str, str]]:
    """(code, label, kind) that this profession may bill here, key letters first."""
    order = {"key": 0, "act": 1, "extra": 2}
    found = [(t.code, t.label, t.kind) for (owner, _), t in tariffs().items() if owner == profession]
    return sorted(found, key=lambda row: (order[row[2]], row[0]))


def situation(
    *,
    practitioner: Practitioner,
    practice: Practice,
    card: PatientCard,
    at: datetime,
    place: str,
    acts: list[dict[str, Any]],
) -> Situation:
    """The session as the engine wants it. Raises Refused for a line that does not read."""
    coverage = card.coverage
    try:
        return Situation.model_validate(
            {
                "profession": practitioner.profession,
                "specialty": practitioner.specialty,
                "sector": practitioner.sector or "ps",
                "zone": "dom" if practice.postal_code.startswith(OVERSEAS) else "metropole",
                "patient": {
                    "age": card.age_years,
                    "ald": bool(coverage and coverage.ald),
                    "c2s": bool(coverage and coverage.c2s),
                    "amc": bool(coverage and coverage.amc_number),
                },
                "date": at.date(),
                "time": at.time().replace(microsecond=0, tzinfo=None),
                "place": place,
                "acts": acts,
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        place_of = next((item + 1 for item in first["loc"] if isinstance(item, int)), 0)
        where = f"Ligne {place_of} : " if place_of else ""
        raise Refused(f"{where}coefficient entre 0 et 100, quantité entre 1 et 99.") from None


def price(asked: Situation) -> Quote:
    """Raises Refused with the engine's words."""
    try:
        return quote(asked)
    except (Unpriced, ValueError) as error:
        raise Refused(str(error)) from None


def lines(found: Quote) -> list[ActLine]:
    """The priced lines as a claim keeps them; a line that article 11B reduces to nothing stays, at zero."""
    return [
        ActLine(
            code=_written(line.code, f"{line.coefficient.normalize():f}", line.quantity),
            label=line.label,
            amount_cents=line.base_cents,
            source=line.source,
            confidence=line.confidence,
            why=line.rule,
        )
        for line in found.lines
    ]


def _written(code: str, coefficient: str, quantity: int) -> str:
    """« AMI 4 », « AMI 1,5 × 2 »"""
    text = code if coefficient == "1" else f"{code} {coefficient.replace('.', ',')}"
    return text if quantity == 1 else f"{text} × {quantity}"
