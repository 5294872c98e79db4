"""Which right holds for which legal basis, by when to answer, and on what ground to refuse (R9.2-R9.6).

The matrix is the standard reading of articles 15 to 21 RGPD; the delays of L.1111-7 CSP hold for the medical file.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

Right = str

RIGHTS = ("access", "rectification", "erasure", "limitation", "opposition", "portability")
LABELS = {
    "access": "accès",
    "rectification": "rectification",
    "erasure": "effacement",
    "limitation": "limitation",
    "opposition": "opposition",
    "portability": "portabilité",
}


@dataclass(frozen=True)
class Ground:
    """Why a right does not hold. ``code`` is kept with the refusal."""

    code: str
    text: str


GROUNDS = {
    ground.code: ground
    for ground in (
        Ground(
            "17.3.b",
            "Ces données sont tenues par obligation légale : elles ne peuvent être effacées avant leur terme "
            "(article 17.3.b du RGPD ; article R.1112-7 du code de la santé publique pour leur durée, par analogie).",
        ),
        Ground(
            "21.1",
            "Le droit d’opposition ne vaut que pour l’intérêt public ou l’intérêt légitime ; la "
            "tenue du dossier est une "
            "obligation légale (article 21.1 du RGPD ; section 9 du référentiel).",
        ),
        Ground(
            "20.1",
            "La portabilité ne vaut que pour les traitements fondés sur le consentement ou un contrat (article 20.1 du "
            "RGPD). Une copie complète vous est remise au titre du droit d’accès.",
        ),
        Ground(
            "17.1.c",
            "L’effacement suppose que l’opposition ait abouti ou que les données ne soient plus "
            "nécessaires (article 17.1 "
            "du RGPD).",
        ),
        Ground("12.6", "L’identité du demandeur n’a pas pu être vérifiée (article 12.6 du RGPD)."),
        Ground("12.5", "La demande est manifestement infondée ou excessive (article 12.5 du RGPD)."),
    )
}

# basis → right → "" when it holds, else the code of the ground that refuses it. « ? »: depends, a person decides.
MATRIX: dict[str, dict[Right, str]] = {
    "6.1.c": {
        "access": "",
        "rectification": "",
        "erasure": "17.3.b",
        "limitation": "",
        "opposition": "21.1",
        "portability": "20.1",
    },
    "6.1.e": {
        "access": "",
        "rectification": "",
        "erasure": "17.1.c",
        "limitation": "",
        "opposition": "",
        "portability": "20.1",
    },
    "6.1.f": {
        "access": "",
        "rectification": "",
        "erasure": "17.1.c",
        "limitation": "",
        "opposition": "",
        "portability": "20.1",
    },
}


def allowed(basis: str, right: Right) -> bool:
    return MATRIX[basis][right] == ""


def ground_of(basis: str, right: Right) -> Ground | None:
    """Why the right does not hold for this basis; None when it does."""
    code = MATRIX[basis][right]
    return GROUNDS[code] if code else None


def due(right: Right, received: date, *, old_file: bool = False, extended: bool = False) -> date:
    """Last day to answer. ``old_file``: the medical information is more than five years old (L.1111-7 CSP).

    Access to the medical file: eight days, two months when old. Anything else: one month, three when extended.
    """
    if right == "access":
        return add_months(received, 2) if old_file else received + timedelta(days=8)
    return add_months(received, 3 if extended else 1)


def add_months(day: date, months: int) -> date:
    """Same day some months later, the last of the month where it has no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
