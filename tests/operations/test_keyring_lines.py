"""The keyring's backup carries every column of a subject key: who was invited, who was set aside (R6.2)."""

from __future__ import annotations

import json

from serment.operations import dump, restore
from serment.record import set_aside, sharing
from serment.vault.models import SubjectKey
from serment.vault.tenancy import all_practices


def _told(cabinet):
    patient = cabinet.patient()
    guests = cabinet.outsider.practitioner.circle_id
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "author": cabinet.doctor, "patient_id": patient.pk}
        sharing.share(**given, circle_id=guests, agreed=True)
        set_aside.set_aside(**given, person_id=cabinet.colleague.pk)
    return patient, guests


def _reload(lines):
    with all_practices():
        SubjectKey.unscoped.all().delete()
    restore._load_keyring("".join(json.dumps(line) + "\n" for line in lines).encode())


def test_every_column_comes_back(cabinet):
    patient, guests = _told(cabinet)
    lines = list(dump.keyring_lines())
    assert set(lines[0]) == {field.attname for field in SubjectKey._meta.concrete_fields}
    _reload(lines)
    with cabinet.at_work(cabinet.doctor):
        rows = SubjectKey.objects.filter(subject_id=patient.pk, domain="care")
        assert {row.circle_id: row.shared for row in rows} == {cabinet.circle.pk: False, guests: True}
        assert {row.closed_to for row in rows} == {str(cabinet.colleague.holder_id)}


def test_a_keyring_from_before_tells_its_guests_from_the_journal(cabinet):
    patient, guests = _told(cabinet)
    old = ("practice_id", "subject_id", "domain", "circle_id", "domain_key_id", "to_public", "wrapped")
    _reload([{name: line[name] for name in old} for line in dump.keyring_lines()])
    with cabinet.at_work(cabinet.doctor):
        rows = SubjectKey.objects.filter(subject_id=patient.pk, domain="care")
        assert {row.circle_id: row.shared for row in rows} == {cabinet.circle.pk: False, guests: True}
