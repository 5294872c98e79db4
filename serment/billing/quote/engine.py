"""Price a session: lines, shares, who pays. Every amount is an integer of cents; every line says why."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from serment.billing.quote import cumul
from serment.billing.quote.situation import Act, Situation
from serment.billing.quote.tariffs import Row, Tariff, find, rates
from serment.formats.money import share


@dataclass(frozen=True)
class Line:
    """``base`` is what the funds reckon on; ``base`` = ``amo`` + ``amc`` + the patient's part of it."""

    code: str
    label: str
    coefficient: Decimal
    quantity: int
    unit_cents: int
    base_cents: int
    excess_cents: int
    rate: int
    amo_cents: int
    amc_cents: int
    patient_cents: int
    rule: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Quote:
    """The whole session. ``due``: what each one pays now, by the third-party arrangement."""

    lines: list[Line]
    due: dict[str, int]
    information: list[str] = field(default_factory=list)
    suggestions: list[dict[str, str]] = field(default_factory=list)

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
        return sorted({line.code for line in self.lines if line.confidence != "sourcé"})

    def as_json(self) -> dict[str, Any]:
        return {
            "lines": [
                {**vars(line), "coefficient": f"{line.coefficient.normalize():f}"} for line in self.lines
            ],
            "totals": self.totals,
            "due": self.due,
            "to_confirm": self.to_confirm,
            "information": self.information,
            "suggestions": self.suggestions,
        }


def quote(situation: Situation) -> Quote:
    """Raises Unpriced or cumul.Refused, in French, for an act that cannot be billed as told."""
    tariffs = [find(situation.profession, _code(situation, act)) for act in situation.acts]
    for place, tariff in enumerate(tariffs):
        _check(situation, tariff, place)
    rows = [tariff.on(situation.date, situation.zone) for tariff in tariffs]
    prices = [
        _price(act, tariff, row) for act, tariff, row in zip(situation.acts, tariffs, rows, strict=True)
    ]
    weighed = cumul.weights(situation.acts, tariffs, prices, situation)
    lines = [
        _line(situation, act, tariff, row, price, weight)
        for act, tariff, row, price, weight in zip(
            situation.acts, tariffs, rows, prices, weighed, strict=True
        )
    ]
    made = Quote(lines, _due(situation, lines), _information(situation), _suggestions(situation))
    return made


def _code(situation: Situation, act: Act) -> str:
    """Sector 2 without OPTAM keeps the old base once an excess is asked."""
    old = situation.sector == "2" and act.excess_cents and act.code in ("G", "GS")
    return "C" if old and situation.profession == "medecin" else act.code


def _check(situation: Situation, tariff: Tariff, place: int) -> None:
    if situation.sector == "1" and situation.acts[place].excess_cents and situation.profession == "medecin":
        raise cumul.Refused(
            place, "Le secteur 1 ne facture pas de dépassement (sauf DE).", "convention médicale"
        )
    if tariff.place and tariff.place != situation.place:
        where = {"home": "au domicile", "remote": "à distance", "office": "au cabinet"}[tariff.place]
        raise cumul.Refused(place, f"{tariff.code} se facture {where}.", "libellé de l’acte")
    if tariff.under_age and situation.patient.age >= tariff.under_age:
        raise cumul.Refused(
            place, f"{tariff.code} : patient de moins de {tariff.under_age} ans.", "libellé de l’acte"
        )
    if tariff.parcours and tariff.parcours != situation.parcours:
        raise cumul.Refused(
            place, f"{tariff.code} : dans le parcours de soins seulement.", "convention médicale"
        )
    night = situation.moment != "day"
    held = {
        "": True,
        "night": situation.moment == "night",
        "late_night": situation.moment == "late_night",
        "sunday": situation.sunday,
        "night_or_sunday": night or situation.sunday,
    }[tariff.when]
    if not held:
        raise cumul.Refused(
            place, f"{tariff.code} : ni l’heure ni le jour ne l’ouvrent.", "libellé de l’acte"
        )
    if situation.patient.at_mp and situation.patient.at_mp_date is None:
        raise cumul.Refused(place, "Accident du travail : donnez sa date.", "feuille de soins, volet AT")
    if situation.patient.at_mp_date and situation.patient.at_mp_date > situation.date:
        raise cumul.Refused(
            place, "La date de l’accident est après celle des soins.", "feuille de soins, volet AT"
        )


