"""Known régimes and funds. The régimes are ours; the list of funds is the practice's to import, for it changes.

`serment engine funds FILE` takes the public list of organisms (column ORG_NUM) and keeps it in the data folder.
Without it, the régime alone is checked, and the page says so.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from serment.formats.text import is_digits

SCHEMES = {
    "01": "régime général",
    "02": "régime agricole",
    "03": "indépendants",
    "04": "SNCF",
    "05": "RATP",
    "06": "marine (ENIM)",
    "07": "mines",
    "08": "militaires (CNMSS)",
    "09": "Banque de France",
    "10": "clercs et employés de notaires",
    "12": "chambre de commerce de Paris",
    "14": "Assemblée nationale",
    "15": "Sénat",
    "16": "Port autonome de Bordeaux",
    "17": "Français de l’étranger",
    "80": "anciens combattants",
    "90": "cultes (CAVIMAC)",
    "91": "section locale mutualiste",
    "92": "section locale mutualiste",
    "93": "section locale mutualiste",
    "94": "section locale mutualiste",
    "95": "section locale mutualiste",
    "96": "section locale mutualiste",
    "99": "autres régimes",
}
"""Grands régimes, « à vérifier »."""
FICTITIOUS = ("01", "999")
"""The demonstration's own fund: France gives this number to none."""


def stored() -> Path:
    return Path(settings.DATA_DIR) / "organismes.txt"


@lru_cache(maxsize=4)
def _read(path: str, stamp: float) -> frozenset[str]:
    return frozenset(Path(path).read_text().split())


def known() -> frozenset[str]:
    """« 01351 » for each régime and fund imported; empty when no list was."""
    path = stored()
    try:
        return _read(str(path), path.stat().st_mtime)
    except FileNotFoundError:
        return frozenset()


def fault_of_fund(scheme: str, fund: str, centre: str) -> str:
    """French, or empty."""
    if not is_digits(scheme + fund + centre) or (len(scheme), len(fund), len(centre)) != (2, 3, 4):
        return "Organisme\u00a0: neuf chiffres, régime (2), caisse (3), centre (4)."
    if scheme not in SCHEMES:
        return f"Régime {scheme} inconnu\u00a0: vérifiez l’attestation de droits."
    listed = known()
    if listed and (scheme, fund) != FICTITIOUS and scheme + fund not in listed:
        return f"Caisse {fund} inconnue dans le régime {scheme}\u00a0: vérifiez l’attestation de droits."
    return ""


def take(source: Path) -> int:
    """Keep the régimes and funds of a public list; gives how many. Raises ValueError, OSError."""
    found: set[str] = set()
    with source.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter=";")
        if not {"ORG_NUM", "ORG_CAI_NUM"} <= set(reader.fieldnames or []):
            raise ValueError("colonnes ORG_NUM et ORG_CAI_NUM attendues")
        for row in reader:
            text = f"{row['ORG_NUM'][:2]}{row['ORG_CAI_NUM'] or row['ORG_NUM'][3:6]}"
            if len(text) == 5 and is_digits(text):
                found.add(text)
    stored().parent.mkdir(parents=True, exist_ok=True)
    stored().write_text("\n".join(sorted(found)) + "\n")
    return len(found)
