"""The life of a sheet, as a table: what may follow what, and its French."""

from __future__ import annotations

NEXT: dict[str, frozenset[str]] = {
    "draft": frozenset({"draft", "established", "cancelled"}),
    "established": frozenset({"draft", "established", "signed", "paper", "cancelled"}),
    "signed": frozenset({"in_lot", "paper", "cancelled"}),
    "in_lot": frozenset({"signed", "sent", "paid", "part_paid", "rejected"}),
    "sent": frozenset({"in_lot", "acknowledged", "paid", "part_paid", "rejected"}),
    "acknowledged": frozenset({"paid", "part_paid", "rejected"}),
    "paper": frozenset({"paid", "part_paid", "rejected", "closed"}),
    "part_paid": frozenset({"paid", "closed"}),
    "rejected": frozenset({"corrected", "paper", "closed"}),
    "corrected": frozenset({"corrected", "signed", "paper", "closed"}),
    "paid": frozenset({"closed"}),
    "closed": frozenset(),
    "cancelled": frozenset(),
}
LABELS = {
    "draft": "brouillon",
    "established": "établie, à signer",
    "signed": "signée, à envoyer",
    "in_lot": "en lot",
    "sent": "envoyée",
    "acknowledged": "reçue par la caisse",
    "paper": "remise sur papier",
    "paid": "payée",
    "part_paid": "payée en partie",
    "rejected": "rejetée",
    "corrected": "corrigée, à signer de nouveau",
    "closed": "close",
    "cancelled": "annulée",
}
BEFORE_SENDING = ("draft", "established", "signed")
TO_SIGN = ("draft", "established", "corrected")
TO_SEND = ("signed", "in_lot")
AWAITING = ("sent", "acknowledged", "paper")
TO_TREAT = ("rejected", "part_paid")
ENDED = ("closed", "cancelled")
ANSWERABLE = (*AWAITING, "in_lot", "part_paid")
"""States in which a return is expected; « in_lot » because a lot may have been received though we were stopped."""

CLOSING_REASONS = {
    "patient_pays": "le patient règle la différence",
    "written_off": "passée en perte",
    "paper": "refaite sur papier",
    "duplicate": "déjà réglée par ailleurs",
    "appeal": "contestée auprès de la caisse",
    "paid": "soldée",
}


class Forbidden(ValueError):
    """French: why a sheet cannot become that."""


def check(old: str, new: str) -> None:
    """Raises Forbidden."""
    if new not in NEXT[old]:
        raise Forbidden(f"Une feuille {LABELS[old]} ne devient pas {LABELS[new]}.")
