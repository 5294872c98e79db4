"""A practice never sees another's rows: by the manager, and on PostgreSQL by the database itself (DESIGN §5)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from serment.patients.models import Patient
from serment.vault.ids import decode, encode, new_id
from serment.vault.models import SubjectKey
from serment.vault.rls import policed_tables
from serment.vault.tenancy import NoPractice, all_practices, leave_practice, using_practice


def test_queries_are_scoped_and_refused_outside(cabinet):
    patient = cabinet.patient()
    with using_practice(cabinet.practice.pk):
        assert Patient.objects.filter(pk=patient.pk).exists()
    with using_practice(cabinet.stranger.practice_id):
        assert not Patient.objects.exists()
        assert not SubjectKey.objects.filter(subject_id=patient.pk).exists()
    with pytest.raises(NoPractice):
        Patient.objects.exists()


def test_policies_cover_every_tenant_table():
    tables = policed_tables()
    for table in (
        "patients_patient",
        "record_entry",
        "agenda_appointment",
        "billing_claim",
        "journal_event",
        "vault_subjectkey",
    ):
        assert table in tables
    assert "access_session" not in tables


@pytest.mark.strict_rows
@pytest.mark.postgresql
def test_postgresql_filters_underneath(cabinet):
    patient = cabinet.patient()
    with using_practice(cabinet.practice.pk):
        assert Patient.unscoped.filter(pk=patient.pk).exists()
    with using_practice(cabinet.stranger.practice_id):
        assert not Patient.unscoped.filter(pk=patient.pk).exists()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Patient.unscoped.bulk_create([Patient(practice_id=cabinet.practice.pk, identity=b"x")])


@pytest.mark.strict_rows
@pytest.mark.postgresql
def test_outside_of_any_practice_nothing_shows_unless_asked(cabinet):
    patient = cabinet.patient()
    assert not Patient.unscoped.filter(pk=patient.pk).exists()
    with all_practices():
        assert Patient.unscoped.filter(pk=patient.pk).exists()


def test_ids_read_back_and_grow():
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert all(decode(encode(value)) == value for value in ids[:100])
    for bad in ("", "x" * 13 + "!", "00000000000il", "z" * 13):
        with pytest.raises(ValueError, match="not an id"):
            decode(bad)


@pytest.mark.strict_rows
def test_a_doctor_works_under_the_row_policies(cabinet):
    """Signing in happens before the practice is known: what it joins must be readable then, on either database."""
    patient = cabinet.patient()
    client = cabinet.client(cabinet.doctor)
    leave_practice()
    page = client.get(f"/patients/{encode(patient.pk)}/dossier/consultation/")
    assert page.status_code == 200
    assert page.wsgi_request.person.practitioner is not None
