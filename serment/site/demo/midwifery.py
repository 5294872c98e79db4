"""The midwife of the demonstration: pregnancies at three stages, a young mother, a contraception; her own agenda."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.catalogues.orderables import search_orderables
from serment.journal import services as journal
from serment.patients.services import create_patient
from serment.prescribing import services as prescribing
from serment.prescribing.payloads import Line
from serment.record.kinds.allergy import Allergy
from serment.record.kinds.history import History
from serment.record.kinds.pregnancy import Pregnancy
from serment.record.kinds.screening import Screening
from serment.record.kinds.treatment import Treatment
from serment.record.kinds.vaccination import Vaccination
from serment.record.models import Entry
from serment.site.demo.people import identity
from serment.site.demo.teller import Teller
from serment.vault.keyring import Keyring

FIRST = 701
"""Numbers of these women, beyond the others' (`people.identity`): odd ones are women."""
PREGNANCY = ("Z34", "Surveillance d’une grossesse normale")
AGES = (31, 26, 35, 29, 24)


def follow_some(keyring: Keyring, midwife: Person) -> list[int]:
    """Her patients, told in her own name; their ids."""
    with journal.acting(midwife.pk):
        return [
            _told(keyring, midwife, FIRST + 2 * rank, age, story)
            for rank, (age, story) in enumerate(
                zip(AGES, (_third_term, _first_visit, _at_rest, _young_mother, _contraception), strict=True)
            )
        ]


@transaction.atomic
def _told(keyring: Keyring, midwife: Person, number: int, age: int, story: Callable[[Teller], None]) -> int:
    who, coverage = identity(number, timezone.localdate())
    born = date(timezone.localdate().year - age, 1 + number % 9, 1 + number % 27)
    who = who.model_copy(update={"birth_date": born, "used_family_name": ""})
    patient = create_patient(
        keyring=keyring,
        author=midwife,
        identity=who,
        coverage=coverage.model_copy(update={"nir": "", "ald": False}),
        circle_ids=[midwife.practitioner.circle_id],  # type: ignore[union-attr]
    )
    story(Teller(keyring, midwife, int(patient.pk), who, number))
    return int(patient.pk)


def _pregnant(t: Teller, weeks: int, **more: int) -> date:
    """A pregnancy of so many weeks, declared; its last menses."""
    lmp = t.today - timedelta(weeks=weeks, days=2)
    began = lmp + timedelta(days=14)
    found = Pregnancy(
        lmp=lmp, began_on=began, gravidity=more.get("gravidity", 1), parity=more.get("parity", 0)
    )
    t.write(max(1, 7 * (weeks - 9)), ("pregnancy", found))
    return lmp


def _visits(t: Teller, lmp: date, seen: tuple[tuple[int, int, int, float, int], ...]) -> Entry:
    """Monthly visits: (weeks, fundal height or 0, heart beats or 0, weight, systolic). The last one."""
    for weeks, height, beat, weight, systolic in seen:
        found: dict[str, float] = {"weight": weight, "systolic": systolic, "diastolic": systolic - 44}
        found |= {"fundal_height": height} if height else {}
        found |= {"fetal_heart_rate": beat} if beat else {}
        last = t.visit(
            (t.today - lmp).days - 7 * weeks,
            "consultation de grossesse",
            "Mouvements actifs perçus." if weeks > 20 else "Nausées le matin, sans vomissement.",
            "Présentation céphalique, pas d’œdème." if weeks > 30 else "Bandelette urinaire négative.",
            "Examens du mois prescrits, prochain rendez-vous dans quatre semaines.",
            PREGNANCY,
            found,
        )
    return last


