"""The record: typed, versioned, signed, sealed; drafts that survive a lock (R3.4, R5.7, R5.8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pydantic import ValidationError

from serment.journal.models import Event
from serment.record import consultation, selectors, services
from serment.record.kinds.allergy import Allergy
from serment.record.kinds.consultation import Consultation
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.problem import Problem
from serment.record.models import Draft, Entry
from serment.vault import crypto
from serment.vault.domains import Domain
from serment.vault.keyring import NoKey


@pytest.fixture
def patient(cabinet):
    return cabinet.patient()


def add(cabinet, patient, kind="problem", payload=None, **more):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return services.add_entry(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            kind=kind,
            payload=payload or Problem(label="Asthme"),
            **more,
        )


def test_an_entry_is_sealed_signed_and_journalled(cabinet, patient):
    entry = add(cabinet, patient)
    assert b"Asthme" not in bytes(entry.payload)
    with cabinet.at_work(cabinet.doctor) as keyring:
        payload = services.patient_keys(keyring, patient.pk).open(entry, "payload")
        assert services.signature_holds(entry, payload)
        assert not services.signature_holds(entry, {**payload, "label": "Autre"})
    event = Event.unscoped.filter(practice_id=cabinet.practice.pk, action="record.added").get()
    assert (event.subject_id, event.object_id) == (patient.pk, entry.pk)
    assert "Asthme" not in str(event.details)


def test_a_correction_keeps_the_old_version_and_wants_a_reason(cabinet, patient):
    entry = add(cabinet, patient)
    with cabinet.at_work(cabinet.colleague) as keyring:
        with pytest.raises(services.Refused, match="justifie"):
            services.correct_entry(
                keyring=keyring,
                author=cabinet.colleague,
                entry_id=entry.pk,
                version=1,
                payload=Problem(label="BPCO"),
                reason=" ",
            )
        fixed = services.correct_entry(
            keyring=keyring,
            author=cabinet.colleague,
            entry_id=entry.pk,
            version=1,
            payload=Problem(label="BPCO"),
            reason="spirométrie",
        )
        with pytest.raises(services.Refused, match="entre-temps"):
            services.correct_entry(
                keyring=keyring,
                author=cabinet.colleague,
                entry_id=entry.pk,
                version=1,
                payload=Problem(label="X1"),
                reason="encore",
            )
        older = selectors.versions(keyring=keyring, entry=fixed)
        assert [(v["content"].label, v["reason"]) for v in older] == [("Asthme", "spirométrie")]
        assert selectors.summary(keyring=keyring, patient_id=patient.pk).problems[0].line == "BPCO"


def test_in_error_leaves_the_summary_and_stays_in_the_record(cabinet, patient):
    entry = add(cabinet, patient)
    with cabinet.at_work(cabinet.doctor) as keyring:
        services.mark_in_error(
            keyring=keyring, author=cabinet.doctor, entry_id=entry.pk, reason="autre patient"
        )
        assert not selectors.summary(keyring=keyring, patient_id=patient.pk).problems
        items, _ = selectors.timeline(keyring=keyring, patient_id=patient.pk)
        assert items[0].in_error


def test_a_consultation_is_signed_with_its_measures(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        entry = consultation.sign(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            consultation=Consultation(reason="fatigue"),
            measures={"weight": 70, "height": 175},
        )
        summary = selectors.summary(keyring=keyring, patient_id=patient.pk)
        assert ("IMC", "22,9\u00a0kg/m²") in [(label, text) for label, text, *_ in summary.measures]
        assert Entry.objects.get(kind="measure").encounter_id == entry.pk
        with pytest.raises(services.Refused, match="vide"):
            consultation.sign(
                keyring=keyring,
                author=cabinet.doctor,
                patient_id=patient.pk,
                consultation=Consultation(),
                measures={},
            )
    with pytest.raises(ValidationError):
        MeasureSet(values={"temperature": 377})


def test_queries_do_not_grow_with_the_record(cabinet, patient):
    def count() -> int:
        with (
            cabinet.at_work(cabinet.doctor) as keyring,
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            selectors.summary(keyring=keyring, patient_id=patient.pk)
            selectors.timeline(keyring=keyring, patient_id=patient.pk)
        return len(seen)

    def fill(number: int) -> None:
        with cabinet.at_work(cabinet.doctor) as keyring:
            new = [services.NewEntry("consultation", Consultation(reason=f"n° {i}")) for i in range(number)]
            services.add_entries(keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, entries=new)

    fill(20)
    few = count()
    fill(1980)
    assert Entry.unscoped.count() == 2000
    assert count() == few <= 8


def test_who_holds_no_care_key_opens_nothing(cabinet, patient):
    add(cabinet, patient, "allergy", Allergy(substance="Pénicilline"))
    for person in (cabinet.secretary, cabinet.outsider, cabinet.technician, cabinet.manager):
        with cabinet.at_work(person) as keyring:
            with pytest.raises(NoKey):
                selectors.summary(keyring=keyring, patient_id=patient.pk)
            with pytest.raises(NoKey):
                selectors.allergies(keyring=keyring, patient_id=patient.pk)
    with cabinet.at_work(cabinet.secretary) as keyring, pytest.raises(services.Refused):
        services.add_entry(
            keyring=keyring,
            author=cabinet.secretary,
            patient_id=patient.pk,
            kind="problem",
            payload=Problem(label="Non"),
        )


def test_a_payload_moved_to_another_entry_does_not_open(cabinet, patient):
    one, two = add(cabinet, patient), add(cabinet, patient)
    Entry.unscoped.filter(pk=two.pk).update(payload=bytes(one.payload))
    with cabinet.at_work(cabinet.doctor) as keyring, pytest.raises(crypto.CannotOpen):
        selectors.summary(keyring=keyring, patient_id=patient.pk)


def view_record(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    from serment.vault.ids import encode

    path = f"/patients/{encode(patient.pk)}/dossier/"
    assert client.get(path).status_code == 200
    return client, path + "consultation/"


def test_a_draft_is_saved_while_locked_and_found_again(cabinet, patient):
    client, path = view_record(cabinet, patient)
    client.post("/verrouiller/")
    saved = client.post(
        path + "brouillon/", {"reason": "toux rebelle", "page": "a"}, headers={"X-Serment-Background": "1"}
    )
    assert saved.status_code == 204
    draft = Draft.unscoped.get()
    assert b"toux" not in bytes(draft.sealed)
    assert client.get(path).status_code == 423
    from tests.cabinet import PASSWORD

    client.post("/deverrouiller/", {"password": PASSWORD})
    assert "toux rebelle" in client.get(path).content.decode()
    signed = client.post(path, {"reason": "toux rebelle"})
    assert signed.status_code == 302 and not Draft.unscoped.exists()


def test_an_older_tab_does_not_overwrite_a_newer_draft(cabinet, patient):
    client, path = view_record(cabinet, patient)
    opened = (timezone.now() - timedelta(minutes=1)).isoformat()
    client.post(path + "brouillon/", {"reason": "récent", "page": "b", "opened": opened})
    late = client.post(path + "brouillon/", {"reason": "ancien", "page": "a", "opened": opened})
    assert late.status_code == 409 and "Un autre onglet" in late.json()["error"]


def test_only_who_opened_the_record_may_save_a_draft(cabinet, patient):
    from serment.vault.ids import encode

    path = f"/patients/{encode(patient.pk)}/dossier/consultation/brouillon/"
    assert cabinet.client(cabinet.doctor).post(path, {"reason": "x"}).status_code == 403
    assert cabinet.client(cabinet.secretary).post(path, {"reason": "x"}).status_code == 403
    assert cabinet.client(cabinet.stranger).post(path, {"reason": "x"}).status_code == 404


def test_impossible_measures_are_refused_at_the_field_and_odd_ones_confirmed(cabinet, patient):
    client, path = view_record(cabinet, patient)
    refused = client.post(path, {"reason": "x", "m_temperature": "377"})
    assert refused.status_code == 422 and "Température" in refused.content.decode()
    odd = client.post(path, {"reason": "x", "m_systolic": "230", "m_diastolic": "110"})
    assert odd.status_code == 422 and "inhabituelles" in odd.content.decode()
    sure = client.post(
        path, {"reason": "x", "m_systolic": "230", "m_diastolic": "110", "confirm_unusual": "1"}
    )
    assert sure.status_code == 302


def test_care_domain_is_named_in_the_field():
    assert Entry._meta.get_field("payload").domain == Domain.CARE


def test_pages_of_the_timeline_skip_nothing_signed_at_the_same_moment(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        new = [services.NewEntry("problem", Problem(label=f"n° {number}")) for number in range(25)]
        services.add_entries(keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, entries=new)
    client, path = view_record(cabinet, patient)
    first = client.get(path.replace("consultation/", ""))
    last = first.context["items"][-1]
    assert first.context["next_before"]
    second = client.get(path.replace("consultation/", ""), {"avant": first.context["next_before"]})
    shown = [item.id for page in (first, second) for item in page.context["items"]]
    assert len(shown) == len(set(shown)) == 25 and last.id in shown
    assert client.get(path.replace("consultation/", ""), {"avant": "n’importe quoi"}).status_code == 200
