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


GUIDE = {
    theme: number
    for number, theme in enumerate(
        (
            "SENS",
            "AUTH",
            "HAB",
            "TRAC",
            "POST",
            "MOB",
            "RES",
            "SRV",
            "WEB",
            "SAUV",
            "ARCH",
            "MAINT",
            "ST",
            "ECH",
            "LOC",
            "DEV",
            "CRYP",
        ),
        1,
    )
}
"""Theme → sheet of the CNIL's « guide de la sécurité des données personnelles », edition of 2018."""
REFERENCES = {
    "R1": "référentiel, section 1 ; RGPD, article 2",
    "R2": "RGPD, articles 24 et 25",
    "R2.4": "RGPD, articles 5.2 et 24",
    "R2.5": "RGPD, article 30.1",
    "R2.7": "RGPD, article 35",
    "R2.8": "RGPD, article 35",
    "R2.9": "RGPD, article 37",
    "R3": "RGPD, article 5.1.b",
    "R3.13": "loi n° 78-17, articles 64 et suivants",
    "R3.14": "loi n° 78-17, articles 72 et suivants",
    "R4": "RGPD, articles 6 et 9",
    "R5": "RGPD, articles 5.1.c et 5.1.d",
    "R6": "code de la santé publique, article L.1110-4",
    "R6.9": "loi n° 78-17, articles 72 et suivants",
    "R6.10": "loi n° 78-17, articles 72 et suivants",
    "R6.11": "RGPD, article 32",
    "R6.12": "RGPD, article 32",
    "R6.13": "code de la santé publique, article L.1111-8",
    "R6.14": "code de la santé publique, article L.1111-8",
    **{f"R6.{number}": "RGPD, article 28" for number in range(15, 26)},
    "R6.26": "RGPD, article 30.2",
    "R6.27": "RGPD, article 33.2",
    "R6.28": "RGPD, articles 33 et 34",
    "R7": "RGPD, article 5.1.e",
    "R7.7": "code de la sécurité sociale, article R.161-47",
    "R8": "RGPD, articles 12 à 14",
    "R9": "RGPD, articles 15 à 22",
    "R9.2": "RGPD, article 15 ; code de la santé publique, article L.1111-7",
    "R10": "RGPD, article 32",
    "R10.4": "code de la santé publique, article L.1110-4-1",
    "R10.5": "code de la santé publique, article L.1111-8",
    "P": "RGPD, article 32",
    "E": "RGPD, articles 28 et 32",
}
"""Id, or its beginning → the text it comes from."""


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
        return SECTIONS[self.anchor]

    @property
    def anchor(self) -> str:
        """The section's key, also its place on the page: « R9 », « P »."""
        return self.id.partition(".")[0] if self.id[0] == "R" else self.id[0]

    @property
    def theme(self) -> str:
        return "" if self.id[0] == "R" else THEMES[self.id.split("-")[1]]

    @property
    def reference(self) -> str:
        """The law behind it: its own, or that of its section."""
        return REFERENCES.get(self.id) or REFERENCES.get(self.id.partition(".")[0].partition("-")[0], "")

    @property
    def guide(self) -> int:
        """Sheet of the CNIL's guide for a security measure; 0 for the others."""
        return GUIDE.get(self.id.split("-")[1], 0) if self.theme else 0

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
