"""From what was done to what each one pays, to the cent, with the reason of every line. No Django here."""

from serment.billing.quote.book import Book, shipped
from serment.billing.quote.engine import Line, Quote, quote
from serment.billing.quote.situation import Situation

__all__ = ["Book", "Line", "Quote", "Situation", "quote", "shipped"]
