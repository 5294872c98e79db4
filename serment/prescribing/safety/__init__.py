"""What is checked before an ordonnance is signed, each alert explained; what the data do not cover is said."""

from serment.prescribing.safety.engine import Coverage, Report, review
from serment.prescribing.safety.facts import Alert, Item, PatientFacts, plain_label, worded

__all__ = ["Alert", "Coverage", "Item", "PatientFacts", "Report", "plain_label", "review", "worded"]
