"""The life of a claim, as a table: what may follow what. Télétransmission adds its states here."""

from __future__ import annotations

TRANSITIONS: dict[str, frozenset[str]] = {
    "established": frozenset({"part_paid", "paid", "cancelled"}),
    "part_paid": frozenset({"established", "part_paid", "paid"}),
    "paid": frozenset({"part_paid", "established"}),
    "cancelled": frozenset(),
}
LABELS = {
    "established": "à régler",
    "part_paid": "réglée en partie",
    "paid": "réglée",
    "cancelled": "annulée",
}
SHEET_GONE = ("in_lot", "sent", "acknowledged", "paper", "paid", "part_paid")
"""States of a feuille de soins in which its claim cannot be cancelled: a fund has it, or may have it."""


class ForbiddenTransition(ValueError):
    """French: why the claim can not become that."""


def check(old: str, new: str) -> None:
    """Raises ForbiddenTransition."""
    if old != new and new not in TRANSITIONS[old]:
        raise ForbiddenTransition(f"Une facture {LABELS[old]} ne peut pas devenir {LABELS[new]}.")


def after_payment(total: int, paid: int) -> str:
    if paid <= 0:
        return "established" if total else "paid"
    return "paid" if paid >= total else "part_paid"
