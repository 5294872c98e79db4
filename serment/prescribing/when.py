"""When a medicine is taken: the choices of the ordonnance's page, each a part of a structured dosage."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from serment.prescribing.payloads import MOMENTS, Dosage

_LETTERS = {"morning": "m", "noon": "n", "evening": "s", "bedtime": "c"}
_SHORT = {"morning": "matin", "noon": "midi", "evening": "soir", "bedtime": "coucher"}
_HOURS = (2, 3, 4, 6, 8, 12, 24, 48, 72)


def _moments() -> dict[str, tuple[str, dict[str, Any]]]:
    """« le matin », « matin et soir », « matin, midi, soir et coucher »: every set of moments."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for count in range(1, len(MOMENTS) + 1):
        for chosen in combinations(MOMENTS, count):
            names = [_SHORT[moment] for moment in chosen]
            label = MOMENTS[chosen[0]] if count == 1 else " et ".join([", ".join(names[:-1]), names[-1]])
            found["".join(_LETTERS[moment] for moment in chosen)] = (label, {"moments": list(chosen)})
    return found


GROUPS: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {
    "Moments du jour": _moments(),
    "Fois par jour": {
        "1": ("1 fois par jour", {"times_a_day": 1}),
        **{str(n): (f"{n} fois par jour", {"times_a_day": n}) for n in (2, 3, 4, 5, 6)},
        "u": ("en une prise unique", {"single": True}),
    },
    "À intervalle fixe": {
        f"h{hours}": (f"toutes les {hours} heures", {"every_hours": hours}) for hours in _HOURS
    },
    "Pas tous les jours": {
        "2j": ("un jour sur deux", {"every_days": 2}),
        **{f"{n}j": (f"tous les {n} jours", {"every_days": n}) for n in (3, 4, 5, 6, 10)},
        "sem": ("une fois par semaine", {"every_days": 7}),
        "semm": ("le matin, une fois par semaine", {"every_days": 7, "moments": ["morning"]}),
        **{f"{n}sem": (f"{n} fois par semaine", {"times_a_week": n}) for n in (2, 3, 4, 5)},
        "14j": ("toutes les 2 semaines", {"every_days": 14}),
        "21j": ("toutes les 3 semaines", {"every_days": 21}),
        "28j": ("toutes les 4 semaines", {"every_days": 28}),
        "mois": ("une fois par mois", {"every_months": 1}),
        **{f"{n}mois": (f"tous les {n} mois", {"every_months": n}) for n in (2, 3, 6)},
        "an": ("une fois par an", {"every_months": 12}),
    },
}
WHEN = {code: choice for group in GROUPS.values() for code, choice in group.items()}
_NEUTRAL: dict[str, Any] = {
    "moments": [],
    "times_a_day": 1,
    "every_days": 1,
    "every_hours": 0,
    "times_a_week": 0,
    "every_months": 0,
    "single": False,
}


def when_code(dosage: Dosage) -> str:
    """The choice that says this dosage; empty where none does."""
    for code, (_, values) in WHEN.items():
        if all(getattr(dosage, name) == value for name, value in (_NEUTRAL | values).items()):
            return code
    return ""