def _price(act: Act, tariff: Tariff, row: Row) -> int:
    """Of all the quantity, before article 11B: key letters times their coefficient, half cents up."""
    one = Decimal(row.cents) * (act.coefficient if tariff.kind == "key" else 1)
    return int(one.quantize(Decimal(1), rounding=ROUND_HALF_UP)) * act.quantity


def _line(situation: Situation, act: Act, tariff: Tariff, row: Row, price: int, weight: cumul.Weight) -> Line:
    base = share(price, weight.percent)
    rate, why = rate_of(situation, act)
    amo = share(base, rate)
    covered = situation.patient.amc or situation.patient.c2s or situation.patient.ame
    amc = base - amo if covered else 0
    rules = [tariff.label, weight.rule, f"{rate} % : {why}"]
    sources = [row.source, weight.source, rates()["special"]["source"]]
    return Line(
        code=tariff.code,
        label=tariff.label,
        coefficient=act.coefficient,
        quantity=act.quantity,
        unit_cents=row.cents,
        base_cents=base,
        excess_cents=act.excess_cents,
        rate=rate,
        amo_cents=amo,
        amc_cents=amc,
        patient_cents=base - amo - amc + act.excess_cents,
        rule=" ; ".join(filter(None, rules)),
        source=" ; ".join(dict.fromkeys(filter(None, sources))),
        confidence=row.confidence,
    )


def rate_of(situation: Situation, act: Act) -> tuple[int, str]:
    """(percent of the compulsory scheme, why): the most favourable first, then the parcours."""
    patient, special = situation.patient, rates()["special"]
    if patient.at_mp:
        return special["full"], "accident du travail ou maladie professionnelle"
    if patient.maternity_month >= 6:
        return special["full"], "maternité, à partir du sixième mois"
    if patient.ald and act.ald_related:
        return special["full"], "affection de longue durée, en rapport"
    base = rates()["base"].get(situation.profession)
    if base is None:
        return 0, "profession non remboursée"
    outside = situation.parcours == "outside" and situation.profession == "medecin" and patient.age >= 16
    if outside and not patient.c2s and not patient.ame:
        return special["outside"], "hors du parcours de soins"
    if patient.alsace_moselle:
        return special["alsace_moselle"], "régime local d’Alsace-Moselle"
    return base, "taux de droit commun"


def _due(situation: Situation, lines: list[Line]) -> dict[str, int]:
    """C2S, AME and accidents at work dispense the patient of paying in advance, whatever was chosen."""
    amo = sum(line.amo_cents for line in lines)
    amc = sum(line.amc_cents for line in lines)
    total = sum(line.base_cents + line.excess_cents for line in lines)
    patient = situation.patient
    third = situation.third_party
    if patient.c2s or patient.ame:
        third = "full"
    elif patient.at_mp and third == "none":
        third = "amo"
    paid = {"none": (0, 0), "amo": (amo, 0), "full": (amo, amc)}[third]
    return {"amo_cents": paid[0], "amc_cents": paid[1], "patient_cents": total - sum(paid)}


def _information(situation: Situation) -> list[str]:
    patient, held = situation.patient, rates()["contribution"]
    if patient.age < 18 or patient.c2s or patient.ame or patient.maternity_month >= 6:
        return ["Ni participation forfaitaire ni franchise pour ce patient."]
    cents = held["doctor_cents"] if situation.profession == "medecin" else held["auxiliary_cents"]
    return [f"La caisse retiendra {cents // 100} € ({held['source']})."]


def _suggestions(situation: Situation) -> list[dict[str, str]]:
    """Codes that the situation opens and that were not given; never added without a yes."""
    from serment.billing.quote.tariffs import tariffs

    given = {act.code for act in situation.acts}
    found = []
    for (profession, code), tariff in tariffs().items():
        if profession != situation.profession or tariff.kind != "extra" or code in given:
            continue
        asked = [tariff.under_age, tariff.when]
        if not any(asked):
            continue
        try:
            _check(situation.model_copy(update={"acts": [Act(code=code)]}), tariff, 0)
            cumul._exclusions([*given, code], [*situation.acts, Act(code=code)], situation)
            tariff.on(situation.date, situation.zone)
        except ValueError:
            continue
        found.append({"code": code, "why": tariff.label})
    return found
