"""When it took place and when it was written are two dates: both are kept, and a late entry says so."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from serment.record import drafts, selectors, services, signatures, tracks, versions
from serment.record.forms import NoteForm
from serment.record.kinds.consultation import CodedProblem, Consultation
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.problem import Problem
from serment.record.kinds.screening import Screening
from serment.record.kinds.vaccination import Vaccination
from serment.record.models import Draft, Entry
from serment.vault.paths import path

TODAY = timezone.localdate()
BEFORE = TODAY - timedelta(days=3)


@pytest.fixture
def doctor(cabinet):
    return cabinet.client(cabinet.doctor)


def entries(cabinet, patient, kind):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return selectors.of_kind(keyring=keyring, patient_id=patient.pk, kind=kind)


def entry(cabinet, kind):
    with cabinet.at_work(cabinet.doctor):
        return Entry.objects.get(kind=kind)


def local(day, hour=0, minute=0):
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def test_a_home_visit_typed_the_next_day_is_signed_at_its_date(doctor, cabinet, patient, record_path):
    given = {
        "reason": "Visite",
        "m_weight": "72",
        "took_on": BEFORE.isoformat(),
        "took_at": "18:30",
        "problem": "J20|Bronchite aiguë",
        "keep_problems": "on",
    }
    assert doctor.post(path("record:consultation", patient.pk), given).status_code == 302
    for kind in ("consultation", "measure", "problem"):
        (item,) = entries(cabinet, patient, kind)
        assert item.occurred_at == local(BEFORE, 18, 30), kind
        assert timezone.localdate(item.recorded_at) == TODAY
        assert item.written_late == f"{TODAY:%d/%m/%Y}"
    page = doctor.get(record_path).content.decode()
    assert f"noté le {TODAY:%d/%m/%Y}" in page and f"{BEFORE:%d/%m/%Y} à 18\u00a0h\u00a030" in page
    signed = entry(cabinet, "consultation")
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert signatures.verify_entry(keyring=keyring, entry=signed)
        signed.occurred_at += timedelta(days=1)
        assert not signatures.verify_entry(keyring=keyring, entry=signed), "the signature covers the date"


def test_without_a_date_it_is_now_and_nothing_is_late(doctor, cabinet, patient, record_path):
    start = timezone.now()
    doctor.post(path("record:consultation", patient.pk), {"reason": "toux"})
    (item,) = entries(cabinet, patient, "consultation")
    assert start <= item.occurred_at <= timezone.now() and item.written_late == ""
    assert "noté le" not in doctor.get(record_path).content.decode()


@pytest.mark.parametrize("kind", ["measure", "note"])
def test_a_note_and_measures_have_their_day(doctor, cabinet, patient, kind):
    given = {"m_weight": "71", "text": "Appel de la fille", "took_on": BEFORE.isoformat()}
    assert doctor.post(path("record:add", patient.pk, kind), given).status_code == 302
    (item,) = entries(cabinet, patient, kind)
    assert item.occurred_at == local(BEFORE) and item.when == f"{BEFORE:%d/%m/%Y}", "no hour was given"
    page = doctor.get(path("record:versions", item.id)).content.decode()
    assert f"du {BEFORE:%d/%m/%Y}</h1>" in page and f"noté le {TODAY:%d/%m/%Y}" in page


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"took_on": (TODAY + timedelta(days=1)).isoformat()}, "took_on", "à venir"),
        ({"took_on": "1984-05-16"}, "took_on", "précède la naissance"),
        ({"took_on": "1700-01-01"}, "took_on", "précède la naissance"),
        ({"took_on": TODAY.isoformat(), "took_at": "25:99"}, "took_at", "14:30"),
    ],
)
@pytest.mark.parametrize("kind", ["measure", "note", "consultation"])
def test_a_date_that_cannot_be_is_refused_at_its_field(doctor, patient, kind, wrong, field, said):
    address = path("record:consultation", patient.pk)
    if kind != "consultation":
        address = path("record:add", patient.pk, kind)
    answer = doctor.post(address, {"reason": "toux", "m_weight": "71", "text": "appel", **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page
    tag = page.partition(f'name="{field}"')[2].partition(">")[0]
    assert 'aria-invalid="true"' in tag and f'value="{wrong[field]}"' in tag, "what was typed is kept"


def test_an_hour_to_come_is_refused(monkeypatch):
    noon = local(TODAY, 12)
    monkeypatch.setattr("serment.record.moment_form.timezone.now", lambda: noon)
    for hour, right in (("13:00", False), ("11:59", True)):
        form = NoteForm({"text": "appel", "took_on": TODAY.isoformat(), "took_at": hour})
        assert form.is_valid() is right and ("took_at" in form.errors) is not right


def test_a_draft_keeps_the_date(doctor, cabinet, patient):
    page = path("record:consultation", patient.pk)
    assert 'name="took_on"' in doctor.get(page).content.decode()
    given = {"reason": "Visite", "took_on": BEFORE.isoformat(), "took_at": "08:15", "page": drafts.new_page()}
    assert doctor.post(path("record:draft", patient.pk), given).status_code == 204
    shown = doctor.get(page).content.decode()
    assert f'value="{BEFORE.isoformat()}"' in shown and 'value="08:15"' in shown
    assert f"{BEFORE:%d/%m/%Y} à 8\u00a0h\u00a015" in shown, "the folded line says it"


def test_a_correction_moves_a_consultation_and_what_was_signed_with_it(doctor, cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        made = services.add_entries(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            entries=[
                services.NewEntry("consultation", Consultation(reason="Visite")),
                services.NewEntry("measure", MeasureSet(values={"weight": 70})),
                services.NewEntry("problem", Problem(label="Asthme")),
            ],
        )
    address = path("record:correct", made[0].pk)
    assert f'value="{TODAY.isoformat()}"' in doctor.get(address).content.decode()
    given = {"reason": "Visite", "took_on": BEFORE.isoformat(), "version": "1", "why": "visite de lundi"}
    assert doctor.post(address, given).status_code == 302
    for kind in ("consultation", "measure", "problem"):
        (item,) = entries(cabinet, patient, kind)
        assert (item.occurred_at, item.version) == (local(BEFORE), 2), kind
    moved = entry(cabinet, "consultation")
    with cabinet.at_work(cabinet.doctor) as keyring:
        history = versions.history(keyring=keyring, entry=moved)
        assert history.holds
        assert [what for what, _ in history.versions[0].dated] == ["gone", "new"]
        (track,) = tracks.of_patient(keyring=keyring, patient_id=patient.pk).all
        assert track.points == [(local(BEFORE), 70)]
    page = doctor.get(path("record:versions", moved.pk)).content.decode()
    assert f"<ins>{BEFORE:%d/%m/%Y}</ins>" in page


def test_a_correction_that_leaves_the_date_leaves_the_moment(doctor, cabinet, patient, add):
    made = add("note", services.kinds.get("note").model(text="Appel du laboratoire"))
    local_at = timezone.localtime(made.occurred_at)
    given = {
        "text": "Appel du laboratoire central",
        "took_on": f"{local_at:%Y-%m-%d}",
        "took_at": f"{local_at:%H:%M}",
        "version": "1",
        "why": "précision",
    }
    assert doctor.post(path("record:correct", made.pk), given).status_code == 302
    assert entries(cabinet, patient, "note")[0].occurred_at == made.occurred_at
    same = {**given, "version": "2"}
    refused = doctor.post(path("record:correct", made.pk), same)
    assert refused.status_code == 422 and "Rien n’a changé" in refused.content.decode()


def test_the_service_takes_no_date_to_come(cabinet, add):
    made = add()
    with cabinet.at_work(cabinet.doctor) as keyring, pytest.raises(services.Refused):
        services.correct_entry(
            keyring=keyring,
            author=cabinet.doctor,
            entry_id=made.pk,
            version=1,
            payload=Problem(label="Asthme"),
            reason="date",
            occurred_at=timezone.now() + timedelta(days=1),
        )


def test_the_same_page_sent_again_with_another_date_is_said(doctor, patient):
    address = path("record:add", patient.pk, "note")
    once = doctor.get(address).content.decode().partition('name="once" value="')[2].partition('"')[0]
    given = {"text": "Appel", "once": once, "took_on": BEFORE.isoformat()}
    assert [doctor.post(address, given).status_code for _ in range(2)] == [302, 302]
    other = {**given, "took_on": (BEFORE - timedelta(days=1)).isoformat()}
    assert "a déjà ajouté" in doctor.post(address, other).content.decode()


def test_a_late_measure_is_not_the_last_one(doctor, cabinet, patient, record_path):
    doctor.post(path("record:add", patient.pk, "measure"), {"m_weight": "80"})
    doctor.post(path("record:add", patient.pk, "measure"), {"m_weight": "70", "took_on": "2020-03-02"})
    with cabinet.at_work(cabinet.doctor) as keyring:
        (last,) = selectors.summary(keyring=keyring, patient_id=patient.pk).measures
    assert last.text == "80,0\u00a0kg" and last.way == "up"


def test_a_wrong_coded_problem_is_corrected(doctor, cabinet, patient, add):
    made = add(
        "consultation",
        Consultation(
            reason="toux",
            problems=[
                CodedProblem(code="J20", label="Bronchite"),
                CodedProblem(code="Z99.9", label="D’avant"),
            ],
        ),
    )
    address = path("record:correct", made.pk)
    page = doctor.get(address).content.decode()
    assert 'value="J20|Bronchite" checked' in page and 'id="coded"' in page
    given = {"reason": "toux", "version": "1", "why": "mauvais code"}
    kept = {**given, "reason": "toux sèche"}
    doctor.post(address, kept)
    assert [p.code for p in entries(cabinet, patient, "consultation")[0].content.problems] == ["J20", "Z99.9"]
    changed = {**given, "version": "2", "coded": "", "problem": ["Z99.9|D’avant", "J45|Asthme"]}
    assert doctor.post(address, changed).status_code == 302
    assert [p.code for p in entries(cabinet, patient, "consultation")[0].content.problems] == ["Z99.9", "J45"]
    kept = {"version": "3", "coded": "", "problem": "J45|Asthme", "error": "1", "why": "x"}
    page = doctor.post(address, kept).content.decode()
    assert 'value="J45|Asthme" checked' in page and "Z99.9" not in page, "what was ticked is kept"
    none = {**given, "version": "3", "coded": ""}
    assert doctor.post(address, none).status_code == 302
    assert entries(cabinet, patient, "consultation")[0].content.problems == []


def test_birth_is_the_earliest_day(doctor, cabinet):
    child = cabinet.patient(birth_family_name="Petit", birth_date=date(2025, 2, 3))
    address = path("record:add", child.pk, "measure")
    given = {"m_weight": "3,4", "took_on": "2025-02-03"}
    assert doctor.post(address, given).status_code == 302


def test_a_draft_of_another_day_asks_whether_the_visit_is_of_that_day(doctor, cabinet, patient):
    page = path("record:consultation", patient.pk)
    doctor.get(page)
    doctor.post(path("record:draft", patient.pk), {"reason": "Visite", "page": drafts.new_page()})
    assert "Ce brouillon a été écrit" not in doctor.get(page).content.decode()
    with cabinet.at_work(cabinet.doctor):
        Draft.objects.update(updated_at=timezone.now() - timedelta(days=3))
    assert f"Ce brouillon a été écrit le {BEFORE:%d/%m/%Y}" in doctor.get(page).content.decode()


def test_an_ordonnance_a_document_and_a_test_open_from_the_consultation_with_its_draft_kept(doctor, patient):
    page = doctor.get(path("record:consultation", patient.pk)).content.decode()
    for key, name in (("o", "prescribing:new"), ("p", "record:add_document"), ("s", "record:tests")):
        assert f'data-after-draft data-alt="{key}" href="{path(name, patient.pk)}"' in page


OLD = date(2012, 4, 3)
DATED = {
    "vaccination": {"antigen": "dtp", "given_on": OLD.isoformat()},
    "screening": {"exam": "breast", "done_on": OLD.isoformat()},
    "observation": {"label": "Ferritine", "value": "80", "taken_on": OLD.isoformat()},
}


@pytest.mark.parametrize("kind", DATED)
def test_what_has_a_date_of_its_own_took_place_then(doctor, cabinet, patient, record_path, kind):
    assert doctor.post(path("record:add", patient.pk, kind), DATED[kind]).status_code == 302
    (item,) = entries(cabinet, patient, kind)
    assert item.occurred_at == local(OLD) and timezone.localdate(item.recorded_at) == TODAY
    assert f"noté le {TODAY:%d/%m/%Y}" in doctor.get(record_path).content.decode()
    assert (
        "03/04/2012" not in doctor.get(f"{record_path}?depuis=3m").content.decode().partition("timeline")[2]
    )


def test_a_document_took_place_on_its_date_and_says_when_it_was_added(doctor, cabinet, patient):
    given = {"title": "Scanner", "kind": "imaging", "source": "le patient", "typed": "Normal."}
    for day in ({}, {"dated": OLD.isoformat(), "title": "Scanner de 2012", "typed": "Normal aussi."}):
        answer = doctor.post(path("record:add_document", patient.pk), {**given, **day})
        assert answer.status_code == 302, answer.content.decode()
    now, then = entries(cabinet, patient, "document")
    assert then.occurred_at == local(OLD) and timezone.localdate(now.occurred_at) == TODAY
    page = doctor.get(path("record:document", then.id)).content.decode()
    assert f"<dt>Ajouté le</dt><dd>{TODAY:%d/%m/%Y}" in page and "<dt>Daté du</dt><dd>03/04/2012" in page


def test_a_test_has_its_day(doctor, cabinet, patient):
    address = path("record:score", patient.pk, "phq9")
    given = {f"item-{place}": "1" for place in range(9)}
    assert 'name="took_on"' in doctor.get(address).content.decode()
    wrong = doctor.post(address, {**given, "took_on": (TODAY + timedelta(days=2)).isoformat()})
    assert wrong.status_code == 422 and "à venir" in wrong.content.decode()
    early = doctor.post(address, {**given, "took_on": "1900-01-01"})
    assert early.status_code == 422 and "précède la naissance" in early.content.decode()
    assert doctor.post(address, {**given, "took_on": BEFORE.isoformat()}).status_code == 302
    (item,) = entries(cabinet, patient, "score")
    assert item.occurred_at == local(BEFORE)


def test_a_corrected_date_of_its_own_moves_the_entry(doctor, cabinet, patient, add):
    made = add("vaccination", Vaccination(antigen="dtp", given_on=TODAY))
    given = {"antigen": "dtp", "given_on": OLD.isoformat(), "version": "1", "why": "carnet relu"}
    assert doctor.post(path("record:correct", made.pk), given).status_code == 302
    (item,) = entries(cabinet, patient, "vaccination")
    assert item.occurred_at == local(OLD) and item.written_late
    given = {**given, "lot": "A12", "version": "2"}
    assert doctor.post(path("record:correct", made.pk), given).status_code == 302
    assert entries(cabinet, patient, "vaccination")[0].occurred_at == local(OLD)


def test_what_was_done_today_keeps_its_hour(cabinet, patient, add):
    start = timezone.now()
    made = add("screening", Screening(exam="eye", done_on=TODAY))
    assert start <= made.occurred_at <= timezone.now()


def test_an_old_date_does_not_shorten_what_is_kept(cabinet, patient, add):
    from serment.retention import clock

    add("vaccination", Vaccination(antigen="dtp", given_on=OLD))
    with cabinet.at_work(cabinet.doctor):
        found = clock.last_interventions([(patient.pk, timezone.now())])
    assert found[patient.pk] == TODAY
