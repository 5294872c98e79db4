"""Price a session: lines, shares, who pays. Every amount is an integer of cents; every line says why."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from serment.billing.quote import cumul, items, propose, shares
from serment.billing.quote.book import Book, shipped
from serment.billing.quote.cumul import Weight
from serment.billing.quote.items import Item
from serment.billing.quote.situation import Situation
from serment.billing.quote.tariffs import SOURCED, rates
from serment.formats.money import share


@dataclass(frozen=True)
class Line:
    """``base`` is what the funds reckon on; ``base`` = ``amo`` + ``amc`` + the patient's part of it.

    ``patient`` holds the excess too. ``group``: of a CCAM act (ATM, ADC…). ``place``: which act it comes from.
    ``key``: its tariff row.
    """

    place: int
    code: str
    label: str
    kind: str
    coefficient: Decimal
    quantity: int
    unit_cents: int
    percent: int
    base_cents: int
    excess_cents: int
    excess_reason: str
    rate: int
    rate_why: str
    amo_cents: int
    amc_cents: int
    patient_cents: int
    group: str
    activity: str
    modifiers: list[str]
    association: str
    rule: str
    source: str
    confidence: str
    key: str

    @property
    def written(self) -> str:
        """« AMI 4 », « AMI 1,5 × 2 »"""
        text = self.code
        if self.coefficient != 1:
            text += f" {self.coefficient.normalize():f}".replace(".", ",")
        return text if self.quantity == 1 else f"{text} × {self.quantity}"


@dataclass(frozen=True)
class Quote:
    """The whole session. ``due``: what each one pays now, by the third-party arrangement."""

    lines: list[Line]
    due: dict[str, int]
    third_party: dict[str, str] = field(default_factory=dict)
    information: list[str] = field(default_factory=list)
    suggestions: list[propose.Suggestion] = field(default_factory=list)

    @property
    def totals(self) -> dict[str, int]:
        return {
            "base_cents": sum(line.base_cents for line in self.lines),
            "excess_cents": sum(line.excess_cents for line in self.lines),
            "amo_cents": sum(line.amo_cents for line in self.lines),
            "amc_cents": sum(line.amc_cents for line in self.lines),
            "patient_cents": sum(line.patient_cents for line in self.lines),
            "total_cents": sum(line.base_cents + line.excess_cents for line in self.lines),
        }

    @property
    def to_confirm(self) -> list[str]:
        """Codes whose price a practitioner has to confirm once."""
        return sorted({line.code for line in self.lines if line.confidence != SOURCED})

    def as_json(self) -> dict[str, Any]:
        return {
            "lines": [
                {**vars(line), "coefficient": f"{line.coefficient.normalize():f}"} for line in self.lines
            ],
            "totals": self.totals,
            "due": self.due,
            "third_party": self.third_party,
            "to_confirm": self.to_confirm,
            "information": self.information,
            "suggestions": [vars(one) for one in self.suggestions],
        }


def quote(situation: Situation, book: Book | None = None) -> Quote:
    """Raises Unpriced or cumul.Refused, in French, for an act that cannot be billed as told."""
    book = book or shipped()
    found = items.of(situation, book)
    weighed = cumul.weights(found, situation)
    lines = [_line(situation, item, weight) for item, weight in zip(found, weighed, strict=True)]
    applied, why = shares.third_party(situation)
    made = Quote(
        lines,
        _due(lines, applied),
        {"applied": applied, "why": why},
        suggestions=propose.suggestions(situation, book),
    )
    made.information.extend(shares.information(situation, found, made.totals))
    return made


def _line(situation: Situation, item: Item, weight: Weight) -> Line:
    base = share(item.price_cents, weight.percent) + (item.added_cents if weight.percent else 0)
    rate, why = shares.rate_of(situation, item)
    amo = share(base, rate)
    amc = shares.complementary(situation, base - amo)
    excess = item.act.excess_cents
    rules = [*item.rules, weight.rule, f"{rate} % : {why}"]
    sources = [item.source, weight.source, rates()["special"]["source"]]
    return Line(
        place=item.place,
        code=item.code,
        label=item.label,
        kind=item.kind,
        coefficient=item.act.coefficient,
        quantity=item.quantity,
        unit_cents=item.unit_cents,
        percent=weight.percent,
        base_cents=base,
        excess_cents=excess,
        excess_reason=item.act.excess_reason,
        rate=rate,
        rate_why=why,
        amo_cents=amo,
        amc_cents=amc,
        patient_cents=base - amo - amc + excess,
        group=item.group if item.act.is_ccam else "",
        activity=item.act.activity if item.act.is_ccam else "",
        modifiers=list(item.act.modifiers),
        association=weight.association,
        rule=" ; ".join(filter(None, rules)),
        source=" ; ".join(dict.fromkeys(filter(None, sources))),
        confidence=item.confidence,
        key=item.key,
    )


def _due(lines: list[Line], applied: str) -> dict[str, int]:
    amo = sum(line.amo_cents for line in lines)
    amc = sum(line.amc_cents for line in lines)
    total = sum(line.base_cents + line.excess_cents for line in lines)
    paid = {"none": (0, 0), "amo": (amo, 0), "full": (amo, amc)}[applied]
    return {"amo_cents": paid[0], "amc_cents": paid[1], "patient_cents": total - sum(paid)}
