"""The requirements of the référentiel, one by one, in its own order (R2.3): data, not code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "catalogue.toml"
SECTIONS = {
    "R1": "1. À qui s’adresse le référentiel",
    "R2": "2. Portée",
    "R3": "3. Finalités",
    "R4": "4. Bases légales",
    "R5": "5. Données concernées",
    "R6": "6. Destinataires",
    "R7": "7. Durées de conservation",
    "R8": "8. Information des personnes",
    "R9": "9. Droits des personnes",
    "R10": "10. Sécurité",
    "P": "10. Mesures du professionnel de santé",
    "E": "10. Mesures du prestataire",
}
THEMES = {
    "SENS": "sensibiliser",
    "AUTH": "authentifier",
    "HAB": "habilitations",
    "TRAC": "tracer",
    "POST": "postes de travail",
    "MOB": "informatique mobile",
    "RES": "réseau interne",
    "SRV": "serveurs",
    "WEB": "sites web",
    "SAUV": "sauvegarder",
    "ARCH": "archiver",
    "MAINT": "maintenance",
    "ST": "sous-traitance",
    "ECH": "échanges",
    "LOC": "locaux",
    "DEV": "développements",
    "CRYP": "chiffrement",
}


@dataclass(frozen=True)
class Requirement:
    """``who``: P, E or P+E. ``control``: ``check:<code>``, ``attest:<months>`` or ``absent``."""

    id: str
    who: str
    quote: str
    control: str
    note: str = ""

    @property
    def section(self) -> str:
        return SECTIONS[self.id.partition(".")[0] if self.id[0] == "R" else self.id[0]]

    @property
    def theme(self) -> str:
        return "" if self.id[0] == "R" else THEMES[self.id.split("-")[1]]

    @property
    def slug(self) -> str:
        """The id as an address holds it: « R5_11 »."""
        return self.id.replace(".", "_")

    @property
    def kind(self) -> str:
        return self.control.partition(":")[0]

    @property
    def argument(self) -> str:
        return self.control.partition(":")[2]

    @property
    def months(self) -> int:
        """How long an attestation holds; 0 for the other kinds."""
        return int(self.argument) if self.kind == "attest" else 0


@cache
def requirements() -> tuple[Requirement, ...]:
    raw = tomllib.loads(_FILE.read_text())["requirement"]
    return tuple(Requirement(**values) for values in raw)


@cache
def by_id() -> dict[str, Requirement]:
    return {requirement.id: requirement for requirement in requirements()}
