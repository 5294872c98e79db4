"""What the records of the demonstration tell: each by the patient's age and sex, some told at length."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from pydantic import BaseModel

from serment.record.kinds.allergy import Allergy
from serment.record.kinds.history import History
from serment.record.kinds.lifestyle import Lifestyle
from serment.record.kinds.note import Note
from serment.record.kinds.observation import Observation
from serment.record.kinds.pregnancy import Pregnancy
from serment.record.kinds.problem import Problem
from serment.record.kinds.screening import Screening
from serment.record.kinds.situation import Situation
from serment.record.kinds.treatment import Treatment
from serment.record.kinds.vaccination import Vaccination
from serment.site.demo import childhood
from serment.site.demo.teller import Teller

HYPERTENSION = ("I10", "Hypertension artérielle essentielle")
DIABETES = ("E11", "Diabète de type 2")
BACK = ("M54.5", "Lombalgie")
COLD = ("J06", "Infection aiguë des voies respiratoires supérieures")
THYROID = ("E03", "Hypothyroïdie")
DIABETIC, THYROID_PATIENT = 7, 3


def _lab(
    t: Teller, days_ago: float, what: tuple[str, str, str], value: float, usual: tuple[float, float]
) -> None:
    """A laboratory's value, noted two days after it was taken. ``what``: label, LOINC code, unit."""
    label, loinc, unit = what
    taken = t.day(days_ago + 2)
    found = Observation(
        label=label, loinc=loinc, unit=unit, value=value, low=usual[0], high=usual[1], taken_on=taken
    )
    t.write(days_ago, ("observation", found))


def _hypertension(t: Teller) -> None:
    """Three years of pressures: a first treatment stopped, a second one that holds."""
    years = 3 if t.number == 0 else 1
    t.write(
        365 * years,
        ("problem", Problem(code=HYPERTENSION[0], label=HYPERTENSION[1], since=str(t.today.year - years))),
        (
            "treatment",
            Treatment(
                label="Amlodipine 5 mg, gélule",
                dosage="1 le matin",
                since=t.day(365 * years - 10),
                status="stopped" if years > 1 else "running",
                until=t.day(500) if years > 1 else None,
                reason="œdèmes des chevilles" if years > 1 else "",
            ),
        ),
    )
    if years > 1:
        ramipril = Treatment(label="Ramipril 5 mg, comprimé", dosage="1 le matin", since=t.day(500))
        t.write(500, ("treatment", ramipril))
    last = None
    for visit in range(4 * years, 0, -1):
        early = visit / (4 * years)
        high = round(132 + 24 * early + t.pick.uniform(-5, 5))
        last = t.visit(
            91 * visit - 40,
            "renouvellement, tension",
            "Se sent bien. Automesures notées dans le carnet.",
            "Auscultation normale, pas d’œdème.",
            "Même traitement, contrôle dans trois mois.",
            HYPERTENSION,
            {
                "systolic": high,
                "diastolic": round(78 + 12 * early + t.pick.uniform(-3, 3)),
                "heart_rate": round(t.pick.uniform(64, 78)),
                "weight": round(78 + t.pick.uniform(-1, 1), 1),
            },
        )
    _lab(t, 150, ("Potassium", "2823-3", "mmol/L"), 4.2, (3.5, 5))
    if last is not None:
        t.ordonnance(
            last,
            "ramipril 5" if years > 1 else "amlodipine 5",
            moments=["morning"],
            duration=3,
            duration_unit="month",
        )


