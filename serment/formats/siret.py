"""SIRET, by python-stdnum (La Poste's exception included)."""

from __future__ import annotations

from stdnum.exceptions import ValidationError
from stdnum.fr import siret

from serment.formats.errors import FormatError


def parse_siret(text: str) -> str:
    """14 digits. Raises FormatError."""
    try:
        return str(siret.validate(text))
    except ValidationError:
        raise FormatError(
            "Ce SIRET n’est pas valable : 14 chiffres, tels que sur l’avis de situation de l’Insee."
        ) from None
