"""A step of the follow-up is done when the record shows it, or when a practitioner marks it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from serment.record import gestation, pregnancy, pregnancy_traces, selectors, services
from serment.record.kinds.consultation import CodedProblem, Consultation
from serment.record.kinds.document import Document
from serment.record.kinds.observation import Observation
from serment.record.kinds.pregnancy import Pregnancy
from serment.record.kinds.result import Result, ResultValue
from serment.record.kinds.screening import Screening
from serment.record.kinds.vaccination import Vaccination
from serment.record.models import Entry
from serment.vault.paths import path

WEEKS = 33


@pytest.fixture
def lmp():
    return timezone.localdate() - timedelta(weeks=WEEKS)


@pytest.fixture
def follow(cabinet, patient, add, lmp):
    """``follow()`` gives the steps by key, read from the record; the pregnancy is under way."""
    add("pregnancy", Pregnancy(lmp=lmp))

    def read() -> dict[str, pregnancy.Step]:
        with cabinet.at_work(cabinet.doctor) as keyring:
            held = selectors.of_kinds(
                keyring=keyring, patient_id=patient.pk, kinds=(*pregnancy_traces.KINDS, "pregnancy")
            )
        (current,) = held.pop("pregnancy")
        facts = pregnancy_traces.facts(item for items in held.values() for item in items)
        return {step.key: step for step in pregnancy.steps(current.content, timezone.localdate(), facts)}  # type: ignore[arg-type]

    return read


def document(title, day):
    return Document(
        title=title,
        type="imaging",
        source="Cabinet de radiologie",
        dated=day,
        media_type="application/pdf",
        size=9,
        digest="a" * 64,
    )


def test_a_vaccine_of_the_pregnancy_is_done_and_an_older_one_is_not(follow, add, lmp):
    add("vaccination", Vaccination(antigen="dtcap", given_on=lmp - timedelta(days=300)))
    assert not follow()["pertussis"].done
    add("vaccination", Vaccination(antigen="dtcap", given_on=lmp + timedelta(weeks=29)))
    step = follow()["pertussis"]
    assert step.done and step.trace.day == lmp + timedelta(weeks=29)
    assert step.key not in {s.key for s in pregnancy.by_state(list(follow().values()))["now"]}


def test_results_examinations_documents_and_visits_are_traces(follow, add, lmp):
    day = lmp + timedelta(weeks=12)
    values = [
        ResultValue(label="Ag HBs", value="négatif", loinc="51659-1", effective=str(day)),
        ResultValue(label="Toxoplasmose IgG", value="< 1", effective=str(day)),
        ResultValue(label="VIH 1 et 2", value="négatif", effective=str(day), fate="removed"),
    ]
    add("result", Result(values=values, made_on=day))
    add("screening", Screening(exam="cervix", done_on=lmp - timedelta(days=500)))
    add("document", document("Échographie du premier trimestre", day))
    add("document", document("Échographie rénale", lmp + timedelta(weeks=22)))
    add(
        "observation",
        Observation(label="Agglutinines irrégulières", value=0, taken_on=lmp + timedelta(weeks=26)),
    )
    found = follow()
    assert {key for key, step in found.items() if step.trace} == {
        "hbs",
        "serologies",
        "toxoplasmosis",
        "cervix",
        "scan_first",
        "antibodies_sixth",
    }
    assert found["toxoplasmosis"].again and not found["toxoplasmosis"].done  # every month
    past = {step.key for step in pregnancy.by_state(list(found.values()))["ask"]}
    assert {"hiv", "scan_second", "blood_group", "month-4"} <= past and "hbs" not in past


def test_a_consultation_about_the_pregnancy_is_the_months_examination(follow, add, lmp):
    fifth = timezone.make_aware(datetime.combine(lmp + timedelta(weeks=21), time(10)))
    add("consultation", Consultation(reason="angine"), occurred_at=fifth)
    assert not follow()["month-5"].done
    coded = Consultation(reason="suivi", problems=[CodedProblem(code="Z34", label="Grossesse normale")])
    add("consultation", coded, occurred_at=fifth)
    assert follow()["month-5"].done and not follow()["month-6"].done


def test_a_step_is_marked_and_unmarked_each_a_version(cabinet, patient, follow, lmp):
    browser = cabinet.client(cabinet.doctor)
    place, page = path("record:pregnancy_step", patient.pk), path("record:pregnancy", patient.pk)
    given = {"step": "scan_second", "way": "elsewhere", "on": str(lmp + timedelta(weeks=22)), "version": "1"}
    assert "aucune trace au dossier" in browser.get(page).content.decode()
    assert browser.post(place, given).status_code == 302
    assert follow()["scan_second"].done
    assert "fait ailleurs le" in browser.get(page).content.decode()
    again = browser.post(place, {**given, "step": "interview"})  # the page showed another version
    assert again.status_code == 422 and "entre-temps" in again.content.decode()
    assert browser.post(place, {"step": "scan_second", "undo": "1", "version": "2"}).status_code == 302
    assert not follow()["scan_second"].done
    entry = Entry.unscoped.get(patient_id=patient.pk, kind="pregnancy")
    versions = browser.get(path("record:versions", entry.pk)).content.decode()
    assert entry.version == 3 and "marque retirée" in versions and "Suivi marqué" in versions


@pytest.mark.parametrize(
    ("step", "on", "why"),
    [
        ("scan_second", "2099-01-01", "à venir"),
        ("scan_second", "2001-01-01", "précède la grossesse"),
        ("invented", "", "pas de ce suivi"),
    ],
)
def test_a_mark_that_cannot_be_is_said_and_kept(cabinet, patient, follow, step, on, why):
    browser = cabinet.client(cabinet.doctor)
    sent = browser.post(
        path("record:pregnancy_step", patient.pk), {"step": step, "way": "here", "on": on, "version": "1"}
    )
    page = sent.content.decode()
    assert sent.status_code == 422 and why in page
    assert not on or f'value="{on}"' in page


def test_dating_a_pregnancy_keeps_its_marks(cabinet, patient, follow, lmp):
    browser = cabinet.client(cabinet.doctor)
    browser.post(
        path("record:pregnancy_step", patient.pk), {"step": "interview", "way": "unwanted", "version": "1"}
    )
    entry = Entry.unscoped.get(patient_id=patient.pk, kind="pregnancy")
    dated = {"lmp": str(lmp), "began_on": str(lmp + timedelta(days=16)), "status": "ongoing", "version": "2"}
    sent = browser.post(path("record:correct", entry.pk), {**dated, "why": "échographie de datation"})
    assert sent.status_code == 302 and follow()["interview"].mark.way == "unwanted"


def test_who_does_not_write_does_not_mark(cabinet, patient, follow):
    sent = cabinet.client(cabinet.secretary).post(path("record:pregnancy_step", patient.pk), {"step": "hiv"})
    assert sent.status_code == 403


def test_every_step_has_its_key_and_its_label():
    keys = [rule["key"] for rule in gestation.rules()["step"]]
    assert len(set(keys)) == len(keys) and all(gestation.step_label(key) for key in keys)
    assert gestation.step_label("month-4") == "examen du 4e mois" and not gestation.step_label("month-12")


def test_the_page_costs_the_same_however_much_there_is(cabinet, patient, follow, lmp):
    browser, page = cabinet.client(cabinet.doctor), path("record:pregnancy", patient.pk)
    browser.get(page)
    with CaptureQueriesContext(connection) as few:
        browser.get(page)
    new = [
        services.NewEntry("vaccination", Vaccination(antigen="flu", given_on=lmp + timedelta(days=day)))
        for day in range(20)
    ]
    with cabinet.at_work(cabinet.doctor) as keyring:
        services.add_entries(keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, entries=new)
    with CaptureQueriesContext(connection) as many:
        browser.get(page)
    assert len(many) <= len(few)
