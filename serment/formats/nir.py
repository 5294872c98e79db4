"""NIR, the French social security number: 13 characters and a 2-digit key (R5.4: billing only, shown masked).

The key comes from python-stdnum. Its ``validate`` does not serve: it takes any first digit (0, 5, 6 and 9 are never
given), does not know the separators people paste (no-break spaces, dashes), and says what is wrong neither in
French nor precisely enough to mend it. Months 20–42 and 50–99 (date unknown at the registry), country 99 and
temporary numbers are real, so nothing beyond the key is concluded from year, month or place.
Source: shared interoperability facts, INS section.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.fr import nir as stdnum_nir

from serment.formats.errors import FormatError
from serment.formats.text import compact

_BODY = re.compile(r"[1-478][0-9]{4}(?:[0-9]{2}|2A|2B)[0-9]{6}")
_MASK = "•"


@dataclass(frozen=True, slots=True)
class Nir:
    """A checked number. ``number`` has 13 characters, ``key`` 2 digits."""

    number: str
    key: str

    def __str__(self) -> str:
        return self.number + self.key

    def __repr__(self) -> str:
        return "Nir(…)"  # a NIR in a traceback would be a leak

    @property
    def sex(self) -> str:
        """``"M"`` (1, 3, 7) or ``"F"`` (2, 4, 8)."""
        return "M" if self.number[0] in "137" else "F"

    @property
    def is_temporary(self) -> bool:
        """Waiting number: 3 or 4 (NIA), 7 or 8 (number given while the file is being examined)."""
        return self.number[0] in "3478"

    @property
    def birth_year(self) -> int:
        """Two last digits of the year, 0 to 99: the century is not in the number."""
        return int(self.number[1:3])

    @property
    def birth_month(self) -> int | None:
        """1 to 12, or None when the registry does not know it (20–42, 50–99…)."""
        month = int(self.number[3:5])
        return month if 1 <= month <= 12 else None

    @property
    def is_born_abroad(self) -> bool:
        return self.number[5:7] == "99"


def nir_key(number: str) -> str:
    """Key of a 13-character number, ``"01"`` to ``"97"``: 97 − (N mod 97), 2A read as 19 and 2B as 18.

    For checking and for made-up data. Do not complete a number that a person typed without its key: the key is
    there to catch typing errors. Raises FormatError when the 13 characters do not have the shape of a NIR.
    """
    number = compact(number)
    if _BODY.fullmatch(number) is None:
        raise FormatError(_shape_problem(number))
    return stdnum_nir.calc_check_digits(number)


def parse_nir(text: str) -> Nir:
    """Any usual typing of the 15 characters → ``Nir``. Raises FormatError."""
    value = compact(text)
    if not value:
        raise FormatError(
            "Saisissez le numéro de sécurité sociale : 13 caractères puis la clé de 2 chiffres."
        )
    if len(value) == 13:
        raise FormatError(
            "Il manque la clé : ajoutez les 2 chiffres qui suivent le numéro sur la carte Vitale."
        )
    if len(value) != 15:
        raise FormatError(
            "Le numéro de sécurité sociale compte 15 caractères, clé comprise : "
            f"il y en a {len(value)} ici, comparez avec la carte Vitale."
        )
    number, key = value[:13], value[13:]
    if _BODY.fullmatch(number) is None or re.fullmatch(r"[0-9]{2}", key) is None:
        raise FormatError(_shape_problem(value))
    if stdnum_nir.calc_check_digits(number) != key:
        raise FormatError(
            "La clé ne correspond pas au numéro : vérifiez les 15 caractères un à un sur la carte Vitale."
        )
    return Nir(number, key)


def normalise_nir(text: str) -> str:
    """Any usual typing → the 15 characters without spaces. Raises FormatError."""
    return str(parse_nir(text))


def is_valid_nir(text: str) -> bool:
    try:
        parse_nir(text)
    except FormatError:
        return False
    return True


def format_nir(text: str) -> str:
    """The 15 characters (or 13) as printed on a card: ``1 85 05 78 006 084 91``. Does not check the key."""
    return " ".join(part for part in _groups(compact(text)) if part)


def mask_nir(text: str) -> str:
    """For screens (R5.4): only the first digit and the key stay, ``1 •• •• •• ••• ••• 91``."""
    first, *middle, key = _groups(compact(text))
    return " ".join(part for part in (first, *(_MASK * len(part) for part in middle), key) if part)


def _groups(value: str) -> list[str]:
    cuts = (0, 1, 3, 5, 7, 10, 13)
    return [value[start:end] for start, end in zip(cuts, (*cuts[1:], len(value)), strict=True)]


def _shape_problem(value: str) -> str:
    if value[:1] not in tuple("123478"):
        return (
            "Le premier chiffre du numéro doit être 1 ou 2 "
            "(3, 4, 7 ou 8 pour un numéro d'attente) : corrigez-le."
        )
    if re.search(r"[^0-9]", value[:5] + value[7:]):
        return (
            "Seuls des chiffres sont admis, sauf 2A ou 2B pour la Corse en 6e et 7e position : "
            "retirez les autres caractères."
        )
    if not re.fullmatch(r"[0-9]{2}|2A|2B", value[5:7]):
        return "Les 6e et 7e caractères sont le département de naissance : deux chiffres, ou 2A ou 2B pour la Corse."
    return "Le numéro compte 13 caractères sans sa clé : complétez-le."