def _diabetes(t: Teller) -> None:
    t.write(
        1200,
        ("problem", Problem(code=DIABETES[0], label=DIABETES[1], since=str(t.today.year - 4))),
        (
            "treatment",
            Treatment(label="Metformine 500 mg, comprimé", dosage="1 matin et soir", since=t.day(1190)),
        ),
        ("history", History(side="family", relative="mère", text="Diabète de type 2", code="E11")),
        (
            "lifestyle",
            Lifestyle(agreed=True, tobacco="former", pack_years=12, activity="marche"),
        ),
        ("screening", Screening(exam="eye", done_on=t.day(800), result="pas de rétinopathie")),
    )
    many = 8 if t.number == DIABETIC else 3
    last = None
    for step in range(many, 0, -1):
        days = 95 * step - 50
        value = round(6.9 + 0.22 * step + t.pick.uniform(-0.1, 0.1), 1)
        _lab(t, days + 4, ("Hémoglobine glyquée (HbA1c)", "4548-4", "%"), value, (4, 6))
        last = t.visit(
            days,
            "suivi du diabète",
            "Marche une demi-heure par jour. Pas d’hypoglycémie.",
            "Pieds sains, pouls perçus, sensibilité conservée.",
            "Bilan biologique dans trois mois.",
            DIABETES,
            {
                "weight": round(84 + 0.4 * step, 1),
                "height": 164 if t.who.sex == "F" else 175,
                "systolic": round(t.pick.uniform(126, 138)),
                "diastolic": round(t.pick.uniform(74, 82)),
            },
        )
    _lab(t, 300, ("Créatinine", "14682-9", "µmol/L"), 74, (45, 84))
    if last is not None:
        t.ordonnance(
            last, "metformine 500", moments=["morning", "evening"], duration=3, duration_unit="month"
        )


def _thyroid(t: Teller) -> None:
    t.write(
        700,
        ("problem", Problem(code=THYROID[0], label=THYROID[1], since=str(t.today.year - 2))),
        (
            "treatment",
            Treatment(label="Lévothyroxine 75 microgrammes", dosage="1 le matin à jeun", since=t.day(690)),
        ),
    )
    for step, value in enumerate((9.8, 5.1, 3.2, 2.4)):
        days = 690 - 170 * step
        _lab(t, days, ("TSH", "3016-3", "mUI/L"), value, (0.4, 4))
    last = t.visit(
        120,
        "suivi, fatigue",
        "Moins fatiguée, sommeil meilleur.",
        "Thyroïde souple.",
        "Même dose, TSH dans un an.",
        THYROID,
        {"weight": 63.5, "height": 167, "heart_rate": 68},
    )
    t.ordonnance(last, "lévothyroxine 75", moments=["morning"], duration=6, duration_unit="month")


def _pregnancy(t: Teller) -> None:
    lmp = t.today - timedelta(weeks=24, days=3)
    began = lmp + timedelta(days=15)
    t.write(
        110,
        ("pregnancy", Pregnancy(lmp=lmp, began_on=began, gravidity=1, note="déclaration faite")),
        ("situation", Situation(work="vendeuse, debout une partie du jour")),
    )
    seen = ((8, None, None, 61.2), (13, None, 158, 61.8), (18, 16, 150, 64.1), (22, 21, 146, 66.0))
    for weeks, height, beat, weight in seen:
        found = {"weight": weight, "systolic": 112 + weeks % 5, "diastolic": 68}
        found |= {"fundal_height": height} if height else {}
        found |= {"fetal_heart_rate": beat} if beat else {}
        t.visit(
            (t.today - lmp).days - 7 * weeks - 2,
            "consultation de grossesse",
            "",
            "Col long, postérieur." if weeks > 12 else "",
            "Examens du mois prescrits.",
            ("Z34", "Surveillance d’une grossesse normale"),
            found,
            way="grossesse",
            answers=({"Mouvements actifs": "oui"} if weeks > 18 else {})
            | {"Contractions": "non", "Saignements": "non", "Protéines à la bandelette": "0"},
        )


def _back(t: Teller) -> None:
    last = t.visit(
        60 + t.pick.randrange(40),
        "douleur lombaire après effort",
        "Depuis le jardinage de samedi. Pas d’irradiation.",
        "Contracture, pas de signe neurologique.",
        "Reprise des activités dès que possible.",
        BACK,
        {"weight": round(t.pick.uniform(60, 84), 1), "height": 164 if t.who.sex == "F" else 178},
    )
    t.ordonnance(last, "ibuprofène 400", times_a_day=3, duration=5)


def _cold(t: Teller) -> None:
    last = t.visit(
        35 + t.pick.randrange(60),
        "toux et fièvre depuis deux jours",
        "Rhinorrhée claire, toux sèche, fièvre à 38,2 °C.",
        "Gorge érythémateuse, tympans normaux, auscultation libre.",
        "Virose, traitement des symptômes. Revoir si cela persiste.",
        COLD,
        {"temperature": 38.2, "heart_rate": 88},
    )
    t.ordonnance(last, "paracétamol 1 g", times_a_day=3, duration=4, as_needed=True)


