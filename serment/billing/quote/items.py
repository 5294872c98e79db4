"""An act with its price, before any cumul: from the NGAP tariffs or from the CCAM grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from serment.billing.quote import conditions, travel
from serment.billing.quote.book import Book, ccam_rules
from serment.billing.quote.conditions import Refused
from serment.billing.quote.situation import Act, Situation
from serment.billing.quote.tariffs import SOURCED, Tariff, Unpriced, key_of


@dataclass(frozen=True)
class Item:
    """``price_cents``: of all the quantity, before cumul. ``added_cents``: CCAM modifiers, never reduced.

    ``kind``: act, key, extra, km, ccam or supplement. ``key``: what a confirmation is attached to.
    """

    place: int
    act: Act
    code: str
    label: str
    kind: str
    unit_cents: int
    price_cents: int
    source: str
    confidence: str
    key: str
    tariff: Tariff | None = None
    group: str = ""
    quantity: int = 1
    added_cents: int = 0
    rules: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def of(situation: Situation, book: Book) -> list[Item]:
    """One item per act, in the order given. Raises Unpriced and Refused with the act's position."""
    conditions.check_session(situation)
    found = []
    for place, act in enumerate(situation.acts):
        try:
            found.append(
                _ccam(situation, book, act, place) if act.is_ccam else _ngap(situation, book, act, place)
            )
        except Unpriced as error:
            raise Unpriced(str(error), place) from None
    conditions.check_company(
        situation, [(item.place, item.act, item.tariff) for item in found if item.tariff is not None]
    )
    return _exclusions(_modifiers_once(found))


def billed_code(situation: Situation, act: Act) -> str:
    """Sector 2 without OPTAM keeps the old base once an excess is asked."""
    if situation.profession == "medecin" and situation.sector == "2" and act.excess_cents:
        return {"G": "C", "GS": "C", "VG": "V"}.get(act.code, act.code)
    return act.code


def _ngap(situation: Situation, book: Book, act: Act, place: int) -> Item:
    code = billed_code(situation, act)
    tariff = book.find(situation.profession, code)
    conditions.check(situation, tariff, act, place)
    if not tariff.free:
        conditions.check_excess(situation, act, place)
    row = tariff.on(situation.date, situation.zone)
    rules = [tariff.label]
    sources = [row.source]
    if code != act.code:
        rules.append("base du secteur 2 avec dépassement")
    quantity, cents = act.quantity, 0
    if tariff.kind == "km":
        trip = travel.price(act, tariff, row.cents, situation.km_today)
        quantity, cents = trip.counted, trip.cents
        rules.append(trip.rule)
        sources.append(trip.source)
    else:
        coefficient = act.coefficient if tariff.kind == "key" else Decimal(1)
        if tariff.kind != "key" and act.coefficient != 1:
            raise Refused(place, f"{code} n’a pas de coefficient.", conditions.LABEL)
        cents = _half_up(Decimal(row.cents) * coefficient) * act.quantity
    return Item(
        place=place,
        act=act,
        code=code,
        label=tariff.label,
        kind=tariff.kind,
        unit_cents=row.cents,
        price_cents=cents,
        source=" ; ".join(filter(None, sources)),
        confidence=row.confidence,
        key=key_of(tariff, row),
        tariff=tariff,
        group=tariff.group,
        quantity=quantity,
        rules=[rule for rule in rules if rule],
    )


def grid_of(situation: Situation) -> int:
    """The CCAM tariff grid of a practitioner. Raises Unpriced for a profession that has none."""
    sector = "1" if situation.sector == "ps" else situation.sector
    for rule in ccam_rules()["grid"]:
        if rule["profession"] != situation.profession:
            continue
        wanted = rule.get("specialties")
        if wanted is not None and not any(
            situation.specialty == name or (name and situation.specialty.startswith(name)) for name in wanted
        ):
            continue
        return int(rule["grid"] if "grid" in rule else rule["grids"][sector])
    raise Unpriced("La CCAM ne concerne pas cette profession.")


def _ccam(situation: Situation, book: Book, act: Act, place: int) -> Item:
    conditions.check_excess(situation, act, place)
    if act.coefficient != 1:
        raise Refused(place, f"{act.code} : un acte CCAM n’a pas de coefficient.", "CCAM")
    row = book.ccam(act.code, act.activity, act.phase, situation.date, grid_of(situation))
    if row.act.sex and situation.patient.sex and row.act.sex != situation.patient.sex:
        who = {"F": "féminin", "M": "masculin"}[row.act.sex]
        raise Refused(place, f"{act.code} : acte du sexe {who}.", "CCAM, compatibilité avec le sexe")
    added, rules, sources, confidence = _modifiers(situation, act, place)
    notices = [f"{act.code} : {text}" for text in row.act.conditions]
    return Item(
        place=place,
        act=act,
        code=act.code,
        label=row.act.label,
        kind="supplement" if row.act.kind == "2" else "ccam",
        unit_cents=row.cents,
        price_cents=row.cents * act.quantity,
        source=" ; ".join([row.source, *sources]),
        confidence=row.confidence if confidence == SOURCED else confidence,
        key=row.key,
        group=row.act.groups.get(act.activity, ""),
        quantity=act.quantity,
        added_cents=added,
        rules=[row.act.label, *rules],
        notices=notices + [f"#{code}" for code in row.act.excludes],
    )


def _modifiers(situation: Situation, act: Act, place: int) -> tuple[int, list[str], list[str], str]:
    """(cents, rules, sources, confidence) of the modifiers. One whose amount is not sourced is refused."""
    known: dict[str, Any] = ccam_rules()["modifier"]
    cents, rules, sources, confidence = 0, [], [], SOURCED
    for letter in act.modifiers:
        rule = known.get(letter)
        if rule is None:
            text = f"Modificateur {letter} : son montant n’est pas dans les fichiers publics ; il n’est pas inventé."
            raise Refused(place, text, "CCAM, modificateurs")
        if not situation.holds(rule["when"]):
            raise Refused(place, f"Modificateur {letter} : {rule['label']}.", rule["source"])
        if situation.scope in rule.get("not_scopes", ()) or situation.profession == "sage_femme":
            raise Refused(place, f"Modificateur {letter} : {rule['label']}.", rule["source"])
        if set(rule["not_with"]) & set(act.modifiers) or act.modifiers.count(letter) > 1:
            raise Refused(place, f"Modificateur {letter} : une seule majoration d’urgence.", rule["source"])
        cents += rule["cents"]
        rules.append(f"modificateur {letter}, {rule['label']}")
        sources.append(rule["source"])
        confidence = rule["confidence"] if rule["confidence"] != SOURCED else confidence
    return cents, rules, sources, confidence


def _modifiers_once(found: list[Item]) -> list[Item]:
    """F and U count once for a practitioner, however many acts."""
    bearing = [item for item in found if item.added_cents]
    if len(bearing) > 1:
        raise Refused(
            bearing[1].place,
            "Une majoration d’urgence ne se facture qu’une fois, quel que soit le nombre d’actes.",
            "CCAM, article III-2 (lecardiologue.com, à vérifier)",
        )
    return found


def _exclusions(found: Sequence[Item]) -> list[Item]:
    """What the notes of the CCAM acts say of one another: told, never decided here."""
    codes = {item.code for item in found}
    made = []
    for item in found:
        excluded = [note[1:] for note in item.notices if note.startswith("#") and note[1:] in codes]
        notices = [note for note in item.notices if not note.startswith("#")]
        notices += [f"{item.code} : sa note dit « à l’exclusion de » {code}." for code in excluded]
        made.append(replace(item, notices=notices))
    return made


def _half_up(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
