"""INS, the national health identity: matricule + OID, strict traits, status (R5.3: care only).

Source: shared interoperability facts, INS section. The scanned Datamatrix has its own module, ``ins_datamatrix``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from serment.formats.errors import FormatError
from serment.formats.names import ins_trait
from serment.formats.nir import parse_nir
from serment.formats.postal import parse_commune_code
from serment.formats.text import compact, is_digits

OID_NIR = "1.2.250.1.213.1.4.8"
OID_NIA = "1.2.250.1.213.1.4.9"
OID_TEST = "1.2.250.1.213.1.4.10"
OID_DEMO = "1.2.250.1.213.1.4.11"
OID_LABELS = {OID_NIR: "NIR", OID_NIA: "NIA", OID_TEST: "NIR de test", OID_DEMO: "NIR de démonstration"}


class IdentityStatus(StrEnum):
    """Trust in an identity. Only ``QUALIFIED`` allows the matricule to be sent (EXI ID 29)."""

    PROVISIONAL = "provisional"
    RETRIEVED = "retrieved"
    VALIDATED = "validated"
    QUALIFIED = "qualified"

    @property
    def label(self) -> str:
        return _STATUS_LABELS[self]

    @property
    def may_send_matricule(self) -> bool:
        return self is IdentityStatus.QUALIFIED


_STATUS_LABELS = {
    IdentityStatus.PROVISIONAL: "Identité provisoire",
    IdentityStatus.RETRIEVED: "Identité récupérée",
    IdentityStatus.VALIDATED: "Identité validée",
    IdentityStatus.QUALIFIED: "Identité qualifiée",
}


def identity_status(*, from_insi: bool, document_checked: bool) -> IdentityStatus:
    """The status that follows from the two facts: traits received from INSi, identity document checked."""
    if from_insi:
        return IdentityStatus.QUALIFIED if document_checked else IdentityStatus.RETRIEVED
    return IdentityStatus.VALIDATED if document_checked else IdentityStatus.PROVISIONAL


@dataclass(frozen=True, slots=True)
class Ins:
    """A checked matricule (15 characters, key included) and the OID of who gave it."""

    matricule: str
    oid: str

    def __repr__(self) -> str:
        return "Ins(…)"

    @property
    def is_test(self) -> bool:
        return is_test_oid(self.oid)


@dataclass(frozen=True, slots=True)
class StrictTraits:
    """The INS traits as INSi writes them: upper case, no accent.

    ``given_names``: all of them, space-joined. ``first_given_name``: empty when the source (the Datamatrix) does
    not tell where the first one ends. ``sex``: M, F, or I (unknown). ``birth_place``: INSEE code of 5 characters,
    99xxx abroad, empty when unknown.
    """

    birth_name: str
    given_names: str
    first_given_name: str
    sex: str
    birth_date: date
    birth_place: str

    def __repr__(self) -> str:
        return "StrictTraits(…)"


def strict_traits(
    *,
    birth_name: str,
    given_names: str,
    first_given_name: str = "",
    sex: str,
    birth_date: date,
    birth_place: str = "",
) -> StrictTraits:
    """Traits typed in any case, with accents → strict traits. Raises FormatError."""
    names = ins_trait(given_names)
    first = ins_trait(first_given_name) if first_given_name.strip() else ""
    if first and names != first and not names.startswith(first + " "):
        raise FormatError(
            "La liste des prénoms doit commencer par le premier prénom de naissance : corrigez l'un des deux."
        )
    if sex not in ("M", "F", "I"):
        raise FormatError("Choisissez le sexe : masculin, féminin ou indéterminé.")
    place = parse_commune_code(birth_place) if birth_place.strip() else ""
    return StrictTraits(ins_trait(birth_name), names, first, sex, birth_date, place)


def is_test_oid(oid: str) -> bool:
    """True for the test and demonstration OIDs, which must be refused in production."""
    return oid in (OID_TEST, OID_DEMO)


def parse_ins(matricule: str, oid: str, *, allow_test: bool = False) -> Ins:
    """Check a matricule and its OID. Raises FormatError.

    ``allow_test`` opens the test and demonstration OIDs; their published identities do not all have a right key,
    so there the key is not checked.
    """
    oid = oid.strip()
    if oid not in OID_LABELS:
        raise FormatError("L'origine du matricule INS (OID) est inconnue : interrogez de nouveau INSi.")
    if is_test_oid(oid):
        if not allow_test:
            raise FormatError(
                "Ce matricule INS est un matricule de test : il est refusé ici, utilisez l'identité réelle."
            )
        value = compact(matricule)
        if len(value) != 15 or not (is_digits(value) or re.fullmatch(r"[0-9]{5}2[AB][0-9]{8}", value)):
            raise FormatError("Le matricule INS compte 15 caractères, clé comprise : vérifiez-le.")
        return Ins(value, oid)
    return Ins(str(parse_nir(matricule)), oid)
