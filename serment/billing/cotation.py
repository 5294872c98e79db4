"""A session as the quote engine wants it, priced, and turned into the lines of a claim."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import holidays
from django.db.models import DateField
from pydantic import ValidationError

from serment.billing.confirmations import confirmed
from serment.billing.cotation_forms import Circumstances, Row
from serment.billing.models import Claim
from serment.billing.payloads import ActLine, ClaimPayload
from serment.billing.quote import Book, Quote, Situation, faults, propose, quote
from serment.billing.quote.conditions import Refused as Forbidden
from serment.billing.quote.propose import Suggestion
from serment.billing.quote.situation import Act
from serment.billing.quote.tariffs import SOURCED, Unpriced
from serment.billing.tariff_book import book as book_of
from serment.formats.text import sentence
from serment.patients.selectors import PatientCard
from serment.practice.models import Practice, Practitioner
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring
from serment.vault.prepared import Prepared, Slot

OVERSEAS = ("971", "972", "973", "974", "976")


@dataclass
class Session:
    """One quotation in progress. ``quote`` is None where something is wrong; ``error`` or the rows' errors say what."""

    practitioner: Practitioner
    rows: list[Row]
    book: Book
    situation: Situation | None = None
    quote: Quote | None = None
    error: str = ""

    @cached_property
    def known(self) -> set[str]:
        """Rows this practitioner confirmed; asked once, and only where something is doubtful."""
        return confirmed(self.practitioner)

    @property
    def doubtful(self) -> list[Any]:
        """Priced lines whose tariff this practitioner has still to confirm."""
        lines = self.quote.lines if self.quote else []
        return [line for line in lines if line.confidence != SOURCED and line.key not in self.known]

    @property
    def suggestions(self) -> list[tuple[Suggestion, bool]]:
        """(suggestion, whether its tariff has to be confirmed)."""
        found = self.quote.suggestions if self.quote else []
        return [(one, one.confidence != SOURCED and one.key not in self.known) for one in found]


@cache
def _holidays(year: int, part: str) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("FR", subdiv=part or None, years=year))


def is_holiday(day: dt.date, postal_code: str) -> bool:
    """A public holiday where the practice is: Alsace, Moselle and overseas departments have theirs."""
    part = postal_code[:3] if postal_code.startswith(OVERSEAS) else ""
    if postal_code.startswith("57"):
        part = "57"
    elif postal_code.startswith(("67", "68")):
        part = "6AE"
    return day in _holidays(day.year, part)


def zone_of(practice: Practice) -> str:
    return "dom" if practice.postal_code.startswith(OVERSEAS) else "metropole"


_EARLIER = Prepared(
    lambda: Claim.objects.filter(
        patient_id=Slot("patient_id"),
        practitioner_id=Slot("practitioner_id"),
        established_on__gte=Slot("day", DateField()),
    ).exclude(state="cancelled")
)


def earlier(*, keyring: Keyring, practitioner: Practitioner, patient_id: int, day: dt.date) -> list[Act]:
    """What this practitioner already billed this patient for that day: one query. Raises NoKey."""
    found: list[Act] = []
    rows = _EARLIER.all(patient_id=patient_id, practitioner_id=practitioner.pk, day=day)
    if not rows:
        return found
    keys = keyring.subject_keys([patient_id], Domain.BILLING)
    for row in rows:
        payload: ClaimPayload = keys.open(row, "payload")
        if (payload.performed_on or row.established_on) == day:
            found.extend(Act.model_validate(line.act) for line in payload.lines if line.act)
    return found


def session(
    *,
    keyring: Keyring,
    practitioner: Practitioner,
    practice: Practice,
    card: PatientCard,
    rows: list[Row],
    given: Circumstances,
) -> Session:
    """Price what was typed. Never raises for what was typed: each fault is written at its row or its field."""
    made = Session(practitioner, rows, book_of(practitioner.profession, [row.code.upper() for row in rows]))
    acts = []
    for row in rows:
        _label(row, made.book, practitioner.profession)
        try:
            acts.append(Act.model_validate(row.act()))
        except ValidationError as error:
            row.error = f"{sentence(faults.first(error)[1])}."
        except ValueError as error:
            row.error = str(error)
    told = given.read() | {"rights": given.rights()}
    if given.errors or any(row.error for row in rows):
        made.error = next(iter(given.errors.values()), "Corrigez la ligne signalée.")
        return made
    made.situation = _situation(practitioner, practice, card, told, acts)
    if _by_the_day(made):
        before = earlier(
            keyring=keyring, practitioner=practitioner, patient_id=card.id, day=made.situation.date
        )
        made.situation = made.situation.model_copy(update={"earlier": before})
    if acts:
        _price(made)
    return made


