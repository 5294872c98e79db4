"""An archived patient typed again is proposed from the archive, to who may open it and to nobody else (R7.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from serment.patients.models import Patient
from serment.retention import services
from serment.retention.models import ArchivedFile
from serment.vault.ids import encode

TYPED = {
    "birth_family_name": "KERBRAT",
    "first_given_name": "Apolline",
    "sex": "F",
    "birth_date": "1984-05-17",
    "source": "manual",
}
WORDS = "dossier archivé"


@pytest.fixture
def archived(cabinet):
    patient = cabinet.patient(birth_family_name="Kerbrat")
    Patient.unscoped.filter(pk=patient.pk).update(created_at=timezone.now() - timedelta(days=6 * 366))
    with cabinet.at_work(cabinet.doctor) as keyring:
        services.archive_batch(keyring=keyring, author=cabinet.doctor)
        return ArchivedFile.objects.get()


def test_it_is_proposed_while_typing_and_before_creating(cabinet, archived):
    client = cabinet.client(cabinet.doctor)
    typed = client.post("/patients/doublons/", TYPED).content.decode()
    assert WORDS in typed and f"/durees/archives/{encode(archived.pk)}/" in typed
    refused = client.post("/patients/nouveau/", TYPED)
    assert refused.status_code == 422 and WORDS in refused.content.decode()
    assert not Patient.unscoped.exists(), "proposed before anything is made"
    assert client.post("/patients/nouveau/", {**TYPED, "anyway": "1"}).status_code == 302


def test_another_identity_and_another_hand_learn_nothing(cabinet, archived):
    client = cabinet.client(cabinet.doctor)
    other = client.post("/patients/doublons/", {**TYPED, "birth_date": "1984-05-18"})
    assert WORDS not in other.content.decode()
    for person in (cabinet.secretary, cabinet.outsider):
        browser = cabinet.client(person)
        assert WORDS not in browser.post("/patients/doublons/", TYPED).content.decode()
        made = browser.post("/patients/nouveau/", {**TYPED, "circles": str(cabinet.circle.pk)})
        assert made.status_code == 302, "the archive neither shows nor slows who may not open it"
        Patient.unscoped.all().delete()
