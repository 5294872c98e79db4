"""The claim on the official paper form: text put at the form's places, moved by the printer's offsets.

The places are `data/paper_forms.csv`, measured on no official form: « à vérifier ». The calibration page says where
each text would fall; the practice lays it on its own form, and keeps the offsets by printer and profession.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils import timezone

from serment.billing.models import Claim
from serment.billing.payloads import ClaimPayload
from serment.documents import overlay_pdf
from serment.documents.models import OverlayDocument, Placed
from serment.formats import dates
from serment.formats.money import format_euros
from serment.formats.nir import format_nir
from serment.practice.models import Practice
from serment.practice.professions import PROFESSIONS
from serment.transmission import files
from serment.transmission.insured import Insured
from serment.transmission.models import PaperLayout
from serment.transmission.payloads import SheetDetails

LINES = 8
"""Acts that one form has room for (`data/paper_forms.csv`)."""
MARK = "X"


@dataclass(frozen=True)
class Place:
    """``step``: millimetres between two characters of a comb; 0 for plain text."""

    label: str
    x: float
    y: float
    step: float
    size: float


@cache
def _forms() -> dict[str, dict[str, Place]]:
    found: dict[str, dict[str, Place]] = {}
    path = Path(__file__).parent / "data" / "paper_forms.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            found.setdefault(row["form"], {})[row["field"]] = Place(
                row["label"], float(row["x"]), float(row["y"]), float(row["step"]), float(row["size"])
            )
    return found


def form_of(profession: str) -> dict[str, Place]:
    """Doctors, dentists and midwives have one form, the auxiliaries another (which asks the prescription)."""
    return _forms()["medecin" if PROFESSIONS[profession].medical else "auxiliaire"]


def offsets(profession: str, printer: str = "") -> tuple[float, float]:
    """Millimetres (right, down) of a printer; of the last one set for this profession when none is named."""
    rows = PaperLayout.objects.filter(profession=profession).order_by("-updated_at")
    found = (rows.filter(printer=printer) if printer else rows).first()
    return (found.right / 10, found.down / 10) if found else (0.0, 0.0)


def _placed(texts: dict[str, str], form: dict[str, Place], moved: tuple[float, float]) -> list[Placed]:
    right, down = moved
    found: list[Placed] = []
    for name, text in texts.items():
        place = form.get(name)
        if place is None or not text:
            continue
        pieces = list(enumerate(text)) if place.step else [(0, text)]
        found += [
            Placed(
                x=place.x + right + place.step * rank,
                y=place.y + down,
                text=piece,
                size=place.size,
                strong=name in ("duplicate", "total"),
            )
            for rank, piece in pieces
            if piece.strip()
        ]
    return found


def _day(day: object) -> str:
    return f"{day:%d%m%Y}" if day else ""


def _texts(
    claim: Claim, payload: ClaimPayload, details: SheetDetails, patient: Insured, duplicate: bool
) -> list[dict[str, str]]:
    """Each form's texts by place: more than `LINES` acts go on over other forms, each with its own total."""
    care_on = dates.short(files.care_on(details, claim, payload))
    priced = [line for line in payload.lines if line.amount_cents or line.excess_cents]
    excess = [line.excess_cents for line in priced]
    if priced and sum(excess) != claim.excess_cents:
        excess = [claim.excess_cents] + [0] * (len(priced) - 1)
    rows = list(zip(priced, excess, strict=True))
    parts = [rows[start : start + LINES] for start in range(0, len(rows), LINES)] or [[]]
    common = _common(claim, payload, details, patient, duplicate)
    found = []
    for rank, part in enumerate(parts, 1):
        total = sum(line.amount_cents + more for line, more in part) if part else claim.total_cents
        texts = common | {"total": format_euros(total)}
        if len(parts) > 1:
            texts["number"] = f"{claim.number} ({rank}/{len(parts)})"
        for place, (line, more) in enumerate(part, 1):
            texts |= {
                f"act{place}_on": care_on,
                f"act{place}_code": line.code,
                f"act{place}_fee": format_euros(line.amount_cents),
                f"act{place}_extra": format_euros(more) if more else "",
            }
        found.append(texts)
    return found


def _common(
    claim: Claim, payload: ClaimPayload, details: SheetDetails, patient: Insured, duplicate: bool
) -> dict[str, str]:
    """What every form of a claim says: who, for whom, by what insurance."""
    coverage, payee = patient.coverage, files.payee_of(details, claim, payload, patient.coverage)
    return {
        "duplicate": "DUPLICATA" if duplicate else "",
        "number": claim.number,
        "patient": patient.who.display_name,
        "born": _day(patient.who.birth_date),
        "nir": format_nir(coverage.nir).replace("\u00a0", "").replace(" ", "") if coverage.nir else "",
        "fund": f"{coverage.scheme}{coverage.fund}{coverage.centre}",
        "insured": "" if coverage.insured_is_patient else coverage.insured_name,
        "who": claim.practitioner.display_name,
        "who_number": claim.practitioner.am_number,
        "illness": MARK if details.insurance in ("10", "13", "90") else "",
        "maternity": MARK if details.insurance == "30" else "",
        "maternity_on": _day(details.maternity_on),
        "accident": MARK if details.insurance == "41" else "",
        "accident_on": _day(details.accident_on),
        "exemption": "ALD" if coverage.ald and payload.rate == 100 else "",
        "prescriber": details.prescriber,
        "prescribed_on": _day(details.prescribed_on),
        "no_amo": MARK if payee in ("05", "15") else "",
        "no_amc": MARK if payee in ("15", "25") else "",
    }


def sheet_pdf(
    *,
    practice: Practice,
    claim: Claim,
    payload: ClaimPayload,
    details: SheetDetails,
    patient: Insured,
    duplicate: bool = False,
    printer: str = "",
) -> bytes:
    """The overlay to print onto the practice's paper forms. A form takes eight acts: more take another, a page each."""
    profession = claim.practitioner.profession
    form, moved = form_of(profession), offsets(profession, printer)
    return overlay_pdf(
        OverlayDocument(
            title="Feuille de soins",
            on=claim.established_on,
            pages=[
                _placed(texts, form, moved) for texts in _texts(claim, payload, details, patient, duplicate)
            ],
            demo=practice.is_demo,
        )
    )


def calibration_pdf(*, practice: Practice, profession: str, printer: str = "") -> bytes:
    """A grid in millimetres with the name of each place, moved as the sheets would be."""
    form = form_of(profession)
    right, down = offsets(profession, printer)
    return overlay_pdf(
        OverlayDocument(
            title="Page de calage",
            on=timezone.localdate(),
            pages=[[Placed(x=p.x + right, y=p.y + down, text=p.label) for p in form.values()]],
            calibration=True,
            note="Page de calage : posez-la sur une feuille de soins vierge, face à la lumière. Mesurez de combien les "
            "cadres rouges s’écartent des cases, et notez ces millimètres dans Serment (vers la droite, vers le bas). "
            "Les emplacements sont à vérifier : aucune feuille officielle n’a servi à les mesurer.",
            demo=practice.is_demo,
        )
    )
