"""The clock, the archive and the end (R7.1-R7.8, P-ARCH-1, P-ARCH-2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from serment.agenda.models import Appointment
from serment.billing import services as billing
from serment.billing.models import Payment
from serment.billing.payloads import ActLine
from serment.patients.models import Patient
from serment.patients.restrictions import Frozen
from serment.patients.selectors import card, search
from serment.privacy import requests
from serment.record import services as record
from serment.record.kinds.allergy import Allergy
from serment.record.models import Entry
from serment.record.selectors import allergies
from serment.retention import clock, holds, rows, services, store, upkeep
from serment.retention.models import ArchivedFile, Certificate
from serment.vault import crypto
from serment.vault.ids import encode
from serment.vault.keyring import NoKey
from serment.vault.models import IndexToken, KeyHolder, SubjectKey
from tests.cabinet import PASSWORD

BORN = date(1984, 5, 17)


@pytest.fixture
def old(cabinet):
    """A patient last seen six years ago, with a record, a paid claim and an agenda."""
    patient = cabinet.patient(birth_family_name="Kerbrat")
    six = timezone.now() - timedelta(days=6 * 366)
    with cabinet.at_work(cabinet.doctor) as keyring:
        record.add_entry(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            kind="allergy",
            payload=Allergy(substance="sulfamidine"),
            occurred_at=six,
        )
        claim = billing.establish_claim(
            keyring=keyring,
            author=cabinet.doctor,
            practitioner=cabinet.doctor.practitioner,
            patient_id=patient.pk,
            lines=[ActLine(code="G", label="Consultation", amount_cents=3000)],
            request_key="old",
        )
        paid = billing.take_payment(
            author=cabinet.doctor, claim_id=claim.pk, amount_cents=3000, mode="card", request_key="old-pay"
        )
        billing.reverse_payment(author=cabinet.doctor, payment_id=paid.pk)
        type(claim).objects.filter(pk=claim.pk).update(established_on=six.date())
        Patient.objects.filter(pk=patient.pk).update(created_at=six)
    return patient


def put_away(cabinet, patient) -> ArchivedFile:
    with cabinet.at_work(cabinet.doctor) as keyring:
        due = next(d for d in clock.sweep() if d.patient_id == patient.pk)
        return services.archive(keyring=keyring, author=cabinet.doctor, due=due)


def test_no_table_about_patients_is_forgotten():
    """Whatever points at a patient, or at a row that does, leaves with them."""
    listed = {model for model, _ in (*rows.MODELS, *rows.SHED)}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model in listed:
                assert model in listed, f"{model._meta.label}.{field.name}"


def test_the_clock_runs_from_the_last_intervention(cabinet, old):
    recent = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert [due.patient_id for due in clock.sweep()] == [old.pk]
        record.add_entry(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=old.pk,
            kind="allergy",
            payload=Allergy(substance="latex"),
        )
        assert not list(clock.sweep()), "writing in the file starts it again"
        later = timezone.localdate() + timedelta(days=6 * 366)
        assert {due.patient_id for due in clock.sweep(later)} == {old.pk, recent.pk}


def test_reading_is_no_intervention(cabinet, old):
    cabinet.client(cabinet.doctor).get(f"/patients/{encode(old.pk)}/dossier/")
    with cabinet.at_work(cabinet.doctor):
        assert [due.patient_id for due in clock.sweep()] == [old.pk]


def test_a_frozen_file_waits(cabinet, old):
    with cabinet.at_work(cabinet.doctor) as keyring:
        requests.limit(author=cabinet.doctor, patient_id=old.pk)
        due = next(clock.sweep())
        assert due.held
        with pytest.raises(Frozen):
            services.archive(keyring=keyring, author=cabinet.doctor, due=due)
        outcome = services.archive_batch(keyring=keyring, author=cabinet.doctor)
    assert outcome.archived == 0 and list(outcome.left.values()) == [1]


def test_nothing_but_a_stub_is_left_in_the_active_base(cabinet, old):
    made = put_away(cabinet, old)
    with cabinet.at_work(cabinet.doctor) as keyring:
        for model, name in rows.MODELS:
            assert not model.objects.filter(**{name: old.pk}).exists(), model
        assert not SubjectKey.objects.filter(subject_id=old.pk).exists()
        assert not IndexToken.objects.filter(subject_id=old.pk).exists()
        assert search(keyring=keyring, text="kerbrat")[0] == []
        with pytest.raises(Patient.DoesNotExist):
            card(keyring=keyring, patient_id=old.pk)
    content = store.path_of(made.pk).read_bytes()
    assert b"Kerbrat" not in content and b"sulfamidine" not in content
    with cabinet.at_work(cabinet.doctor):
        kept = list(Payment.objects.filter(patient_id=old.pk).values_list("amount_cents", flat=True))
    assert sorted(kept) == [-3000, 3000], "the accounts keep what was received"
    with cabinet.at_work(cabinet.doctor):
        assert made.destroy_on == clock.terms().destroy_on(made.last_on, BORN) > timezone.localdate()


def test_only_who_holds_the_archive_finds_and_opens_it(cabinet, old):
    made = put_away(cabinet, old)
    identity = {"family": "KERBRAT", "first": "apolline", "born": BORN}
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert [row.pk for row in services.find(keyring=keyring, **identity)] == [made.pk]
        assert services.find(keyring=keyring, **{**identity, "born": date(1984, 5, 18)}) == []
        with pytest.raises(services.Refused):
            services.consult(keyring=keyring, author=cabinet.doctor, archive_id=made.pk, reason="")
        opened = services.consult(
            keyring=keyring, author=cabinet.doctor, archive_id=made.pk, reason="demande du patient"
        )
    assert opened["record"][0]["content"]["substance"] == "sulfamidine"
    for person in (cabinet.secretary, cabinet.technician, cabinet.substitute):
        with cabinet.at_work(person) as keyring, pytest.raises(NoKey):
            services.find(keyring=keyring, **identity)
    with cabinet.at_work(cabinet.outsider) as keyring, pytest.raises(NoKey):
        services.consult(keyring=keyring, author=cabinet.outsider, archive_id=made.pk, reason="curiosité")


def test_a_patient_who_returns_finds_everything(cabinet, old):
    made = put_away(cabinet, old)
    with cabinet.at_work(cabinet.doctor) as keyring:
        patient_id = services.bring_back(keyring=keyring, author=cabinet.doctor, archive_id=made.pk)
        assert patient_id == old.pk
        assert allergies(keyring=keyring, patient_id=old.pk)[0].substance == "sulfamidine"
        assert card(keyring=keyring, patient_id=old.pk).identity.birth_family_name == "Kerbrat"
        assert [hit.id for hit in search(keyring=keyring, text="kerbrat")[0]] == [old.pk]
        assert not ArchivedFile.objects.exists()
    assert cabinet.client(cabinet.doctor).get(f"/patients/{encode(old.pk)}/dossier/").status_code == 200


def test_a_changed_file_is_not_opened(cabinet, old):
    made = put_away(cabinet, old)
    path = store.path_of(made.pk)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with cabinet.at_work(cabinet.doctor) as keyring, pytest.raises(store.Missing, match="a changé"):
        services.bring_back(keyring=keyring, author=cabinet.doctor, archive_id=made.pk)
    path.unlink()
    with cabinet.at_work(cabinet.doctor) as keyring, pytest.raises(store.Missing, match="introuvable"):
        services.bring_back(keyring=keyring, author=cabinet.doctor, archive_id=made.pk)


def test_an_archiving_that_fails_changes_nothing(cabinet, old, monkeypatch):
    monkeypatch.setattr(rows, "remove", lambda patient_id, taken: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        put_away(cabinet, old)
    monkeypatch.undo()
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert allergies(keyring=keyring, patient_id=old.pk) and not ArchivedFile.objects.exists()
    assert not list(store.folder().glob("*.archive"))


def test_destruction_takes_two_steps_and_leaves_a_certificate(cabinet, old):
    made = put_away(cabinet, old)
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "author": cabinet.doctor}
        with pytest.raises(services.Refused, match="Rien"):
            services.destroy(**given, code="X")
        ArchivedFile.objects.filter(pk=made.pk).update(destroy_on=timezone.localdate())
        code = services.confirmation(services.ended())
        ArchivedFile.objects.filter(pk=made.pk).update(destroy_on=timezone.localdate() - timedelta(days=1))
        with pytest.raises(services.Refused, match="ne correspond pas"):
            services.destroy(**given, code=code)
        certificate = services.destroy(**given, code=services.confirmation(services.ended()))
        assert (certificate.files, certificate.keys) == (1, 2)
        assert not SubjectKey.objects.filter(subject_id=made.pk).exists()
        holder = KeyHolder.objects.get(pk=certificate.signer_id)
        assert crypto.verify(holder.signing_public_key, certificate.signature, services.message(certificate))
        certificate.files = 2
        assert not crypto.verify(
            holder.signing_public_key, certificate.signature, services.message(certificate)
        )


def test_the_medium_without_its_key_opens_nowhere(cabinet, old):
    """What a copy of the archive's disk is worth once the key is destroyed."""
    made = put_away(cabinet, old)
    with cabinet.at_work(cabinet.doctor) as keyring:
        SubjectKey.objects.filter(subject_id=made.pk).delete()
        assert store.path_of(made.pk).exists()
        with pytest.raises(NoKey):
            services.consult(keyring=keyring, author=cabinet.doctor, archive_id=made.pk, reason="essai")


