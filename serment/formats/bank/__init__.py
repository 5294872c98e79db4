"""Bank statements: OFX 1 and 2, and CAMT.053, read into the same plain lines. Pure: no Django, importable alone."""

from serment.formats.bank.reading import read
from serment.formats.bank.statement import BankFault, Line, Statement

__all__ = ["BankFault", "Line", "Statement", "read"]
