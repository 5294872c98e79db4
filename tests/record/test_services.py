"""The record: typed, versioned, signed, sealed (R3.4, R5.7, R5.8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from serment.agenda import services as agenda
from serment.agenda.models import Appointment, AppointmentType
from serment.journal.models import Event
from serment.record import consultation, drafts, selectors, services, signatures
from serment.record.kinds.allergy import Allergy
from serment.record.kinds.consultation import CodedProblem, Consultation
from serment.record.kinds.problem import Problem
from serment.record.models import Entry, EntryVersion
from serment.vault.domains import Domain


def correct(cabinet, person, entry, label, reason="spirométrie", version=1, **more):
    with cabinet.at_work(person) as keyring:
        return services.correct_entry(
            keyring=keyring,
            author=person,
            entry_id=entry.pk,
            version=version,
            payload=Problem(label=label, **more),
            reason=reason,
        )


def sign(cabinet, patient, **more):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return consultation.sign(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            consultation=more.pop("consultation", Consultation(reason="fatigue")),
            measures=more.pop("measures", {}),
            **more,
        )


def test_an_entry_is_sealed_signed_and_journalled(cabinet, patient, add):
    entry = add()
    assert b"Asthme" not in bytes(entry.payload)
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert signatures.verify_entry(keyring=keyring, entry=entry)
    event = Event.unscoped.filter(practice_id=cabinet.practice.pk, action="record.added").get()
    assert (event.subject_id, event.object_id) == (patient.pk, entry.pk)
    assert "Asthme" not in str(event.details)


def test_a_correction_keeps_the_old_version_and_wants_a_reason(cabinet, patient, add):
    entry = add()
    with pytest.raises(services.Refused, match="justifie"):
        correct(cabinet, cabinet.colleague, entry, "BPCO", reason=" ")
    with pytest.raises(services.Refused, match="Rien n’a changé"):
        correct(cabinet, cabinet.colleague, entry, "Asthme")
    correct(cabinet, cabinet.colleague, entry, "BPCO")
    with pytest.raises(services.Refused, match="entre-temps"):
        correct(cabinet, cabinet.colleague, entry, "Bronchite")
    assert EntryVersion.unscoped.count() == 1
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert selectors.summary(keyring=keyring, patient_id=patient.pk).problems[0].line == "BPCO"
    event = Event.unscoped.get(action="record.corrected")
    assert (event.actor_id, event.details) == (cabinet.colleague.pk, {"kind": "problem", "version": 2})


def test_what_is_resolved_leaves_the_summary_and_may_come_back(cabinet, patient, add):
    entry = add()
    assert not add(payload=Problem(label="Angine", status="resolved")).standing
    assert not correct(cabinet, cabinet.doctor, entry, "Asthme", status="resolved").standing
    assert correct(cabinet, cabinet.doctor, entry, "Asthme", version=2).standing


def test_in_error_leaves_the_summary_and_changes_no_more(cabinet, patient, add):
    entry = add()
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "author": cabinet.doctor, "entry_id": entry.pk}
        services.mark_in_error(**given, reason="autre patient", version=1)
        assert not selectors.summary(keyring=keyring, patient_id=patient.pk).problems
        assert selectors.timeline(keyring=keyring, patient_id=patient.pk).items[0].in_error
        with pytest.raises(services.Refused, match="saisi par erreur"):
            services.mark_in_error(**given, reason="encore")
    with pytest.raises(services.Refused, match="saisi par erreur"):
        correct(cabinet, cabinet.doctor, entry, "BPCO", version=2)


def test_a_content_must_be_of_its_kind_and_not_of_tomorrow(cabinet, add):
    with pytest.raises(TypeError):
        add("problem", Allergy(substance="Pénicilline"))
    with pytest.raises(services.Refused, match="futur"):
        add(occurred_at=timezone.now() + timedelta(hours=1))


def test_who_may_not_write_is_refused_even_with_a_practitioners_keys(cabinet, patient, add):
    entry = add()
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "author": cabinet.secretary}
        with pytest.raises(services.Refused, match="profil"):
            services.add_entry(
                **given, patient_id=patient.pk, kind="problem", payload=Problem(label="Asthme")
            )
        with pytest.raises(services.Refused, match="profil"):
            services.mark_in_error(**given, entry_id=entry.pk, reason="essai")


def test_a_consultation_is_signed_with_its_measures(cabinet, patient):
    entry = sign(cabinet, patient, measures={"weight": 70, "height": 175})
    with cabinet.at_work(cabinet.doctor) as keyring:
        summary = selectors.summary(keyring=keyring, patient_id=patient.pk)
        assert ("IMC", "22,9\u00a0kg/m²") in [(last.label, last.text) for last in summary.measures]
        assert Entry.objects.get(kind="measure").encounter_id == entry.pk
    events = Event.unscoped.filter(action__startswith="record.")
    assert [event.action for event in events] == ["record.consultation_signed"]
    with pytest.raises(services.Refused, match="vide"):
        sign(cabinet, patient, consultation=Consultation())


def test_coded_problems_join_the_list_once(cabinet, patient, add):
    add(payload=Problem(code="I10", label="Hypertension artérielle"))
    coded = [CodedProblem(code="I10", label="HTA"), CodedProblem(code="E11", label="Diabète de type 2")]
    sign(cabinet, patient, consultation=Consultation(problems=coded), keep_problems=True)
    with cabinet.at_work(cabinet.doctor) as keyring:
        found = selectors.problems(keyring=keyring, patient_id=patient.pk)
    assert sorted(problem.code for problem in found) == ["E11", "I10"]


def test_the_same_page_signs_once(cabinet, patient):
    page = drafts.new_page()
    first = sign(cabinet, patient, page=page, measures={"weight": 70})
    assert sign(cabinet, patient, page=page, measures={"weight": 70}).pk == first.pk
    assert Entry.unscoped.filter(kind="consultation").count() == 1
    other = cabinet.patient(birth_family_name="Autre")
    with pytest.raises(services.Refused, match="déjà servi"):
        sign(cabinet, other, page=page)


def test_signing_ends_the_appointment_of_this_patient_only(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        agenda.create_defaults(practitioner=cabinet.doctor.practitioner)
        row = agenda.book(
            keyring=keyring,
            author=cabinet.doctor,
            practitioner=cabinet.doctor.practitioner,
            type=AppointmentType.objects.first(),
            start=timezone.now() + timedelta(days=1),
            patient_id=patient.pk,
        )
        Appointment.objects.filter(pk=row.pk).update(state=Appointment.State.IN_CONSULTATION)
    sign(cabinet, cabinet.patient(birth_family_name="Autre"), appointment_id=row.pk)
    assert Appointment.unscoped.get(pk=row.pk).state == Appointment.State.IN_CONSULTATION
    sign(cabinet, patient, appointment_id=row.pk)
    assert Appointment.unscoped.get(pk=row.pk).state == Appointment.State.DONE


def test_care_domain_is_named_in_the_field():
    assert Entry._meta.get_field("payload").domain == Domain.CARE
