"""Prepared reads (ADR 0007): same rows as the ORM, scoped like it, and safe to run twice with other values."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from serment.patients.models import Patient
from serment.practice.models import Practice
from serment.record import perms
from serment.vault.prepared import Prepared, Slot
from serment.vault.tenancy import NoPractice, using_practice

ONE = Prepared(lambda: Patient.objects.filter(pk=Slot("pk")))


@pytest.fixture
def two(cabinet):
    return cabinet.patient(), cabinet.patient()


def test_each_run_has_its_own_values(cabinet, two):
    with using_practice(cabinet.practice.pk):
        for patient in (*two, two[0]):
            assert ONE.first(pk=patient.pk) == Patient.objects.get(pk=patient.pk)
        assert ONE.first(pk=1) is None


def test_another_practice_sees_nothing(cabinet, two):
    with using_practice(cabinet.practice.pk):
        assert ONE.first(pk=two[0].pk)
    other = Practice.objects.create(name="Ailleurs", address="1 rue", postal_code="75001", city="Paris")
    with using_practice(other.pk):
        assert ONE.first(pk=two[0].pk) is None


def test_outside_of_any_practice_it_refuses(two):
    with pytest.raises(NoPractice):
        ONE.first(pk=two[0].pk)


def test_written_within_a_practice_the_practice_stays_a_slot(cabinet, two):
    """Written first inside a practice, it must not keep that practice's number."""
    made = Prepared(lambda: Patient.objects.filter(pk=Slot("pk")))
    with using_practice(cabinet.practice.pk):
        assert made.first(pk=two[0].pk)
    with using_practice(cabinet.practice.pk + 1):
        assert made.first(pk=two[0].pk) is None


def test_a_missing_value_is_an_error(cabinet):
    with using_practice(cabinet.practice.pk), pytest.raises(KeyError):
        ONE.first()


def test_one_run_is_one_query(cabinet, two):
    with using_practice(cabinet.practice.pk), CaptureQueriesContext(connection) as queries:
        perms.patient_or_404(two[0].pk)
    assert len(queries) == 1


PART = Prepared(lambda: Patient.objects.filter(pk=Slot("pk")).only("id", "practice_id", "version"))


def test_its_rows_are_those_of_the_orm(cabinet, two):
    """Made without ``__init__``: the same values, of the same types, and rows that can be saved."""
    with using_practice(cabinet.practice.pk):
        given, asked = ONE.first(pk=two[0].pk), Patient.objects.get(pk=two[0].pk)
        for field in Patient._meta.concrete_fields:
            value = getattr(given, field.attname)
            assert value == getattr(asked, field.attname)
            assert type(value) is type(getattr(asked, field.attname))
        assert not given._state.adding
        given.save(update_fields=["version"])


def test_a_column_left_out_is_read_when_asked(cabinet, two):
    with using_practice(cabinet.practice.pk):
        given = PART.first(pk=two[0].pk)
        assert given.get_deferred_fields()
        assert given.created_at == Patient.objects.get(pk=two[0].pk).created_at
