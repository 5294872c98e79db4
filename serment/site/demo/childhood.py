"""Children of the demonstration: growth on the WHO's standards, vaccines of their age, ordinary troubles."""

from __future__ import annotations

from datetime import timedelta

from serment.record import growth
from serment.record.kinds.history import History
from serment.record.kinds.problem import Problem
from serment.record.kinds.vaccination import Vaccination
from serment.record.prevention import months_after
from serment.site.demo.teller import Teller

EXAMS = (
    0,
    1,
    2,
    3,
    4,
    6,
    9,
    12,
    16,
    20,
    24,
    30,
    36,
    48,
    60,
    72,
    84,
    96,
    108,
    120,
    132,
    144,
    156,
    168,
    180,
    192,
)
HEAD_UNTIL = 36
DOSES = (
    ("dtcap_hib_hepb", (2, 4, 11)),
    ("pneumo", (2, 4, 11)),
    ("men_b", (3, 5, 12)),
    ("men_acwy", (6, 12)),
    ("ror", (12, 17)),
    ("dtcap", (73, 135)),
    ("hpv", (136, 143)),
)


def tell(t: Teller) -> None:
    """Growth since birth, doses given but the last one for some, and a consultation of this season."""
    age = growth.months_at(t.who.birth_date, t.today)
    z = {
        "height": t.pick.uniform(-1.1, 1.2),
        "build": t.pick.uniform(-0.9, 1.0),
        "head": t.pick.uniform(-0.8, 0.8),
    }
    for months in EXAMS:
        if months <= age - 0.3:
            values = _measured(t, z, months)
            if values:
                t.visit(
                    (age - months) * growth.MONTH,
                    "naissance" if months == 0 else "examen de l’enfant",
                    measures=values,
                    conclusion="Croissance et développement suivis.",
                )
    _vaccines(t, age)
    born = "Né" if t.who.sex == "M" else "Née"
    birth = History(side="personal", text=f"{born} à terme, sans difficulté", when=str(t.who.birth_date.year))
    t.write(200, ("history", birth))
    if t.number % 3 == 0:
        t.write(300, ("problem", Problem(code="J45", label="Asthme", since=str(t.who.birth_date.year + 2))))
    t.visit(
        40 + t.pick.randrange(30),
        "rhume et fièvre depuis deux jours",
        "Rhinorrhée claire, toux, mange un peu moins.",
        "Tympans normaux, auscultation libre, bon état général.",
        "Virose, traitement des symptômes. Revoir si la fièvre dure plus de trois jours.",
        ("J06", "Infection aiguë des voies respiratoires supérieures"),
        {"temperature": 38.3},
    )


def _measured(t: Teller, z: dict[str, float], months: float) -> dict[str, float]:
    def value(measure: str, at: float) -> float | None:
        found = growth.lms(measure, t.who.sex, months)
        return found.value(at + t.pick.uniform(-0.15, 0.15)) if found else None

    height = value("height", z["height"])
    if height is None:
        return {}
    weight = value("weight", (z["height"] + z["build"]) / 2)
    bmi = value("bmi", z["build"])
    if weight is None and bmi is not None:
        weight = bmi * (height / 100) ** 2
    found = {"height": round(height, 1)} | ({"weight": round(weight, 1)} if weight else {})
    head = value("head", z["head"]) if months <= HEAD_UNTIL else None
    return found | ({"head": round(head, 1)} if head else {})


def _vaccines(t: Teller, age: float) -> None:
    """One in three missed the last dose that was due: the catch-up shows."""
    doses = [(antigen, months) for antigen, ages in DOSES for months in ages if months < age]
    if t.number % 3 == 1 and doses:
        doses.remove(max(doses, key=lambda dose: dose[1]))
    for antigen, months in doses:
        day = months_after(t.who.birth_date, months) + timedelta(days=t.pick.randrange(9))
        if day < t.today:
            t.write(
                (t.today - day).days,
                (
                    "vaccination",
                    Vaccination(
                        antigen=antigen,  # type: ignore[arg-type]
                        given_on=day,
                        lot=f"D{t.pick.randrange(900) + 100}",
                        site="left_thigh" if months < 24 else "left_arm",
                        route="im",
                    ),
                ),
            )
