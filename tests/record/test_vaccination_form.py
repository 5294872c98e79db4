"""The form of a vaccination does not invite errors, and asks about a live vaccine."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from serment.record import selectors, vaccines
from serment.record.kinds.pregnancy import Pregnancy
from serment.record.kinds.treatment import Treatment
from serment.record.kinds.vaccination import ANTIGENS, ROUTES, Vaccination
from serment.vault.marks import mark
from serment.vault.paths import path


@pytest.fixture
def ask(cabinet, record_path):
    browser = cabinet.client(cabinet.doctor)

    def send(**given: str):
        return browser.post(f"{record_path}ajouter/{mark('vaccination')}/", given)

    send.browser = browser
    return send


def noted(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return [
            i.content for i in selectors.of_kind(keyring=keyring, patient_id=patient.pk, kind="vaccination")
        ]


def test_nothing_is_chosen_beforehand_but_the_day(ask, record_path):
    page = ask.browser.get(f"{record_path}ajouter/{mark('vaccination')}/").content.decode()
    assert '<option value="" selected>à choisir</option>' in page
    assert f'value="{timezone.localdate():%Y-%m-%d}"' in page
    for words in ("varicelle", "rage", "typhoïde", "méningocoque C", "encéphalite à tiques", "fesse gauche"):
        assert words in page
    missing = ask(given_on="2020-01-01")
    assert missing.status_code == 422 and "Dites contre quoi" in missing.content.decode()


@pytest.mark.parametrize("given", [{"vaccine": "priorix"}, {"vaccine": "pri", "pick": "flu|Priorix"}])
def test_the_name_says_what_it_is_against(ask, cabinet, patient, given):
    assert ask(given_on="2020-01-01", antigen="", **given).status_code == 302
    (content,) = noted(cabinet, patient)
    assert content.antigen == "ror" and content.vaccine.lower() == "priorix"


def test_the_list_is_found_by_name_and_by_disease_and_fills_against(ask):
    found = ask.browser.post("/dossier/vaccins/", {"vaccine": "priorix"}).content.decode()
    assert "ror|Priorix" in found and "rougeole" in found
    assert "Stamaril" in ask.browser.post("/dossier/vaccins/", {"vaccine": "fièvre j"}).content.decode()
    filled = ask.browser.post("/dossier/vaccins/contre/", {"pick": "ror|Priorix"}).content.decode()
    assert '<option value="ror" selected>' in filled and 'id="id_antigen"' in filled


def test_every_vaccine_of_the_list_has_a_known_disease_and_route():
    assert {v.antigen for v in vaccines.known()} <= set(ANTIGENS)
    assert {route for v in vaccines.known() for route in v.routes} <= set(ROUTES) - {""}
    assert len({v.name for v in vaccines.known()}) == len(vaccines.known())


def test_another_disease_than_the_vaccines_and_a_site_by_mouth_are_said(ask):
    odd = ask(given_on="2020-01-01", vaccine="Priorix", antigen="flu").content.decode()
    assert "Priorix est un vaccin contre rougeole, oreillons, rubéole" in odd
    site = ask(given_on="2020-01-01", antigen="rota", route="oral", site="left_arm")
    assert site.status_code == 422 and "il n’y a pas de site" in site.content.decode()


def test_a_live_vaccine_is_confirmed_during_a_pregnancy(ask, add, cabinet, patient):
    today = timezone.localdate()
    add("pregnancy", Pregnancy(lmp=today - timedelta(weeks=33)))
    given = {"antigen": "ror", "given_on": str(today - timedelta(days=1))}
    asked = ask(**given)
    assert (
        asked.status_code == 422
        and "il attend d’ordinaire l’accouchement" in asked.content.decode().replace("&#x27;", "’")
    )
    assert not noted(cabinet, patient)
    assert ask(**given, confirm_unusual="1").status_code == 302
    assert ask(antigen="ror", given_on="1999-01-01").status_code == 302  # long before it
    assert ask(antigen="flu", given_on=str(today)).status_code == 302  # not a live one
    nasal = ask(antigen="flu", route="nasal", given_on=str(today))
    assert nasal.status_code == 422


def test_a_live_vaccine_is_confirmed_when_immunity_may_be_lowered(ask, add):
    today = timezone.localdate()
    add("treatment", Treatment(label="Méthotrexate 10 mg, comprimé", since=date(2026, 1, 5)))
    asked = ask(antigen="yellow_fever", given_on=str(today))
    assert asked.status_code == 422 and "Méthotrexate 10 mg" in asked.content.decode()
    assert ask(antigen="yellow_fever", given_on="2019-05-05").status_code == 302


def test_a_correction_offers_the_list_and_asks_again(cabinet, ask, add, patient):
    today = timezone.localdate()
    entry = add("vaccination", Vaccination(antigen="flu", given_on=today))
    add("pregnancy", Pregnancy(lmp=today - timedelta(weeks=20)))
    page = ask.browser.get(path("record:correct", entry.pk)).content.decode()
    assert 'hx-post="/dossier/vaccins/"' in page
    live = {"antigen": "ror", "given_on": str(today), "version": "1", "why": "erreur de vaccin"}
    asked = ask.browser.post(path("record:correct", entry.pk), live)
    assert asked.status_code == 422 and "vaccin vivant" in asked.content.decode()
    assert (
        ask.browser.post(path("record:correct", entry.pk), {**live, "confirm_unusual": "1"}).status_code
        == 302
    )
