"""R7.4 is measured on the medium and on the keys, not on the disk alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from serment.conformity.checks import ends
from serment.retention import services, store
from serment.retention.models import ArchivedFile
from serment.vault.models import SubjectKey


@pytest.fixture
def archived(cabinet, monkeypatch):
    """One archived file, on a medium that is taken for another disk."""
    patient = cabinet.patient(birth_family_name="Kerbrat")
    type(patient).unscoped.filter(pk=patient.pk).update(created_at=timezone.now() - timedelta(days=6 * 366))
    monkeypatch.setattr(ends.store, "is_apart", lambda: True)
    with cabinet.at_work(cabinet.doctor) as keyring:
        services.archive_batch(keyring=keyring, author=cabinet.doctor)
        yield ArchivedFile.objects.get()


def test_a_sound_archive_passes(archived):
    verdict = ends.archive()
    assert verdict.ok is True and "1 dossiers archivés ; 1 relus" in verdict.text


def test_a_file_in_clear_is_seen(archived):
    store.path_of(archived.pk).write_text('{"patient": {"identity": "Kerbrat"}}')
    assert ends.archive().ok is False


def test_a_key_outside_the_archive_domain_is_seen(archived):
    key = SubjectKey.objects.filter(subject_id=archived.pk).first()
    SubjectKey.objects.filter(
        practice_id=key.practice_id, subject_id=key.subject_id, domain=key.domain, circle_id=key.circle_id
    ).update(domain="care")
    assert ends.archive().ok is False