def _by_the_day(made: Session) -> bool:
    """Whether an act of the session has a limit per day, so that what was done before counts."""
    assert made.situation is not None
    found = (made.book.tariffs.get((made.situation.profession, act.code)) for act in made.situation.acts)
    return any(
        tariff is not None
        and (
            tariff.per_day
            or tariff.once_a_day
            or tariff.bsi is not None
            or tariff.group in ("bsi", "session")
        )
        for tariff in found
    )


def _situation(
    practitioner: Practitioner,
    practice: Practice,
    card: PatientCard,
    told: dict[str, Any],
    acts: list[Act],
) -> Situation:
    coverage, rights = card.coverage, told.pop("rights")
    told["public_holiday"] = told["public_holiday"] or is_holiday(told["date"], practice.postal_code)
    base = {
        "profession": practitioner.profession,
        "specialty": practitioner.specialty,
        "sector": practitioner.sector or "ps",
        "zone": zone_of(practice),
        "patient": {
            "age": card.age_years,
            "sex": card.identity.sex if card.identity.sex in ("F", "M") else "",
            "ald": bool(coverage and coverage.ald),
            "c2s": bool(coverage and coverage.c2s),
            "amc": bool(coverage and coverage.amc_number),
        }
        | rights,
        **told,
    }
    situation = Situation.model_validate({**base, "acts": [{"code": "-"}]})
    return situation.model_copy(update={"acts": acts})


def _price(made: Session) -> None:
    assert made.situation is not None
    try:
        made.quote = quote(made.situation, made.book)
    except (Unpriced, Forbidden) as error:
        rule = f" ({error.source})" if isinstance(error, Forbidden) else ""
        place = error.place
        if 0 <= place < len(made.rows):
            made.rows[place].error = f"{error}{rule}"
        made.error = f"{error}{rule}"


def opening(made: Session) -> list[Row]:
    """What the page begins with: the usual act, and what the situation surely opens.

    A tariff still to be confirmed is never put there unasked: it is offered.
    """
    situation = made.situation
    if situation is None:
        return []
    main = propose.main_act(situation, made.book)
    if main is None or (main.confidence != SOURCED and main.key not in made.known):
        return []
    rows = [Row(code=main.code, why=main.why)]
    told = situation.model_copy(update={"acts": [Act(code=main.code)]})
    for one in propose.suggestions(told, made.book):
        if one.certain and (one.confidence == SOURCED or one.key in made.known):
            rows.append(Row(code=one.code, why=one.why))
    for row in rows:
        _label(row, made.book, situation.profession)
    return rows


def offered(made: Session) -> list[tuple[Suggestion, bool]]:
    """What the page offers: what the session opens; the usual act of the place where none of its kind is there."""
    found = made.suggestions
    if made.situation is None:
        return found
    main = propose.main_act(made.situation, made.book)
    there = {row.code for row in made.rows}
    consulted = any(
        tariff.main == made.situation.place
        for code in there
        if (tariff := made.book.tariffs.get((made.situation.profession, code))) is not None
    )
    if main is not None and main.code not in there and not consulted and (not made.rows or made.error):
        found = [(main, main.confidence != SOURCED and main.key not in made.known), *found]
    return found


def _label(row: Row, book: Book, profession: str) -> None:
    code = row.code.strip().upper()
    tariff = book.tariffs.get((profession, code))
    if tariff is not None:
        row.code, row.label, row.kind = code, tariff.label, "free" if tariff.free else tariff.kind
    elif code in book.acts:
        row.code, row.label, row.kind = code, book.acts[code].label, "ccam"


def lines(found: Quote, situation: Situation) -> list[ActLine]:
    """The priced lines as a claim keeps them; a line that a cumul rule reduces to nothing stays, at zero."""
    return [
        ActLine(
            code=line.written,
            label=line.label[:300],
            kind=line.kind,
            amount_cents=line.base_cents,
            excess_cents=line.excess_cents,
            amo_cents=line.amo_cents,
            amc_cents=line.amc_cents,
            rate=line.rate,
            association=line.association,
            group=line.group,
            tariff=line.key,
            source=line.source,
            confidence=line.confidence,
            why=line.rule,
            act=situation.acts[line.place].model_dump(mode="json", exclude_defaults=True)
            | {"code": situation.acts[line.place].code},
        )
        for line in found.lines
    ]