def _third_term(t: Teller) -> None:
    lmp = _pregnant(t, 33, gravidity=2, parity=1)
    t.write(150, ("history", History(text="Naissance à terme, allaitement de six mois", when="2023")))
    last = _visits(
        t,
        lmp,
        (
            (12, 0, 158, 62.4, 112),
            (16, 14, 152, 63.8, 110),
            (20, 18, 148, 65.6, 114),
            (24, 22, 146, 67.2, 112),
            (28, 26, 142, 69.0, 116),
            (32, 30, 140, 70.4, 118),
        ),
    )
    t.write(
        30,
        (
            "vaccination",
            Vaccination(antigen="dtcap", given_on=t.day(30), lot="DG41", site="left_arm", route="im"),
        ),
    )
    t.ordonnance(last, "fer 80", moments=["evening"], duration=2, duration_unit="month")
    _biology(t, last, ("nfs", "glycémie"), "Grossesse, huitième mois")


def _first_visit(t: Teller) -> None:
    lmp = _pregnant(t, 9)
    t.write(14, ("allergy", Allergy(substance="Amoxicilline", reaction="urticaire", severity="moderate")))
    last = _visits(t, lmp, ((8, 0, 0, 58.2, 108),))
    t.ordonnance(last, "acide folique", moments=["morning"], duration=1, duration_unit="month")


def _at_rest(t: Teller) -> None:
    """A pressure that rises: the doctor is asked."""
    lmp = _pregnant(t, 26, gravidity=3, parity=2)
    _visits(
        t,
        lmp,
        (
            (12, 0, 156, 74.0, 122),
            (18, 17, 150, 75.4, 126),
            (22, 21, 148, 76.8, 132),
            (25, 24, 146, 78.9, 138),
        ),
    )
    t.visit(
        4,
        "tension à surveiller",
        "Maux de tête depuis deux jours, pas de trouble de la vue.",
        "Œdèmes des chevilles, bandelette : traces de protéines.",
        "Avis du médecin demandé ce jour, bilan prescrit.",
        PREGNANCY,
        {"systolic": 142, "diastolic": 91, "weight": 79.8},
    )


def _young_mother(t: Teller) -> None:
    born = t.day(24)
    t.write(
        23,
        (
            "pregnancy",
            Pregnancy(
                lmp=born - timedelta(days=278),
                gravidity=1,
                parity=0,
                status="ended",
                ended_on=born,
                outcome="birth",
            ),
        ),
    )
    for days, text in (
        (20, "Montée de lait, crevasse à droite."),
        (12, "Allaitement bien en place, sommeil court."),
    ):
        t.visit(
            days,
            "suites de naissance, visite à domicile",
            text,
            "Utérus bien rétracté, périnée cicatrisé.",
            "Conseils donnés, rééducation périnéale à prévoir.",
            None,
            {"temperature": 36.9, "systolic": 114, "diastolic": 68},
        )


def _contraception(t: Teller) -> None:
    t.write(
        380,
        (
            "treatment",
            Treatment(label="Désogestrel 75 microgrammes, comprimé", dosage="1 par jour", since=t.day(375)),
        ),
        ("screening", Screening(exam="cervix", done_on=t.day(200), result="normal")),
    )
    last = t.visit(
        18,
        "suivi gynécologique, contraception",
        "Bonne tolérance, pas d’oubli.",
        "Seins souples, pas de nodule.",
        "Même contraception, pas de dépistage avant deux ans.",
        ("Z30", "Prise en charge d’une contraception"),
        {"weight": 57.4, "systolic": 110, "diastolic": 66},
    )
    t.ordonnance(last, "désogestrel 75", times_a_day=1, duration=3, duration_unit="month")


def _biology(t: Teller, encounter: Entry, words: tuple[str, ...], reason: str) -> None:
    found = [hits[0] for text in words if (hits := search_orderables("nabm", text))]
    prescribing.issue(
        keyring=t.keyring,
        author=t.doctor,
        patient_id=t.patient_id,
        encounter_id=encounter.pk,
        kind="biology",
        lines=[Line(text=act.common or act.label, code=act.key) for act in found],
        details={"reason": reason, "coverage": "maternity"},
    )