def test_minors_are_kept_until_the_age_of_the_profile(cabinet):
    from serment.privacy.models import Settings

    with cabinet.at_work(cabinet.doctor):
        seen, born = date(2026, 1, 10), date(2025, 3, 1)
        assert clock.terms().destroy_on(seen, born) == date(2046, 1, 10)
        Settings.objects.create(profile="adopte_2020")
        assert clock.terms().destroy_on(seen, born) == date(2053, 3, 1)


def test_the_sweep_asks_the_same_queries_for_any_number(cabinet):
    for _ in range(12):
        cabinet.patient()
    with cabinet.at_work(cabinet.doctor), CaptureQueriesContext(connection) as asked:
        list(clock.sweep())
    assert len(asked) <= 8


def test_the_pages_do_it(cabinet, old):
    doctor = cabinet.client(cabinet.doctor)
    upkeep.run()
    assert "KERBRAT" in doctor.get("/durees/").content.decode()
    assert doctor.post("/durees/archiver/").status_code == 302
    with cabinet.at_work(cabinet.doctor):
        made = ArchivedFile.objects.get()
    found = doctor.post("/durees/archives/", {"family": "Kerbrat", "first": "Apolline", "born": "1984-05-17"})
    assert encode(made.pk) in found.content.decode()
    path = f"/durees/archives/{encode(made.pk)}/"
    assert doctor.post(path, {"reason": ""}).status_code == 422
    why = {"reason": "le patient demande", "password": "pas le bon"}
    refused = doctor.post(path, why)
    assert refused.status_code == 422 and "sulfamidine" not in refused.content.decode()
    assert "sulfamidine" in doctor.post(path, {**why, "password": PASSWORD}).content.decode()
    again = doctor.get(path).content.decode()
    assert "le patient demande" in again and "sulfamidine" not in again, "each opening asks anew"
    assert doctor.post(f"{path}rendre/").status_code == 302
    assert cabinet.client(cabinet.secretary).get("/durees/").status_code == 403
    assert not Certificate.unscoped.exists() and Entry.unscoped.exists() and not Appointment.unscoped.exists()