def _dressings(t: Teller) -> None:
    """Followed at home: the nurse comes three times a week."""
    t.write(
        90,
        ("problem", Problem(code="L97", label="Ulcère du membre inférieur", since=str(t.today.year))),
        ("situation", Situation(family="vit seule, sa fille passe chaque jour")),
        (
            "note",
            Note(
                subject="Soins à domicile",
                text="L’infirmière passe trois fois par semaine pour le pansement.",
            ),
        ),
    )
    for step, (length, width) in enumerate(((46, 30), (41, 26), (33, 21), (24, 15))):
        t.visit(
            80 - 22 * step,
            "pansement d’ulcère, visite",
            "Douleur à 3 sur 10 au soin.",
            f"Plaie de {length} sur {width} mm, propre, bords souples.",
            "Poursuite du pansement et de la compression.",
            ("L97", "Ulcère du membre inférieur"),
            {"systolic": 138, "diastolic": 76},
            (
                "observation",
                Observation(label="Longueur de la plaie", code="plaie-longueur", value=length, unit="mm"),
            ),
        )


def _rehabilitation(t: Teller) -> None:
    """A knee prosthesis, with the physiotherapist."""
    t.write(
        120,
        ("history", History(side="surgical", text="Prothèse totale du genou droit", when=str(t.today.year))),
        ("problem", Problem(code="M17", label="Gonarthrose", since=str(t.today.year - 6))),
    )
    for step, angle in enumerate((70, 85, 100, 112)):
        t.visit(
            100 - 26 * step,
            "suites de prothèse du genou",
            "Marche avec une canne.",
            f"Flexion {angle}°, extension complète, cicatrice propre.",
            "Rééducation : vingt séances, bilan à suivre.",
            ("M17", "Gonarthrose"),
            None,
            (
                "observation",
                Observation(label="Flexion du genou droit", code="flexion-genou", value=angle, unit="°"),
            ),
        )


SPECIAL: dict[int, Callable[[Teller], None]] = {
    0: _hypertension,
    1: _pregnancy,
    THYROID_PATIENT: _thyroid,
    DIABETIC: _diabetes,
    9: _dressings,
    16: _rehabilitation,
}
YOUNG, OLD = (_back, _cold), (_hypertension, _diabetes, _hypertension, _cold)


def _background(t: Teller) -> None:
    """History, allergy and vaccines of an adult: nothing before birth, nothing of another age."""
    born = t.who.birth_date.year
    entries: list[tuple[str, BaseModel]] = []
    if t.number % 3 == 0:
        year = born + 9 + t.pick.randrange(15)
        entries.append(("history", History(side="surgical", text="Appendicectomie", when=str(year))))
    if t.number % 4 == 1 and t.age > 40:
        entries.append(
            ("history", History(side="family", relative="père", text="Infarctus du myocarde à 62 ans"))
        )
    if t.number % 5 == 2:
        entries.append(
            ("lifestyle", Lifestyle(agreed=True, tobacco="current", pack_years=max(1, (t.age - 18) // 2)))
        )
    if t.age >= 65:
        last = t.today.year - (1 if t.today.month < 10 or t.number % 3 else 0)
        given = min(t.today, t.today.replace(year=last, month=10, day=1 + t.number % 20))
        t.write(
            (t.today - given).days, ("vaccination", Vaccination(antigen="flu", given_on=given, lot="DG25"))
        )
    if t.age >= 50 and t.number % 2:
        test = Screening(exam="colon", done_on=t.day(500 + 20 * t.number), result="négatif")
        entries.append(("screening", test))
    if entries:
        t.write(400 + t.number, *entries)


@transaction.atomic
def tell(t: Teller) -> None:
    """Write the whole record of one patient, at once: what it holds is written in one go on the disk."""
    if t.number % 4 == 0:
        allergy = Allergy(substance="Amoxicilline", reaction="urticaire", severity="moderate")
        t.write(350, ("allergy", allergy))
    if t.age < 18:
        childhood.tell(t)
        return
    _background(t)
    story = SPECIAL.get(t.number) or (OLD if t.age >= 50 else YOUNG)[t.number % (4 if t.age >= 50 else 2)]
    story(t)
