"""From what was done to what each one pays, to the cent, with the reason of every line. No Django here."""

from serment.billing.quote.engine import Quote, quote
from serment.billing.quote.situation import Situation

__all__ = ["Quote", "Situation", "quote"]
