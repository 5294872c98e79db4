"""What the fund would refuse, said at its field before anything is signed. Pure: no key, no query."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from serment.billing.payloads import ActLine
from serment.billing.quote.tariffs import tariffs
from serment.catalogues.funds import fault_of_fund
from serment.formats.nir import is_valid_nir
from serment.formats.text import is_digits
from serment.patients.payloads import Coverage
from serment.practice.models import Practitioner
from serment.practice.professions import PROFESSIONS
from serment.transmission.payloads import SheetDetails

_CCAM = re.compile(r"[A-Z]{4}[0-9]{3}")
_CCAM_PROFESSIONS = ("medecin", "sage_femme", "chirurgien_dentiste")

Faults = dict[str, str]
"""Field → French. ``nir``, ``organism`` and ``amc`` are the patient's coverage; ``acts`` the claim's lines."""


def of_coverage(coverage: Coverage | None) -> Faults:
    """The patient's own sheet of identity: number and fund."""
    known, found = coverage or Coverage(), {}
    if not is_valid_nir(known.nir):
        found["nir"] = (
            "Numéro de sécurité sociale absent, ou sa clé ne s’accorde pas\u00a0: complétez la fiche d’identité."
        )
    if not (known.scheme and known.fund and known.centre):
        found["organism"] = "Organisme absent (régime, caisse, centre)\u00a0: complétez la fiche d’identité."
    elif fault := fault_of_fund(known.scheme, known.fund, known.centre):
        found["organism"] = fault
    return found


def of_acts(lines: Iterable[ActLine], practitioner: Practitioner) -> Faults:
    """An act that only another profession may bill."""
    owners: dict[str, set[str]] = {}
    for profession, code in tariffs():
        owners.setdefault(code, set()).add(profession)
    for line in lines:
        code = line.code.split(" ")[0]
        allowed = set(_CCAM_PROFESSIONS) if _CCAM.match(code) else owners.get(code)
        if allowed and practitioner.profession not in allowed:
            whose = ", ".join(sorted(PROFESSIONS[one].label.lower() for one in allowed))
            return {"acts": f"L’acte {code} est d’une autre profession ({whose})\u00a0: refaites la facture."}
    return {}


def of_details(
    details: SheetDetails, *, coverage: Coverage | None, established_on: date, today: date
) -> Faults:
    """What was typed on the sheet's own form."""
    found: Faults = {}
    care_on = details.care_on or established_on
    if care_on > today:
        found["care_on"] = "La date des soins est dans l’avenir."
    elif (today - care_on).days > 365 * 2:
        found["care_on"] = "Plus de deux ans\u00a0: la caisse ne rembourse plus ces soins (prescription)."
    if details.insurance == "41":
        if details.accident_on is None:
            found["accident_on"] = "Accident du travail\u00a0: sa date est obligatoire."
        elif details.accident_on > care_on:
            found["accident_on"] = "L’accident ne peut pas suivre les soins."
    if details.insurance == "30":
        if details.maternity_on is None:
            found["maternity_on"] = "Maternité\u00a0: la date présumée de conception est obligatoire."
        elif details.maternity_on > care_on:
            found["maternity_on"] = "Cette date ne peut pas suivre les soins."
    if details.prescriber and not (is_digits(details.prescriber) and len(details.prescriber) == 9):
        found["prescriber"] = "Neuf chiffres\u00a0: le numéro de facturation (AM) du prescripteur."
    if details.prescriber and details.prescribed_on is None:
        found["prescribed_on"] = "La date de la prescription est obligatoire avec son prescripteur."
    if details.prescribed_on and details.prescribed_on > care_on:
        found["prescribed_on"] = "La prescription ne peut pas suivre les soins."
    if details.payee in ("15", "25") and not (coverage and coverage.amc_number):
        found["payee"] = (
            "Ce patient n’a pas de complémentaire sur sa fiche\u00a0: complétez-la, ou changez le tiers payant."
        )
    return found
