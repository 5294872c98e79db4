"""Requests: deadlines, answers, and what they do for real (R9.1-R9.7)."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pikepdf
import pytest
from django.utils import timezone

from serment.access.setup import add_circle
from serment.agenda import services as agenda
from serment.agenda.models import AppointmentType
from serment.billing import services as billing
from serment.billing.payloads import ActLine
from serment.patients import services as patients
from serment.patients.restrictions import Frozen
from serment.patients.selectors import card
from serment.prescribing import services as prescribing
from serment.prescribing.payloads import Dosage, Line
from serment.privacy import copy, letters, requests, rights
from serment.privacy.models import RightsRequest
from serment.record import consultation as consultations
from serment.record import services as record
from serment.record.kinds.allergy import Allergy
from serment.record.kinds.consultation import Consultation
from serment.vault import custody
from serment.vault.ids import encode
from serment.vault.models import SubjectKey
from serment.vault.paths import path as path_of


@pytest.fixture
def patient(cabinet):
    return cabinet.patient()


def ask(cabinet, patient, kind, **more):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return requests.receive(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            kind=kind,
            received_on=more.pop("on", timezone.localdate()),
            identity_check="known",
            asked="Ma demande",
            **more,
        )


@pytest.mark.parametrize(
    ("kind", "received", "old", "extended", "wanted"),
    [
        ("access", date(2026, 11, 23), False, False, date(2026, 12, 1)),
        ("access", date(2026, 12, 31), True, False, date(2027, 2, 28)),
        ("erasure", date(2026, 1, 31), False, False, date(2026, 2, 28)),
        ("erasure", date(2026, 1, 31), False, True, date(2026, 4, 30)),
    ],
)
def test_deadlines(kind, received, old, extended, wanted):
    assert rights.due(kind, received, old_file=old, extended=extended) == wanted


def test_who_acts_for_a_patient_is_named_with_their_ground(cabinet):
    """A minor or a protected adult: no request without the name and the title of who acts, both sealed (R9.1)."""
    child = cabinet.patient(first_given_name="Naïg", birth_date=date(timezone.localdate().year - 9, 1, 1))
    client, address = cabinet.client(cabinet.secretary), f"/vie-privee/patients/{encode(child.pk)}/demande/"
    assert "titulaire de l’autorité parentale" in client.get(address).content.decode()
    given = {
        "kind": "access",
        "received_on": f"{timezone.localdate():%Y-%m-%d}",
        "identity_check": "mandate",
        "acts_as": "parent",
        "asked": "La copie du dossier.",
    }
    refused = client.post(address, given)
    page = refused.content.decode()
    assert refused.status_code == 422 and "Dites qui agit" in page and "La copie du dossier." in page
    with cabinet.at_work(cabinet.doctor), pytest.raises(requests.Refused, match="qui agit"):
        ask(cabinet, child, "access", acts_as="parent")
    who = {"representative": "Maëlle Lestrange", "representative_ground": "livret de famille vu"}
    assert client.post(address, given | who).status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        row = RightsRequest.objects.get()
        assert row.acts_as == "parent" and b"Lestrange" not in bytes(row.asked)
        assert requests.opened(keyring, row)["ground"] == "livret de famille vu"
    page = cabinet.client(cabinet.doctor).get(f"/vie-privee/demandes/{encode(row.pk)}/").content.decode()
    assert "Maëlle Lestrange (livret de famille vu)" in page


def test_a_longer_delay_keeps_who_acts(cabinet, patient):
    row = ask(
        cabinet,
        patient,
        "rectification",
        acts_as="guardian",
        representative="Yann Tuteur",
        representative_ground="jugement du 3 mars",
    )
    with cabinet.at_work(cabinet.doctor) as keyring:
        requests.extend(keyring=keyring, author=cabinet.doctor, request_id=row.pk, reason="dossier ancien")
        row.refresh_from_db()
        assert requests.opened(keyring, row)["representative"] == "Yann Tuteur"
        text = letters.extension(keyring=keyring, practice=cabinet.practice, row=row)
    assert text.startswith(b"%PDF")


def test_an_erasure_of_the_record_is_refused_on_its_ground(cabinet, patient):
    row = ask(cabinet, patient, "erasure")
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert any("17.3.b" in text for _, text in requests.grounds_for(row))
        given = {"keyring": keyring, "author": cabinet.doctor, "request_id": row.pk, "answer": "Voir motif."}
        with pytest.raises(requests.Refused, match="en partie"):
            requests.close(**given, state="granted")
        with pytest.raises(requests.Refused, match="motif"):
            requests.close(**given, state="refused")
        closed = requests.close(**given, state="refused", ground="17.3.b")
        assert closed.ground == "17.3.b" and requests.opened(keyring, closed)["answer"] == "Voir motif."
        with pytest.raises(requests.Refused, match="déjà close"):
            requests.close(**given, state="refused", ground="17.3.b")


def test_the_deadline_of_a_copy_is_never_extended(cabinet, patient):
    row = ask(cabinet, patient, "access")
    with cabinet.at_work(cabinet.doctor) as keyring, pytest.raises(requests.Refused, match=r"L\.1111-7"):
        requests.extend(
            keyring=keyring, author=cabinet.doctor, request_id=row.pk, reason="beaucoup de pièces"
        )


def test_late_requests_are_counted(cabinet, patient):
    ask(cabinet, patient, "rectification", on=timezone.localdate() - timedelta(days=40))
    with cabinet.at_work(cabinet.doctor):
        assert requests.overdue() == 1


def test_limitation_refuses_every_use_until_it_is_lifted(cabinet, patient):
    """Article 18: kept and read by the practitioner, used for nothing else (R9.5)."""
    doctor = cabinet.doctor
    with cabinet.at_work(doctor) as keyring:
        agenda.create_defaults(practitioner=doctor.practitioner)
        entry = record.add_entry(
            keyring=keyring,
            author=doctor,
            patient_id=patient.pk,
            kind="allergy",
            payload=Allergy(substance="iode"),
        )
        who = {"keyring": keyring, "author": doctor, "patient_id": patient.pk}
        uses = [
            lambda: record.add_entry(**who, kind="allergy", payload=Allergy(substance="latex")),
            lambda: record.correct_entry(
                keyring=keyring,
                author=doctor,
                entry_id=entry.pk,
                version=1,
                payload=Allergy(substance="iode fort"),
                reason="précision",
            ),
            lambda: record.mark_in_error(keyring=keyring, author=doctor, entry_id=entry.pk, reason="erreur"),
            lambda: consultations.sign(**who, consultation=Consultation(reason="suivi"), measures={}),
            lambda: prescribing.issue(**who, lines=[Line(dci_label="Paracétamol", dosage=Dosage())]),
            lambda: billing.establish_claim(
                **who,
                practitioner=doctor.practitioner,
                lines=[ActLine(code="G", label="Consultation", amount_cents=3000)],
                request_key="gel",
            ),
            lambda: patients.update_patient(
                **who, version=1, identity=card(keyring=keyring, patient_id=patient.pk).identity
            ),
            lambda: agenda.book(
                **who,
                practitioner=doctor.practitioner,
                type=AppointmentType.objects.first(),
                start=timezone.now() + timedelta(days=3),
            ),
        ]
        limited = requests.limit(author=doctor, patient_id=patient.pk)
        for number, use in enumerate(uses):
            with pytest.raises(Frozen):
                use()
            assert number >= 0
    path = f"/patients/{encode(patient.pk)}"
    assert "Données gelées" in cabinet.client(doctor).get(f"{path}/dossier/").content.decode()
    refused = cabinet.client(cabinet.secretary).get(f"{path}/")
    assert refused.status_code == 409 and "article 18" in refused.content.decode()
    assert (
        cabinet.client(doctor)
        .post(path_of("record:add", patient.pk, "allergy"), {"substance": "latex", "certainty": "confirmed"})
        .status_code
        == 409
    )
    with cabinet.at_work(doctor):
        requests.lift(author=doctor, restriction_id=limited.pk)
        uses[0]()
    assert cabinet.client(cabinet.secretary).get(f"{path}/").status_code == 200


def test_opposition_to_sharing_takes_the_keys_back(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        circle, _ = add_circle(keyring=keyring, practice=cabinet.practice, name="Podologie")
        custody.share_subject(keyring, patient.pk, cabinet.circle.pk, circle.pk)
        held = SubjectKey.objects.filter(subject_id=patient.pk, domain="care")
        assert held.count() == 2
        requests.oppose(keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, purpose="echanges")
        assert [row.circle_id for row in held.all()] == [cabinet.circle.pk]
        with pytest.raises(requests.Refused, match="obligation légale"):
            requests.oppose(
                keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, purpose="dossier_medical"
            )


def test_the_copy_holds_everything_and_opens_with_its_secret_only(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        record.add_entry(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            kind="allergy",
            payload=Allergy(substance="sulfamidine"),
        )
        content, secret = copy.make(keyring=keyring, practice=cabinet.practice, patient_id=patient.pk)
    assert b"sulfamidine" not in content and b"Lestrange" not in content
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(content))
    with pikepdf.open(io.BytesIO(content), password=secret) as pdf:
        assert pdf.encryption.R == 6
        data = json.loads(pdf.attachments["dossier.json"].get_file().read_bytes())
    assert data["identity"]["birth_family_name"] == "Lestrange"
    assert data["record"][0]["content"]["substance"] == "sulfamidine"
    assert any("Aubry" in look["who"] for look in data["accesses"])


def test_a_secretary_makes_no_copy(cabinet, patient):
    answer = cabinet.client(cabinet.secretary).post(f"/vie-privee/patients/{encode(patient.pk)}/copie/")
    assert answer.status_code == 403


def test_the_desk_notes_a_request_and_the_doctor_answers(cabinet, patient):
    desk, doctor = cabinet.client(cabinet.secretary), cabinet.client(cabinet.doctor)
    path = f"/vie-privee/patients/{encode(patient.pk)}/"
    data = {
        "kind": "limitation",
        "received_on": timezone.localdate().isoformat(),
        "identity_check": "known",
        "asked": "Je conteste",
    }
    assert desk.post(f"{path}demande/", data).status_code == 302
    assert desk.post(f"{path}notice/", {"how": "leaflet"}).status_code == 302
    with cabinet.at_work(cabinet.doctor):
        row = requests.RightsRequest.objects.get()
    decided = doctor.post(
        f"/vie-privee/demandes/{encode(row.pk)}/", {"state": "granted", "answer": "Données gelées ce jour."}
    )
    assert decided.status_code == 302
    assert "Données gelées" in doctor.get(path).content.decode()
    assert desk.get(path).status_code == 409


@pytest.mark.parametrize("field", ["received_on", "identity_check", "kind"])
def test_a_missing_answer_is_said_at_its_field(cabinet, patient, field):
    data = {"kind": "access", "received_on": "2026-11-20", "identity_check": "known", field: ""}
    answer = cabinet.client(cabinet.doctor).post(f"/vie-privee/patients/{encode(patient.pk)}/demande/", data)
    assert answer.status_code == 422 and "invalid-feedback" in answer.content.decode()
