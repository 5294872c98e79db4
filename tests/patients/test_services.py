"""Create and change a patient: what is sealed, versions, conflicts, journal (R5.2 to R5.4, R5.13)."""

from __future__ import annotations

import json
from datetime import date

import pytest

from serment.journal.models import Event
from serment.patients import selectors, services
from serment.patients.models import Patient, PatientVersion
from serment.patients.payloads import Contact, Coverage, Identity, InsIdentity
from serment.vault.domains import Domain
from serment.vault.models import IndexToken
from tests.patients.test_search import NIR, found, without

IDENTITY = Identity(
    birth_family_name="Quéméner",
    first_given_name="Soizic",
    sex="F",
    birth_date=date(1955, 8, 3),
    contact=Contact(mobile="+33612345678", city="Rennes"),
)


def create(cabinet, person, keyring, **more):
    return services.create_patient(
        keyring=keyring,
        author=person,
        identity=more.pop("identity", IDENTITY),
        circle_ids=[cabinet.circle.pk],
        **more,
    )


def last_event(action):
    return Event.objects.filter(action=action).order_by("-seq").first()


def test_without_billing_a_patient_is_created_and_no_number_kept(cabinet):
    with cabinet.at_work(cabinet.secretary) as keyring:
        narrow = without(keyring, Domain.BILLING)
        row = create(cabinet, cabinet.secretary, narrow, coverage=Coverage(nir=NIR))
        assert Patient.objects.get(pk=row.pk).coverage is None
        assert selectors.card(keyring=narrow, patient_id=row.pk).coverage is None
        assert last_event("patient.created").subject_id == row.pk
    with cabinet.at_work(cabinet.doctor) as keyring:
        # The doctor holds the keys that the desk could only seal, and may add what belongs to them.
        services.update_patient(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=row.pk,
            version=1,
            identity=IDENTITY,
            coverage=Coverage(nir=NIR),
            ins=InsIdentity(matricule=NIR, oid="1.2.250.1.213.1.4.8"),
        )
        card = selectors.card(keyring=keyring, patient_id=row.pk)
        assert card.coverage.nir == card.ins.matricule == NIR
        assert NIR[1:12] not in card.nir
    with cabinet.at_work(cabinet.secretary) as keyring:
        assert selectors.card(keyring=keyring, patient_id=row.pk).ins is None
        # An edit from the desk leaves alone what the desk cannot read.
        changed = IDENTITY.model_copy(update={"note": "2e étage"})
        services.update_patient(
            keyring=without(keyring, Domain.BILLING),
            author=cabinet.secretary,
            patient_id=row.pk,
            version=2,
            identity=changed,
            coverage=Coverage(),
        )
    with cabinet.at_work(cabinet.doctor) as keyring:
        card = selectors.card(keyring=keyring, patient_id=row.pk)
        assert (card.coverage.nir, card.identity.note) == (NIR, "2e étage")


def test_a_card_takes_two_queries(cabinet, django_assert_num_queries):
    row = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring, django_assert_num_queries(2):
        assert selectors.card(keyring=keyring, patient_id=row.pk).display_name == "LESTRANGE Apolline"


def test_an_edit_keeps_the_version_before_and_moves_the_index(cabinet):
    row = cabinet.patient(birth_family_name="Lestrange", contact=Contact(mobile="+33611111111"))
    new = IDENTITY.model_copy(update={"contact": Contact(mobile="+33622222222")})
    with cabinet.at_work(cabinet.doctor) as keyring:
        services.update_patient(
            keyring=keyring, author=cabinet.doctor, patient_id=row.pk, version=1, identity=new
        )
        past = PatientVersion.objects.get(patient=row)
        keys = keyring.subject_keys([row.pk], Domain.ADMIN)
        assert keys.open(past, "identity").birth_family_name == "Lestrange"
        event = last_event("patient.changed")
        assert (
            "contact.mobile" in event.details["fields"] and "identity.birth_date" in event.details["fields"]
        )
        assert "Lestrange" not in json.dumps(event.details) and "336" not in json.dumps(event.details)
        [change] = selectors.changes_of(keyring=keyring, patient_id=row.pk)
        assert ("birth_family_name", "Lestrange", "Quéméner") in change.fields
        tokens = IndexToken.objects.filter(subject_id=row.pk).count()
        assert tokens == len(services.tokens_of(keyring, new, None, None))
    assert found(cabinet, "lestrange") == found(cabinet, "0611111111") == []
    assert found(cabinet, "quemener") == found(cabinet, "0622222222") == [row.pk]


def test_nothing_changed_is_no_version(cabinet):
    row = cabinet.patient(**IDENTITY.model_dump())
    with cabinet.at_work(cabinet.doctor) as keyring:
        for _ in range(2):
            services.update_patient(
                keyring=keyring, author=cabinet.doctor, patient_id=row.pk, version=1, identity=IDENTITY
            )
        assert not PatientVersion.objects.exists()


def test_two_edits_of_one_version_conflict(cabinet):
    row = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        ask = {"keyring": keyring, "author": cabinet.doctor, "patient_id": row.pk, "version": 1}
        services.update_patient(**ask, identity=IDENTITY)
        with pytest.raises(services.ChangedMeanwhile):
            services.update_patient(**ask, identity=IDENTITY.model_copy(update={"note": "perdue"}))
        assert selectors.card(keyring=keyring, patient_id=row.pk).identity.note == ""


def suspects(cabinet, identity, **more):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return [
            (s.hit.id, s.strong) for s in selectors.suspects_of(keyring=keyring, identity=identity, **more)
        ]


def test_doubles_are_pointed_out_and_graded(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        row = create(cabinet, cabinet.doctor, keyring, coverage=Coverage(nir=NIR))
    plain = {"contact": Contact()}
    alike = IDENTITY.model_copy(update={"birth_family_name": "KEMENER", **plain})
    twin = IDENTITY.model_copy(update={"first_given_name": "Gwenn", **plain})
    family = IDENTITY.model_copy(
        update={"birth_family_name": "Autre", "first_given_name": "Ewen", "birth_date": date(2010, 1, 1)}
    )
    stranger = family.model_copy(update=plain)
    assert suspects(cabinet, alike) == [(row.pk, True)]
    assert suspects(cabinet, twin) == [(row.pk, False)]
    assert suspects(cabinet, family) == [(row.pk, False)]
    assert suspects(cabinet, stranger) == []
    assert suspects(cabinet, stranger, nir_value=NIR) == [(row.pk, False)]
    assert suspects(cabinet, alike, but=row.pk) == []


def test_names_for_lists_take_one_query(cabinet, django_assert_num_queries):
    ids = [cabinet.patient(first_given_name=name).pk for name in ("Ana", "Bea", "Cleo")]
    with cabinet.at_work(cabinet.secretary) as keyring, django_assert_num_queries(1):
        shown = selectors.names_of(keyring=keyring, patient_ids=ids)
    assert [shown[pk].display_name for pk in ids] == ["LESTRANGE Ana", "LESTRANGE Bea", "LESTRANGE Cleo"]
