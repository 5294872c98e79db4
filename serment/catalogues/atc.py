"""ATC codes that the BDPM leaves out, inferred from what is alike: never across local and systemic use. Pure."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from serment.catalogues.substances import moiety
from serment.catalogues.usual import usual_medicines
from serment.formats.names import words

_FILE = Path(__file__).parent / "data" / "atc_additions.csv"

FAMILIES = {
    "orale": "systemic", "sublinguale": "systemic", "entérale": "systemic", "gastro-entérale": "systemic",
    "intraveineuse": "systemic", "intramusculaire": "systemic", "sous-cutanée": "systemic",
    "transdermique": "systemic", "rectale": "rectal",
    "buccale": "mouth", "buccogingivale": "mouth", "gingivale": "mouth", "oropharyngée": "mouth",
    "voie buccale autre": "mouth", "dentaire": "mouth", "périodontale": "mouth",
    "cutanée": "skin", "unguéale": "skin", "voie cutanée": "skin",
    "ophtalmique": "eye", "nasale": "nose", "auriculaire": "ear", "vaginale": "vagina",
    "inhalée": "lungs",
}  # fmt: skip
"""First route of a medicine → where it works, as the ATC tells it; another route stands for itself."""

BOUND = (
    "A01", "A06", "A07", "B01AC06", "B05", "C05", "D", "G01", "G02", "M02", "N01", "P03", "R01", "R02", "R03", "S", "V",
)  # fmt: skip
"""Codes of a local use, or whose class turns with the route or the dose: kept to the route they were given for."""

Medicine = dict[str, Any]


def family(routes: str) -> str:
    route = routes.split(";")[0].strip().lower()
    return FAMILIES.get(route, route)


def infer(medicines: list[Medicine]) -> None:
    """Give a code, marked as inferred, to medicines without one, from those that are alike and agree on theirs.

    Alike, the surest first: the same group of the répertoire; the same active substances (codes, then names without
    their salts) by the same route; the same names for the same kind of use, whatever the salt or the fraction named;
    our own short lists. Homeopathy has none.
    """
    groups = [one for one in medicines if one["generic_group"]]
    _pass(lambda one: one["generic_group"], [one for one in groups if len(one["atc"]) == 7], groups)
    _pass(_same_codes, medicines, medicines)
    _pass(_same_names_and_route, medicines, medicines)
    _pass(_same_use, [one for one in medicines if not one["atc"].startswith(BOUND)], medicines)
    _pass(_same_names_and_route, _ours(), medicines)
    _pass(_same_use, [one for one in _ours() if one["routes"] in FAMILIES.values()], medicines)
    _vaccines(medicines)


def _pass(
    alike: Callable[[Medicine], Hashable], known: Iterable[Medicine], everything: Iterable[Medicine]
) -> None:
    seen: dict[Hashable, set[str]] = defaultdict(set)
    for medicine in known:
        if medicine["atc"]:
            seen[alike(medicine)].add(medicine["atc"])
    for medicine in everything:
        if medicine["atc"] or medicine["homeopathic"] or not medicine["substances"]:
            continue
        codes = seen.get(alike(medicine), set())
        if len(codes) == 1:
            medicine["atc"], medicine["atc_inferred"] = next(iter(codes)), True


def _same_codes(medicine: Medicine) -> Hashable:
    active = frozenset(row[0] for row in medicine["substances"] if row[2] == "SA")
    return active, medicine["routes"].split(";")[0].strip()


def _same_names_and_route(medicine: Medicine) -> Hashable:
    route = medicine["routes"].split(";")[0].strip().lower()
    return _names(medicine), "cutanée" if family(route) == "skin" else route


def _same_use(medicine: Medicine) -> Hashable:
    return _names(medicine), family(medicine["routes"])


def _names(medicine: Medicine) -> frozenset[str]:
    return frozenset(moiety(row[1]) for row in medicine["substances"] if row[2] == "SA")


def _vaccines(medicines: list[Medicine]) -> None:
    """Injected vaccines by what their name says they are against: their strains change every year."""
    known = [(set(names.split()), atc) for names, use, atc in _added() if use == "vaccine"]
    for medicine in medicines:
        if medicine["atc"] or family(medicine["routes"]) != "systemic":
            continue
        said = set(words(medicine["name"]))
        codes = {atc for wanted, atc in known if wanted <= said} if "vaccin" in said else set()
        if len(codes) == 1:
            medicine["atc"], medicine["atc_inferred"] = codes.pop(), True


@cache
def _added() -> tuple[tuple[str, str, str], ...]:
    """Our own list (November 2026, « à vérifier »): substances, use (a family, a route, or a vaccine), code."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            (row["substances"], row["use"], row["atc"]) for row in csv.DictReader(file, delimiter=";")
        )


def _ours() -> list[Medicine]:
    """Our lists as medicines: a family stands for the route where it is one for all of them."""
    usual = [(row["dci"], row["route"], row["atc"]) for row in usual_medicines()]
    return [
        {"atc": atc, "routes": use, "substances": [["", name.strip(), "SA"] for name in names.split("+")]}
        for names, use, atc in (*usual, *_added())
        if use != "vaccine"
    ]
