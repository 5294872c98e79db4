"""Screenings and monitoring due: by age and sex, by disease and treatment, from what was last done."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.utils import timezone

from serment.record import reminders
from serment.record.kinds.problem import Problem
from serment.record.kinds.screening import Screening
from serment.record.kinds.treatment import Treatment
from serment.record.reminders import Known
from serment.record.tracks import Track, Tracks

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("age", "sex", "count"),
    [(27, "F", 1), (35, "F", 1), (55, "F", 3), (55, "M", 1), (80, "F", 0), (20, "M", 0)],
)
def test_screenings_by_age_and_sex(age, sex, count):
    found = reminders.screenings_due(date(TODAY.year - age, 1, 1), sex, [], TODAY)
    assert len(found) == count and all(r.last is None and r.source and r.late for r in found)
    assert {r.since for r in found} <= {"aucun au dossier, à demander"}


def test_a_screening_comes_back_after_its_time_and_the_practitioner_prevails():
    born = date(1965, 1, 1)
    done = [Screening(exam="colon", done_on=date(2024, 5, 1))]
    found = {r.what: r for r in reminders.screenings_due(born, "M", done, TODAY)}
    due = found["dépistage du cancer colorectal"]
    assert (due.due_on, due.late, due.last) == (date(2026, 5, 1), True, date(2024, 5, 1))
    decided = [Screening(exam="colon", done_on=date(2026, 5, 1), next_on=date(2029, 5, 1))]
    (only,) = reminders.screenings_due(born, "M", decided, TODAY)
    assert only.due_on == date(2029, 5, 1) and only.source == "le praticien"


def known(problems=(), treatments=(), screenings=(), tracks=()):
    return Known(list(problems), list(treatments), list(screenings), Tracks(list(tracks), []))


def track(loinc, label, day):
    moment = timezone.make_aware(datetime.combine(day, datetime.min.time().replace(hour=12)))
    return Track((loinc, "u"), label, "u", [(moment, 1.0)])


def test_a_diabetic_is_watched_from_the_last_value_whoever_measured():
    found = {
        r.what: r
        for r in reminders.monitoring_due(
            known(
                [Problem(label="Diabète de type 2", code="E11.9")],
                screenings=[Screening(exam="eye", done_on=date(2025, 12, 1))],
                tracks=[
                    track("4548-4", "HbA1c", date(2026, 7, 1)),
                    track("x", "Créatinine sang", date(2026, 11, 1)),
                ],
            ),
            TODAY,
        )
    }
    assert found["HbA1c"].due_on == date(2026, 10, 1) and found["HbA1c"].late
    assert found["HbA1c"].rule == "Diabète de type 2, tous les 3 mois" and "HAS" in found["HbA1c"].source
    assert found["créatinine et débit de filtration"].due_on == date(2027, 11, 1)
    assert found["fond d’œil"].due_on == date(2027, 12, 1)
    feet = found["examen des pieds"]
    assert feet.last is None and feet.late and feet.since == "aucun au dossier, à demander"


def test_a_treatment_is_watched_by_the_words_of_its_label():
    found = reminders.monitoring_due(known(treatments=[Treatment(label="Fluindione 20 mg, comprimé")]), TODAY)
    assert [(r.what, r.rule) for r in found] == [("INR", "Fluindione 20 mg, comprimé, tous les mois")]
    assert reminders.monitoring_due(known(treatments=[Treatment(label="Paracétamol")]), TODAY) == []


def test_what_was_never_done_counts_from_the_first_day_of_the_treatment():
    (due,) = reminders.monitoring_due(
        known(treatments=[Treatment(label="Metformine 500 mg", since=date(2025, 3, 1))]), TODAY
    )
    assert due.due_on == date(2025, 3, 1) and due.late and due.since == "aucun au dossier, à demander"


def test_what_two_rules_watch_is_said_once():
    both = known([Problem(label="Hypothyroïdie", code="E03.9")], [Treatment(label="Lévothyroxine 75 µg")])
    assert [r.what for r in reminders.monitoring_due(both, TODAY)] == ["TSH"]


def test_every_rule_names_its_source_and_where_to_look():
    rules = reminders.rules()
    assert rules["dated"] and "à vérifier" in reminders.source()
    for rule in rules["rule"]:
        assert rule["source"] and (rule.get("problems") or rule.get("treatments"))
        assert rule.get("exam") or rule.get("loinc") or rule.get("words") or rule.get("measures")