def test_a_hold_keeps_a_file_and_an_archive(cabinet, old):
    """The clock passes a held file by, and destruction too, until the hold is lifted (R7.2)."""
    with cabinet.at_work(cabinet.doctor) as keyring:
        held = holds.place(author=cabinet.doctor, reason="litigation", patient=old)
        due = next(d for d in clock.sweep() if d.patient_id == old.pk)
        assert due.held == "retenu : contentieux en cours"
        with pytest.raises(holds.Held):
            services.archive(keyring=keyring, author=cabinet.doctor, due=due)
        holds.lift(author=cabinet.doctor, hold_id=held.pk)
    archived = put_away(cabinet, old)
    with cabinet.at_work(cabinet.doctor):
        far = archived.destroy_on + timedelta(days=1)
        assert [row.pk for row in services.ended(far)] == [archived.pk]
        kept = holds.place(author=cabinet.doctor, reason="expertise", archived=archived)
        assert services.ended(far) == []
        holds.lift(author=cabinet.doctor, hold_id=kept.pk)
        assert [row.pk for row in services.ended(far)] == [archived.pk]


def test_the_patient_page_says_when_the_file_ends(cabinet, old):
    browser = cabinet.client(cabinet.doctor)
    page = browser.get(f"/durees/patients/{encode(old.pk)}/")
    assert page.status_code == 200 and "Quitte la base active" in page.content.decode()
    browser.post(f"/durees/patients/{encode(old.pk)}/retenir/", {"reason": "litigation"})
    assert "contentieux en cours" in browser.get(f"/durees/patients/{encode(old.pk)}/").content.decode()
