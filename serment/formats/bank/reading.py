"""A file of unknown kind, read as the kind it is."""

from __future__ import annotations

from serment.formats.bank import camt, ofx
from serment.formats.bank.statement import MAX_BYTES, BankFault, Statement


def read(raw: bytes) -> tuple[str, list[Statement]]:
    """(« OFX » or « CAMT.053 », the accounts it tells of). All of it or nothing. Raises BankFault."""
    if len(raw) > MAX_BYTES:
        raise BankFault("Ce fichier dépasse 5 Mo\u00a0: importez-le par périodes.")
    for name, kind in (("CAMT.053", camt), ("OFX", ofx)):
        if kind.looks_like(raw):
            return name, kind.read(raw)
    raise BankFault("Ce fichier n’est ni un relevé OFX ni un relevé CAMT.053.")
