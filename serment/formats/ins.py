"""Identité nationale de santé: matricule and OID, its datamatrix (facts/interop §4; arrêté INS)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from serment.formats import nir
from serment.formats.errors import FormatError

OID_NIR = "1.2.250.1.213.1.4.8"
OID_NIA = "1.2.250.1.213.1.4.9"
OID_TEST = "1.2.250.1.213.1.4.10"
OID_DEMO = "1.2.250.1.213.1.4.11"
OIDS = (OID_NIR, OID_NIA, OID_TEST, OID_DEMO)

STATUSES = {
    "provisional": "Identité provisoire",
    "retrieved": "Identité récupérée",
    "validated": "Identité validée",
    "qualified": "Identité qualifiée",
}


def is_test_oid(oid: str) -> bool:
    """Test and demonstration identities must never serve for real care."""
    return oid in (OID_TEST, OID_DEMO)


def parse_matricule(text: str, oid: str, *, allow_test: bool = False) -> str:
    """15 characters. Raises FormatError: shape, key, unknown OID, test identity in a real practice."""
    if oid not in OIDS:
        raise FormatError("Cet identifiant d’autorité (OID) n’est pas celui d’une INS.")
    if is_test_oid(oid) and not allow_test:
        raise FormatError("C’est une identité de test : elle ne peut pas servir pour un vrai patient.")
    value = nir.parse_nir(text)
    if len(nir.compact(text)) != 15:
        raise FormatError("Un matricule INS se saisit avec sa clé : 15 caractères.")
    return value


@dataclass(frozen=True)
class ScannedIns:
    """The seven fields of the INS datamatrix."""

    matricule: str
    oid: str
    given_names: str
    birth_family_name: str
    sex: str
    birth_date: date
    birth_place_code: str


_FIELDS = {"S1": 15, "S2": 20, "S3": 100, "S4": 100, "S5": 1, "S6": 10, "S7": 5}


def parse_datamatrix(text: str) -> ScannedIns:
    """Read « IS01… » as scanned. Raises FormatError when a field is missing or does not hold."""
    if not text.startswith("IS01") or len(text) < 26:
        raise FormatError("Ce code n’est pas un datamatrix INS.")
    rest, found = text[26:], {}
    while rest:
        name = rest[:2]
        if name not in _FIELDS:
            raise FormatError("Ce datamatrix INS est incomplet ou mal lu. Scannez-le à nouveau.")
        body = rest[2 : 2 + _FIELDS[name]]
        end = body.find("\x1d")
        found[name] = body if end < 0 else body[:end]
        rest = rest[2 + len(found[name]) + (end >= 0) :].lstrip("\x1d")
    if set(found) != set(_FIELDS):
        raise FormatError("Ce datamatrix INS est incomplet ou mal lu. Scannez-le à nouveau.")
    try:
        born = datetime.strptime(found["S6"], "%d-%m-%Y").date()
    except ValueError:
        raise FormatError("La date de naissance du datamatrix ne se lit pas.") from None
    matricule = parse_matricule(found["S1"], found["S2"], allow_test=True)
    return ScannedIns(matricule, found["S2"], found["S3"], found["S4"], found["S5"], born, found["S7"])
