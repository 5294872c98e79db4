"""Which lines count, and for how much of their price: NGAP article 11B and the exclusions that are sourced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from serment.billing.quote.situation import Act, Situation
from serment.billing.quote.tariffs import Tariff

BSI = ("BSA", "BSB", "BSC")
_NIGHT = ("MN1", "MN2")
SOURCE_11B = "NGAP, article 11B"
SOURCE_SECONDARY = "NGAP, règles de cumul (source secondaire, à vérifier)"


class Refused(ValueError):
    """An act that the situation forbids; French, with its rule. ``place``: position of the act."""

    def __init__(self, place: int, text: str, source: str) -> None:
        super().__init__(text)
        self.place, self.source = place, source


@dataclass(frozen=True)
class Weight:
    """``percent`` of the price, and why."""

    percent: int
    rule: str
    source: str


FULL = Weight(100, "", "")


def weights(
    acts: Sequence[Act], tariffs: Sequence[Tariff], prices: Sequence[int], situation: Situation
) -> list[Weight]:
    """One weight per act, whatever the order they were given in. Raises Refused."""
    _exclusions([act.code for act in acts], acts, situation)
    if situation.profession == "infirmier":
        return _article_11b(acts, tariffs, prices)
    if situation.profession == "kinesitherapeute":
        return _one_a_session(acts, tariffs, prices)
    return [FULL] * len(acts)


def _exclusions(codes: list[str], acts: Sequence[Act], situation: Situation) -> None:
    for place, code in enumerate(codes):
        if code in BSI and sum(other in BSI for other in codes) > 1:
            raise Refused(place, "Un seul forfait BSA, BSB ou BSC par jour.", SOURCE_SECONDARY)
        if code in ("AIS", "MAU", "MCI") and any(other in BSI for other in codes):
            raise Refused(
                place, f"{code} ne se cumule pas avec un forfait BSA, BSB ou BSC.", SOURCE_SECONDARY
            )
        if code in _NIGHT and "MDD" in codes:
            raise Refused(
                place, "La majoration de nuit et celle du dimanche ne se cumulent pas.", SOURCE_SECONDARY
            )
        if code == "IFI" and acts[place].quantity > 4:
            raise Refused(place, "Quatre IFI au plus par jour et par patient.", SOURCE_SECONDARY)
        if code == "MAU":
            techniques = [act for act in acts if act.code in ("AMI", "AMX")]
            if len(techniques) != 1 or techniques[0].coefficient * techniques[0].quantity > Decimal("1.5"):
                text = "MAU : un acte unique, de coefficient 1,5 au plus."
                raise Refused(place, text, SOURCE_SECONDARY)


def _article_11b(acts: Sequence[Act], tariffs: Sequence[Tariff], prices: Sequence[int]) -> list[Weight]:
    """The dearest technical act in full, the next at half, the others at nothing; exempted ones stand apart."""
    found = [FULL] * len(acts)
    ranked = sorted(
        (place for place, tariff in enumerate(tariffs) if tariff.kind == "key" and not acts[place].full_rate),
        key=lambda place: (-prices[place], acts[place].code, place),
    )
    for rank, place in enumerate(ranked):
        if rank == 1:
            found[place] = Weight(50, "second acte de la séance, à moitié", SOURCE_11B)
        elif rank > 1:
            found[place] = Weight(0, "troisième acte ou suivant, non compté", SOURCE_11B)
    for place, act in enumerate(acts):
        if act.full_rate and tariffs[place].kind == "key":
            found[place] = Weight(100, "taux plein, exception à l’article 11B", SOURCE_11B)
    return found


def _one_a_session(acts: Sequence[Act], tariffs: Sequence[Tariff], prices: Sequence[int]) -> list[Weight]:
    keys = [place for place, tariff in enumerate(tariffs) if tariff.kind == "key"]
    best = max(keys, key=lambda place: (prices[place], -place), default=None)
    return [
        Weight(0, "une seule cotation par séance", "NGAP, titre XIV")
        if place in keys and place != best and not acts[place].full_rate
        else FULL
        for place in range(len(acts))
    ]
