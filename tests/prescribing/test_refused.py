"""What no reason passes over: a narcotic without duration or renewed, a reason not to substitute that holds for nobody."""

from __future__ import annotations

import re

import pytest

from serment.prescribing.dosage import hours_between
from serment.prescribing.payloads import Dosage
from serment.record.models import Entry
from tests.prescribing.test_fitting import near
from tests.prescribing.test_kinds import text_of
from tests.prescribing.test_treatments import FIELDS, key_of, page_of, patient  # noqa: F401

LINE = {**FIELDS, "when": "1", "duration": "14", "duration_unit": "day", "renewals": "", "keep": "none"}
NARCOTICS = ("fentanyl 25", "sulfate de morphine", "zolpidem")


def refused(cabinet, patient, given, name):  # noqa: F811
    """What the field of that name says; nothing is signed, whatever reason comes with it."""
    client = cabinet.client(cabinet.doctor)
    page = client.post(page_of(patient), given)
    assert page.status_code == 422
    shown = page.content.decode()
    reasons = {f"reason-{mark}": "je le veux ainsi" for mark in re.findall(r'name="reason-(\w+)"', shown)}
    assert client.post(page_of(patient), {**given, **reasons}).status_code == 422
    assert not Entry.unscoped.filter(kind="prescription").exists()
    assert 'aria-invalid="true"' in near(shown, name), shown
    check = page_of(patient).replace("nouvelle", "verifier")
    panel = client.post(check, {**given, **reasons}).content.decode()
    assert "alert-danger" in panel and "Aucune raison" in panel
    at = shown.index(f'name="{name}"')
    return shown[at : at + 2500]


@pytest.mark.parametrize("query", NARCOTICS)
def test_secured_paper_says_for_how_long(cabinet, patient, query):  # noqa: F811
    given = {**LINE, "medicine": key_of(query), "when": "3j" if "fentanyl" in query else "1", "duration": ""}
    assert "Durée à donner" in refused(cabinet, patient, given, "duration")
    done = cabinet.client(cabinet.doctor).post(page_of(patient), {**given, "duration": "14"})
    assert done.status_code == 302


def test_no_reason_passes_over_the_28_days_of_a_narcotic(cabinet, patient):  # noqa: F811
    given = {**LINE, "medicine": key_of("sulfate de morphine"), "when": "1", "duration": "40"}
    assert "28 jours au plus" in refused(cabinet, patient, given, "duration")


def test_one_intake_alone_needs_no_duration(cabinet, patient):  # noqa: F811
    given = {**LINE, "medicine": key_of("sulfate de morphine"), "when": "u", "duration": ""}
    assert cabinet.client(cabinet.doctor).post(page_of(patient), given).status_code == 302


@pytest.mark.parametrize("query", ["fentanyl 25", "sulfate de morphine"])
def test_a_narcotic_is_not_renewed(cabinet, patient, query):  # noqa: F811
    given = {**LINE, "medicine": key_of(query), "when": "3j" if "fentanyl" in query else "1"}
    said = refused(cabinet, patient, {**given, "duration": "7", "renewals": "1"}, "renewals")
    assert "nouvelle ordonnance" in said and "à vérifier" in said


def test_a_hypnotic_on_secured_paper_is_no_narcotic(cabinet, patient):  # noqa: F811
    given = {**LINE, "medicine": key_of("zolpidem"), "duration": "7", "renewals": "1"}
    assert cabinet.client(cabinet.doctor).post(page_of(patient), given).status_code == 302


@pytest.mark.parametrize(
    ("reason", "query"), [("EFG", "zolpidem"), ("MTE", "zolpidem"), ("EFG", "doxycycline")]
)
def test_a_reason_that_holds_for_nobody_is_refused(cabinet, patient, reason, query):  # noqa: F811
    given = {**LINE, "medicine": key_of(query), "ns": reason}
    assert "substituable" in refused(cabinet, patient, given, "ns")
    assert cabinet.client(cabinet.doctor).post(page_of(patient), {**given, "ns": ""}).status_code == 302


def test_a_reason_that_may_hold_is_signed(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    for query, reason in (("lévothyroxine", "MTE"), ("doxycycline", "CIF")):
        given = {**LINE, "medicine": key_of(query), "ns": reason, "keep": "none"}
        assert client.post(page_of(patient), given).status_code == 302, query


def test_a_patch_of_three_days_is_proposed_every_three_days(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    line = client.post("/medicaments/ligne/", {"key": key_of("fentanyl 25")}).content.decode()
    assert '<option value="3j" selected>' in line
    other = client.post("/medicaments/ligne/", {"key": key_of("doxycycline")}).content.decode()
    assert '<option value="1" selected>' in other
    given = {**LINE, "medicine": key_of("fentanyl 25"), "unit": "patch", "when": "3j", "duration": "28"}
    done = client.post(page_of(patient), given)
    assert done.status_code == 302
    paper = text_of(client.get(f"{done.url}ordonnance.pdf"))
    assert "tous les trois jours" in paper and "Soit dix patchs en tout" in paper


@pytest.mark.parametrize("when", ["1", "m", "2j", "h48", "3"])
def test_a_patch_of_three_days_oftener_wants_a_reason(cabinet, patient, when):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    given = {**LINE, "medicine": key_of("fentanyl 25"), "unit": "patch", "when": when}
    page = client.post(page_of(patient), given).content.decode()
    assert "un patch dure 72 heures" in page
    reasons = {f"reason-{mark}": "fin de dose" for mark in re.findall(r'name="reason-(\w+)"', page)}
    assert client.post(page_of(patient), {**given, **reasons}).status_code == 302


@pytest.mark.parametrize(
    ("values", "hours"),
    [
        ({"times_a_day": 2}, 12),
        ({"moments": ["morning", "evening"]}, 12),
        ({"every_hours": 72}, 72),
        ({"every_days": 3}, 72),
        ({"times_a_week": 2}, 84),
        ({"every_months": 1}, 720),
        ({"single": True}, 0),
    ],
)
def test_hours_between_two_intakes(values, hours):
    assert hours_between(Dosage(**values)) == hours
