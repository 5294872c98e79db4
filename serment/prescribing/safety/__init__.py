"""What is checked before an ordonnance is signed, each alert explained; what the data do not cover is said."""

from serment.prescribing.safety.engine import Report, review
from serment.prescribing.safety.facts import Alert, Item, PatientFacts

__all__ = ["Alert", "Item", "PatientFacts", "Report", "review"]
