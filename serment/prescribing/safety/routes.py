"""Which medicines act where they are put: a rule written for what is swallowed or injected holds there by half.

`data/routes.toml`, « à vérifier ». A form that is not known to be local is taken as systemic: too much rather than not
enough.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from serment.catalogues.substances import folded
from serment.prescribing.safety.facts import Item

_FILE = Path(__file__).parents[1] / "data" / "routes.toml"
RECTAL = "rectale"


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text())


def _routes(item: Item) -> set[str]:
    return {route.strip() for route in item.medicine.routes.split(";")} - {""}


def is_local(item: Item) -> bool:
    """Every route of it is local, and nothing in it is made to cross the skin. False where no route is known."""
    known, routes = _table(), _routes(item)
    if RECTAL in routes and item.medicine.form in known["rectal"]:
        routes = (routes - {RECTAL}) | set(known["local"][:1])
    return (
        bool(routes)
        and routes <= set(known["local"])
        and not item.medicine.atc.startswith(tuple(known["systemic_atc"]))
        and item.words.isdisjoint(known["systemic"])
    )


def speaks_of(text: str, item: Item) -> bool:
    """Whether a text of the thesaurus names the route of a local form, or any route, or its substance always counts."""
    known, said = _table(), f" {folded(text)} "
    if not item.words.isdisjoint(known["kept"]["substances"]):
        return True
    wanted = {word for route in _routes(item) for word in known["said"].get(route, ())}
    return any(f" {word} " in said for word in (*wanted, *known["said"]["any"]))
