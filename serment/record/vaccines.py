"""The vaccines offered while typing: name, what it protects against, its routes. Pure; dated data, « à vérifier »."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from serment.formats.folding import fold
from serment.record import risks
from serment.record.kinds.vaccination import ANTIGENS

_FILE = Path(__file__).parent / "data" / "vaccines_2026.toml"


@dataclass(frozen=True)
class Vaccine:
    """``old``: no longer on the market, for what is copied from a vaccination booklet."""

    name: str
    antigen: str
    routes: tuple[str, ...]
    live: bool = False
    old: bool = False

    @property
    def against(self) -> str:
        return ANTIGENS[self.antigen]

    @property
    def only_route(self) -> str:
        """Its route where it has one only."""
        return self.routes[0] if len(self.routes) == 1 else ""


@cache
def known() -> tuple[Vaccine, ...]:
    rows = tomllib.loads(_FILE.read_text())["vaccine"]
    return tuple(Vaccine(**{**row, "routes": tuple(row["routes"])}) for row in rows)


def search(text: str, limit: int = 8) -> list[Vaccine]:
    """Those whose name, or what they protect against, has a word that each typed word begins; in use first."""
    wanted = fold(text).split()
    if not wanted:
        return []
    found = [v for v in known() if all(any(w.startswith(t) for w in _words(v)) for t in wanted)]
    return sorted(found, key=lambda v: (v.old, not fold(v.name).startswith(wanted[0]), v.name))[:limit]


@cache
def _words(vaccine: Vaccine) -> tuple[str, ...]:
    return tuple(fold(f"{vaccine.name} {vaccine.against}").split())


def called(name: str) -> Vaccine | None:
    """The vaccine of this very name, however it is written; else the one whose name begins a longer text."""
    wanted = fold(name)
    exact = next((v for v in known() if fold(v.name) == wanted), None)
    return exact or next((v for v in known() if wanted.startswith(f"{fold(v.name)} ")), None)


def is_live(name: str, antigen: str, route: str) -> bool:
    """What the name says, else what it protects against and the route."""
    found = called(name)
    return bool(found and found.live) or risks.is_live(antigen, route)
