"""The life of a sheet, as a table: what may follow what, and its French."""

from __future__ import annotations

NEXT: dict[str, frozenset[str]] = {
    "signed": frozenset({"in_lot"}),
    "in_lot": frozenset({"sent"}),
    "sent": frozenset({"acknowledged", "paid", "part_paid", "rejected"}),
    "acknowledged": frozenset({"paid", "part_paid", "rejected"}),
    "part_paid": frozenset({"paid", "closed"}),
    "rejected": frozenset({"signed", "closed"}),
    "paid": frozenset({"closed"}),
    "closed": frozenset(),
}
LABELS = {
    "signed": "à envoyer",
    "in_lot": "en lot",
    "sent": "envoyée",
    "acknowledged": "reçue par la caisse",
    "paid": "payée",
    "part_paid": "payée en partie",
    "rejected": "rejetée",
    "closed": "close",
}


class Forbidden(ValueError):
    """French: why a sheet cannot become that."""


def check(old: str, new: str) -> None:
    """Raises Forbidden."""
    if new not in NEXT[old]:
        raise Forbidden(f"Une feuille {LABELS[old]} ne devient pas {LABELS[new]}.")
