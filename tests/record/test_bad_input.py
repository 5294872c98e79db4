"""Bad input is answered at the field, never by an error page; every look is an event (E-TRAC-1)."""

from __future__ import annotations

import pytest

from serment.journal.models import Event
from serment.record import services
from serment.record.kinds.problem import Problem
from serment.vault.ids import encode
from serment.vault.paths import path as path_of


@pytest.fixture
def patient(cabinet):
    return cabinet.patient()


@pytest.mark.parametrize(
    "kind, data",
    [
        ("problem", {"label": "x", "status": "active"}),
        ("allergy", {"substance": "x", "certainty": "confirmed"}),
        ("history", {"side": "personal", "text": "x"}),
        ("treatment", {"label": "x", "status": "running"}),
        ("measure", {}),
    ],
)
def test_too_short_is_refused_at_the_field(cabinet, patient, kind, data):
    answer = cabinet.client(cabinet.doctor).post(path_of("record:add", patient.pk, kind), data)
    assert answer.status_code == 422


@pytest.mark.parametrize("text", ["abc", "9" * 40, "-1", ""])
def test_a_made_up_session_number_is_not_found(cabinet, text):
    answer = cabinet.client(cabinet.doctor).post("/compte/sessions/fermer/", {"session": text})
    assert answer.status_code == (302 if not text else 404)


def test_every_page_about_a_patient_is_an_event(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        entry = services.add_entry(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            kind="problem",
            payload=Problem(label="Asthme"),
        )
    client = cabinet.client(cabinet.doctor)
    identity = encode(patient.pk)
    for path in (
        f"/dossier/elements/{encode(entry.pk)}/",
        f"/dossier/elements/{encode(entry.pk)}/corriger/",
        path_of("record:add", patient.pk, "problem"),
        f"/patients/{identity}/dossier/consultation/signee/",
        f"/patients/{identity}/ordonnances/nouvelle/",
        f"/patients/{identity}/dossier/",
        f"/patients/{identity}/dossier/mesures/",
        f"/patients/{identity}/dossier/consultation/",
        f"/patients/{identity}/",
        f"/patients/{identity}/modifier/",
        f"/patients/{identity}/versions/",
        f"/agenda/patients/{identity}/",
        f"/facturation/patients/{identity}/",
        f"/facturation/patients/{identity}/nouvelle/",
    ):
        before = Event.unscoped.filter(subject_id=patient.pk).count()
        assert client.get(path).status_code == 200, path
        assert Event.unscoped.filter(subject_id=patient.pk).count() == before + 1, path
