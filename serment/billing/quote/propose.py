"""What the situation opens and was not given: the usual act, then majorations and allowances, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from serment.billing.quote import conditions
from serment.billing.quote.book import Book
from serment.billing.quote.situation import Act, Situation
from serment.billing.quote.tariffs import Tariff, key_of


@dataclass(frozen=True)
class Suggestion:
    """A code that may be added. ``certain``: its condition is wholly known here; the others ask for a judgement."""

    code: str
    why: str
    cents: int
    kind: str
    source: str
    confidence: str
    key: str
    certain: bool


def main_act(situation: Situation, book: Book) -> Suggestion | None:
    """The act most sessions of this profession and place begin with; none where coefficients decide."""
    for tariff in book.of(situation.profession):
        if tariff.main == situation.place and _open(situation, tariff, Act(code=tariff.code)):
            where = {"office": "au cabinet", "home": "au domicile", "remote": "à distance"}[situation.place]
            return _suggestion(situation, tariff, f"acte principal, {where}", certain=True)
    return None


def suggestions(situation: Situation, book: Book) -> list[Suggestion]:
    """Never added without a yes. In the order of the tariff file."""
    given = {act.code for act in situation.acts}
    found = []
    for tariff in book.of(situation.profession):
        if not tariff.suggest or tariff.code in given:
            continue
        act = Act(code=tariff.code)
        if _open(situation, tariff, act) and _bears(situation, book, tariff, act):
            certain = tariff.auto or bool(tariff.under_age) or (bool(tariff.when) and not tariff.regulated)
            found.append(_suggestion(situation, tariff, tariff.suggest, certain=certain))
    return [one for one in found if not _loses(one, found, book, situation)]


def _open(situation: Situation, tariff: Tariff, act: Act) -> bool:
    if tariff.scope and tariff.scope != (situation.scope or "generalist"):
        return False
    try:
        conditions.check(situation, tariff, act, 0)
        tariff.on(situation.date, situation.zone)
    except ValueError:
        return False
    return True


def _bears(situation: Situation, book: Book, tariff: Tariff, act: Act) -> bool:
    """Whether the session's acts and this one go together."""
    known = [
        (place, one, book.tariffs[(situation.profession, one.code)])
        for place, one in enumerate(situation.acts)
        if (situation.profession, one.code) in book.tariffs
    ]
    if any(tariff.code in other.not_with for _, _, other in known):
        return False
    try:
        conditions.check_company(situation, [*known, (len(known), act, tariff)])
    except ValueError:
        return False
    return True


def _loses(one: Suggestion, found: list[Suggestion], book: Book, situation: Situation) -> bool:
    """Of two suggestions that exclude each other, the dearer is offered."""
    against = book.tariffs[(situation.profession, one.code)].not_with
    rivals = [other for other in found if other.code in against]
    return any((other.cents, other.code) > (one.cents, one.code) for other in rivals)


def _suggestion(situation: Situation, tariff: Tariff, why: str, *, certain: bool) -> Suggestion:
    row = tariff.on(situation.date, situation.zone)
    return Suggestion(
        tariff.code,
        why,
        row.cents,
        tariff.kind,
        row.source,
        row.confidence,
        key_of(tariff, row),
        certain,
    )
