"""What is sealed opens only in its place, for whoever holds its key (DESIGN §2; R10.2)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.patients.models import Patient
from serment.patients.payloads import Coverage, Identity, InsIdentity
from serment.vault import crypto, custody
from serment.vault.domains import Domain
from serment.vault.keyring import NoKey
from serment.vault.models import Grant, SubjectKey

IDENTITY = Identity(birth_family_name="Kermorvan", first_given_name="Elouan", birth_date=date(1971, 2, 3))


@given(st.binary(max_size=500), st.binary(max_size=50))
def test_sealed_bytes_round_trip_and_refuse_another_place(plain, aad):
    key = crypto.new_key()
    sealed = crypto.seal(key, plain, aad)
    assert crypto.open_sealed(key, sealed, aad) == plain
    for wrong in (aad + b"x", b"y" + aad):
        with pytest.raises(crypto.CannotOpen):
            crypto.open_sealed(key, sealed, wrong)
    with pytest.raises(crypto.CannotOpen):
        crypto.open_sealed(crypto.new_key(), sealed, aad)


@given(st.integers(0, 400))
def test_any_altered_byte_is_found(place):
    key = crypto.new_key()
    sealed = bytearray(crypto.seal(key, b"x" * 400, b"here"))
    sealed[place % len(sealed)] ^= 1
    with pytest.raises(crypto.CannotOpen):
        crypto.open_sealed(key, bytes(sealed), b"here")


def test_hpke_puts_in_without_a_key():
    pair = crypto.KeyPair.generate()
    sealed = crypto.seal_to(pair.public, b"draft", b"info")
    assert crypto.open_with(pair.private, sealed, b"info") == b"draft"
    with pytest.raises(crypto.CannotOpen):
        crypto.open_with(pair.private, sealed, b"other info")
    with pytest.raises(crypto.CannotOpen):
        crypto.open_with(crypto.KeyPair.generate().private, sealed, b"info")


def test_a_payload_moved_to_another_row_field_patient_or_practice_does_not_open(cabinet):
    one = cabinet.patient(birth_family_name="Un")
    two = cabinet.patient(birth_family_name="Deux")
    with cabinet.at_work(cabinet.doctor) as keyring:
        keys = keyring.subject_keys([one.pk, two.pk], Domain.ADMIN)
        assert keys.open(one, "identity").birth_family_name == "Un"
        stolen = bytes(one.identity)
        two.identity = stolen
        with pytest.raises(crypto.CannotOpen):
            keys.open(two, "identity")
        one.practice_id += 1
        with pytest.raises(crypto.CannotOpen):
            keys.open(one, "identity")
        one.practice_id -= 1
        row = Patient.objects.get(pk=one.pk)
        care = keyring.subject_keys([one.pk], Domain.CARE)
        care.seal(row, "ins", InsIdentity(matricule="1"))
        with pytest.raises(NoKey):
            keys.open(row, "ins")
        row.coverage = row.identity
        billing = keyring.subject_keys([one.pk], Domain.BILLING)
        with pytest.raises(crypto.CannotOpen):
            billing.open(row, "coverage")


def test_a_wrapped_key_moved_to_another_patient_does_not_open(cabinet):
    one, two = cabinet.patient(), cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        wrapped = SubjectKey.objects.get(subject_id=one.pk, domain="care").wrapped
        SubjectKey.objects.filter(subject_id=two.pk, domain="care").update(wrapped=wrapped)
        with pytest.raises(crypto.CannotOpen):
            keyring.subject_keys([two.pk], Domain.CARE)


def test_the_secretary_cannot_open_care_whatever_the_view_does(cabinet):
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        keyring.subject_keys([patient.pk], Domain.CARE).seal(patient, "ins", InsIdentity(matricule="2"))
        patient.save()
    with cabinet.at_work(cabinet.secretary) as keyring:
        row = Patient.objects.get(pk=patient.pk)
        with pytest.raises(NoKey):
            keyring.subject_keys([patient.pk], Domain.CARE)
        # Even with the admin keys in hand and the field forced: the bytes do not open.
        admin = keyring.subject_keys([patient.pk], Domain.ADMIN)
        row.identity = row.ins
        with pytest.raises(crypto.CannotOpen):
            admin.open(row, "identity")


def test_a_secretary_creates_a_patient_whose_care_only_the_doctor_opens(cabinet):
    patient = cabinet.patient(by=cabinet.secretary)
    row = SubjectKey.unscoped.get(subject_id=patient.pk, domain="care")
    assert row.to_public
    with cabinet.at_work(cabinet.secretary) as keyring, pytest.raises(NoKey):
        keyring.subject_keys([patient.pk], Domain.CARE)
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert patient.pk in keyring.subject_keys([patient.pk], Domain.CARE)
        assert custody.rewrap(keyring) == 1
        assert not SubjectKey.objects.get(subject_id=patient.pk, domain="care").to_public
        assert patient.pk in keyring.subject_keys([patient.pk], Domain.CARE)


def test_another_circle_and_another_practice_hold_no_care_key(cabinet):
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.outsider) as keyring:
        assert patient.pk not in keyring.subject_keys([patient.pk], Domain.CARE)
    with cabinet.at_work(cabinet.stranger) as keyring:
        assert patient.pk not in keyring.subject_keys([patient.pk], Domain.ADMIN)


def test_sharing_with_another_circle_adds_one_wrapping(cabinet):
    patient = cabinet.patient()
    outsider_circle = cabinet.outsider.practitioner.circle_id
    with cabinet.at_work(cabinet.doctor) as keyring:
        custody.share_subject(keyring, patient.pk, cabinet.circle.pk, outsider_circle)
    with cabinet.at_work(cabinet.outsider) as keyring:
        assert patient.pk in keyring.subject_keys([patient.pk], Domain.CARE)


def test_withdrawing_turns_the_epoch_and_old_keys_are_rewrapped(cabinet):
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        colleague = cabinet.keyring(cabinet.colleague)
        custody.withdraw(keyring, cabinet.colleague.holder)
        assert not Grant.unscoped.filter(holder=cabinet.colleague.holder).exists()
        assert custody.rewrap(keyring) > 0
        assert patient.pk in keyring.subject_keys([patient.pk], Domain.CARE)
        # What the leaver kept in memory opens nothing that is stored from now on.
        assert patient.pk not in colleague.subject_keys([patient.pk], Domain.CARE)
    with cabinet.at_work(cabinet.secretary):
        fresh = custody.refresh(cabinet.keyring(cabinet.secretary))
        assert patient.pk in fresh.subject_keys([patient.pk], Domain.ADMIN)


def test_coverage_needs_the_billing_domain(cabinet):
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        keyring.subject_keys([patient.pk], Domain.BILLING).seal(patient, "coverage", Coverage(nir="1"))
        patient.save()
    with cabinet.at_work(cabinet.technician) as keyring:
        for domain in Domain:
            with pytest.raises(NoKey):
                keyring.subject_keys([patient.pk], domain)
