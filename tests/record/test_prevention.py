"""Vaccinations and screenings due, tests and formulas (their sources are in the data files)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from serment.record import prevention, services
from serment.record.form_of import form_of
from serment.record.kinds.lifestyle import Lifestyle
from serment.record.kinds.vaccination import ANTIGENS, Vaccination
from serment.vault.ids import encode
from serment.vault.marks import mark

TODAY = date(2026, 11, 24)


def due(born: date, *given: tuple[str, date]) -> dict[str, date]:
    doses = [Vaccination(antigen=antigen, given_on=day) for antigen, day in given]
    return {item.what: item.due_on for item in prevention.vaccines_due(born, doses, TODAY)}


def test_an_infant_of_three_months_without_any_vaccine():
    found = due(date(2026, 8, 24))
    assert found["pneumocoque"] == date(2026, 10, 24)
    assert found["méningocoque B"] == date(2026, 11, 24)
    assert found["rougeole, oreillons, rubéole"] == date(2027, 8, 24)


def test_a_dose_given_moves_to_the_next():
    found = due(date(2026, 8, 24), ("pneumo", date(2026, 10, 25)))
    assert found["pneumocoque"] == date(2026, 12, 24)


def test_an_adult_of_seventy_without_any_trace():
    found = due(date(1956, 5, 1))
    assert set(found) >= {"grippe", "zona", "pneumocoque"}
    assert "papillomavirus" not in found


def test_the_flu_comes_back_every_season():
    assert due(date(1956, 5, 1), ("flu", date(2026, 10, 15)))["grippe"] == date(2027, 10, 1)


def test_what_the_practitioner_decided_is_kept_until_the_next_dose():
    first = Vaccination(antigen="hepatitis_a", given_on=date(2026, 1, 5), next_on=date(2026, 7, 5))
    second = Vaccination(antigen="hepatitis_a", given_on=date(2026, 7, 9))
    born = date(1990, 1, 1)
    said = prevention.vaccines_due(born, [first], TODAY)
    assert [r.rule for r in said if r.what == "hépatite A"] == ["décidé au dernier vaccin"]
    assert not [r for r in prevention.vaccines_due(born, [first, second], TODAY) if r.what == "hépatite A"]


def test_the_practitioners_date_takes_the_place_of_the_rule():
    born = date(1981, 1, 1)
    given = Vaccination(antigen="dtp", given_on=date(2016, 1, 5), next_on=date(2027, 1, 5))
    said = [r for r in prevention.vaccines_due(born, [given], TODAY) if r.what == ANTIGENS["dtp"]]
    assert [(r.due_on, r.source) for r in said] == [(date(2027, 1, 5), "le praticien")]
    newer = Vaccination(antigen="dtcap", given_on=date(2026, 3, 5))
    assert not [r for r in prevention.vaccines_due(born, [given, newer], TODAY) if r.source == "le praticien"]


def test_habits_of_life_need_the_patients_agreement():
    form = form_of(Lifestyle)
    assert not form({"tobacco": "never"}).is_valid()
    agreed = form({"tobacco": "never", "agreed": "on"})
    assert agreed.is_valid() and agreed.payload().line() == "tabac : jamais"


def said(born: date, today: date, *given: tuple[str, date]) -> dict[str, prevention.Reminder]:
    doses = [Vaccination(antigen=antigen, given_on=day) for antigen, day in given]
    return {item.what: item for item in prevention.vaccines_due(born, doses, today)}


def test_a_dose_that_was_missed_is_caught_up_after_its_gap():
    born = date(2025, 11, 24)
    late = said(born, TODAY, ("dtcap_hib_hepb", date(2026, 1, 24)), ("dtcap_hib_hepb", date(2026, 11, 1)))
    hexa = late["diphtérie, tétanos, polio, coqueluche, Hib, hépatite B"]
    assert hexa.due_on == date(2027, 3, 31) and "dose 3 sur 3, au moins 5 mois" in hexa.rule  # 150 days
    assert hexa.last == date(2026, 11, 1) and not hexa.late


def test_who_begins_late_needs_another_number_of_doses():
    toddler = said(date(2025, 8, 24), TODAY)  # 15 months, nothing given
    assert toddler["pneumocoque"].rule == "rattrapage\u00a0: dose 1 sur 2"
    assert toddler["méningocoques ACWY"].rule == "rattrapage\u00a0: une dose"
    teen = said(date(2010, 1, 1), TODAY, ("hpv", date(2026, 9, 1)))["papillomavirus"]
    assert teen.due_on == date(2026, 10, 27) and "dose 2 sur 3" in teen.rule and teen.late


def test_hexavalent_doses_count_against_hepatitis_b():
    born = date(2014, 6, 1)
    given = [("dtcap_hib_hepb", date(2014, 8, 1)), ("dtcap_hib_hepb", date(2014, 10, 1))]
    assert "hépatite B" not in said(born, TODAY, *given)
    assert "hépatite B" in said(born, TODAY)


@pytest.mark.parametrize(
    ("years", "there", "absent"),
    [
        (43, {"rougeole, oreillons, rubéole"}, {"diphtérie, tétanos, polio, coqueluche", "grippe", "zona"}),
        (50, {"diphtérie, tétanos, polio"}, {"rougeole, oreillons, rubéole"}),
        (26, {"diphtérie, tétanos, polio, coqueluche", "papillomavirus"}, {"diphtérie, tétanos, polio"}),
        (76, {"virus respiratoire syncytial", "zona", "covid-19"}, {"papillomavirus"}),
    ],
)
def test_boosters_are_asked_at_their_age_only(years, there, absent):
    found = said(date(TODAY.year - years, 1, 1), TODAY)
    assert there <= set(found) and not absent & set(found)


@pytest.mark.parametrize(
    ("today", "last", "due_on"),
    [
        (date(2026, 11, 24), None, date(2026, 10, 1)),
        (date(2027, 2, 10), date(2026, 10, 20), date(2027, 10, 1)),
        (date(2027, 2, 10), date(2025, 10, 20), date(2026, 10, 1)),
        (date(2027, 4, 1), date(2025, 10, 20), date(2027, 10, 1)),
    ],
)
def test_a_seasonal_vaccine_is_due_in_its_season(today, last, due_on):
    given = [("flu", last)] if last else []
    assert said(date(1950, 1, 1), today, *given)["grippe"].due_on == due_on


def test_every_rule_names_its_source_and_its_file_its_date():
    rules = prevention.rules()
    assert rules["dated"] and "à vérifier" in prevention.source()
    assert all(rule["source"] for rule in [*rules["vaccine"], *rules["screening"]])


def test_the_page_says_what_is_due_and_what_was_done(cabinet):
    patient = cabinet.patient()
    browser = cabinet.client(cabinet.doctor)
    base = f"/patients/{encode(patient.pk)}/dossier/"
    page = browser.get(f"{base}prevention/").content.decode()
    assert "PHQ-9" in page and "à vérifier" in page and "Vaccinations à prévoir" in page
    given = {"antigen": "flu", "given_on": "2026-10-01", "vaccine": "V", "lot": "A1"}
    assert browser.post(f"{base}ajouter/{mark('vaccination')}/", given).status_code == 302
    assert (
        browser.post(f"{base}ajouter/{mark('vaccination')}/", {**given, "given_on": "2099-01-01"}).status_code
        == 422
    )
    exam = {"exam": "breast", "done_on": "2026-02-01", "result": "normale"}
    assert browser.post(f"{base}ajouter/{mark('screening')}/", exam).status_code == 302
    page = browser.get(f"{base}prevention/").content.decode()
    assert "Grippe (V), le 01/10/2026" in page and "Mammographie, le 01/02/2026\u00a0: normale" in page


def test_the_page_costs_the_same_however_much_there_is(cabinet):
    patient = cabinet.patient()
    browser = cabinet.client(cabinet.doctor)
    path = f"/patients/{encode(patient.pk)}/dossier/prevention/"
    browser.get(path)
    with CaptureQueriesContext(connection) as few:
        browser.get(path)
    with cabinet.at_work(cabinet.doctor) as keyring:
        new = [
            services.NewEntry("vaccination", Vaccination(antigen="flu", given_on=date(2000 + year, 10, 1)))
            for year in range(20)
        ]
        services.add_entries(keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, entries=new)
    with CaptureQueriesContext(connection) as many:
        browser.get(path)
    assert len(many) <= len(few)


def test_what_is_late_is_said_beside_the_consultation(cabinet):
    patient = cabinet.patient(birth_family_name="Suivi", birth_date=date(date.today().year - 60, 1, 1))
    browser = cabinet.client(cabinet.doctor)
    base = f"/patients/{encode(patient.pk)}/dossier/"
    before = browser.get(f"{base}consultation/").content.decode()
    assert "Fond d’œil" not in before and "aucun au dossier" in before
    browser.post(f"{base}ajouter/{mark('problem')}/", {"label": "Diabète", "code": "E11", "status": "active"})
    browser.post(f"{base}ajouter/{mark('screening')}/", {"exam": "eye", "done_on": "2020-01-05"})
    page = browser.get(f"{base}consultation/").content.decode()
    assert "À prévoir" in page and "Fond d’œil" in page and "05/01/2022" in page
