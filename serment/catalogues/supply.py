"""The boxes of a medicine, what the ANSM announces of them, and what may be handed out in its place."""

from __future__ import annotations

from dataclasses import dataclass

from serment.catalogues.models import GenericGroup, Medicine, Presentation, Shortage
from serment.catalogues.selectors import prices
from serment.formats.money import format_euros

TYPES = {"0": "princeps", "1": "générique", "2": "générique par complémentarité", "4": "substituable"}
MEMBERS = 60


@dataclass(frozen=True)
class Box:
    """``price``: what the pharmacy charges, its fee included; ``note``: an announced shortage of this very box."""

    label: str
    rate: str
    price: str
    marketed: bool
    note: str = ""


@dataclass(frozen=True)
class Member:
    """A medicine of the same generic group."""

    key: str
    name: str
    type: str
    price: str
    shortage: str
    itself: bool


@dataclass(frozen=True)
class Supply:
    """``group``: the label of the *répertoire*; empty where the medicine is in none: then nothing replaces it."""

    boxes: list[Box]
    shortages: list[str]
    group: str
    members: list[Member]


def of(medicine: Medicine) -> Supply:
    """Six queries whatever the size of the group."""
    announced = list(Shortage.objects.filter(medicine_key=medicine.key).exclude(code="4").order_by("-since"))
    by_box = {row.cip13: row.label for row in announced if row.cip13}
    rows = Presentation.objects.filter(medicine_key=medicine.key).order_by(
        "-marketed", "price_cents", "label"
    )
    boxes = [
        Box(
            row.label,
            row.rate.replace("%", "\u00a0%"),
            format_euros(row.public_cents) if row.public_cents is not None else "",
            row.marketed,
            by_box.get(row.cip13, ""),
        )
        for row in rows
    ]
    return Supply(boxes, [_said(row) for row in announced if not row.cip13], *_group(medicine))


def _said(row: Shortage) -> str:
    since = f" depuis le {row.since:%d/%m/%Y}" if row.since else ""
    back = f", retour annoncé le {row.back_on:%d/%m/%Y}" if row.back_on else ""
    return f"{row.label}{since}{back}"


def _group(medicine: Medicine) -> tuple[str, list[Member]]:
    if not medicine.generic_group:
        return "", []
    label = GenericGroup.objects.filter(code=medicine.generic_group).values_list("label", flat=True).first()
    rows = list(
        Medicine.objects.filter(generic_group=medicine.generic_group, withdrawn=False, marketed=True)
        .only("key", "name", "generic_type")
        .order_by("generic_type", "name")[:MEMBERS]
    )
    keys = [row.key for row in rows]
    price = prices(keys)
    short = dict(
        Shortage.objects.filter(medicine_key__in=keys, cip13="")
        .exclude(code="4")
        .values_list("medicine_key", "label")
    )
    members = [
        Member(
            row.key,
            row.name,
            TYPES.get(row.generic_type, ""),
            price.get(row.key, ""),
            short.get(row.key, ""),
            row.key == medicine.key,
        )
        for row in rows
    ]
    return label or "", members
