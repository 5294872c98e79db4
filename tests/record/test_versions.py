"""Versions side by side, and every tampering with what was signed (R3.4)."""

from __future__ import annotations

import pytest

from serment.record import services, signatures, versions
from serment.record.kinds.problem import Problem
from serment.record.models import Entry, EntryVersion
from serment.vault import crypto
from serment.vault.ids import encode


@pytest.fixture
def corrected(cabinet, add) -> Entry:
    """« Asthme » by the doctor, made « Asthme sévère » by the colleague."""
    entry = add()
    with cabinet.at_work(cabinet.colleague) as keyring:
        return services.correct_entry(
            keyring=keyring,
            author=cabinet.colleague,
            entry_id=entry.pk,
            version=1,
            payload=Problem(label="Asthme sévère"),
            reason="spirométrie",
        )


def history(cabinet, entry: Entry) -> versions.History:
    with cabinet.at_work(cabinet.doctor) as keyring:
        return versions.history(keyring=keyring, entry=Entry.objects.get(pk=entry.pk))


def test_each_version_has_its_author_reason_signature_and_difference(cabinet, corrected):
    now, first = history(cabinet, corrected).versions
    assert (now.number, now.author, now.reason) == (2, cabinet.colleague.display_name, "spirométrie")
    assert (first.number, first.author, first.reason) == (1, cabinet.doctor.display_name, "")
    assert now.holds and first.holds
    assert dict(now.rows)["Problème"] == [("same", "Asthme"), ("new", " sévère")]
    assert dict(first.rows)["Problème"] == [("same", "Asthme")]


def test_differences_word_by_word():
    assert versions.compare("toux sèche", "toux grasse") == [
        ("same", "toux "),
        ("gone", "sèche"),
        ("new", "grasse"),
    ]
    rows = versions.compare_rows([("Motif", "toux"), ("Examen", "normal")], [("Motif", "toux")])
    assert rows == [("Motif", [("same", "toux")]), ("Examen", [("gone", "normal")])]


@pytest.mark.parametrize("column", ["author_id", "kind", "state", "version", "occurred_at", "signer_id"])
def test_a_row_changed_behind_the_programs_back_is_seen(cabinet, corrected, column):
    other = {
        "author_id": cabinet.doctor.pk,
        "kind": "note",
        "state": "in_error",
        "version": 7,
        "occurred_at": corrected.created_at.replace(year=2020),
        "signer_id": cabinet.doctor.holder_id,
    }
    Entry.unscoped.filter(pk=corrected.pk).update(**{column: other[column]})
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert not signatures.verify_entry(keyring=keyring, entry=Entry.objects.get(pk=corrected.pk))


def test_a_content_replaced_by_who_holds_the_key_is_seen(cabinet, patient, corrected):
    """A colleague with database access seals another text: it opens, and the signature does not hold."""
    with cabinet.at_work(cabinet.colleague) as keyring:
        row = Entry.objects.get(pk=corrected.pk)
        services.patient_keys(keyring, patient.pk).seal(row, "payload", Problem(label="Simulation"))
        row.save()
    found = history(cabinet, corrected)
    assert [version.holds for version in found.versions] == [False, True] and not found.holds
    page = cabinet.client(cabinet.doctor).get(f"/dossier/elements/{encode(corrected.pk)}/").content.decode()
    assert "signature non conforme" in page


def test_an_older_version_that_was_changed_is_seen(cabinet, corrected):
    EntryVersion.unscoped.update(author_id=cabinet.colleague.pk)
    assert [version.holds for version in history(cabinet, corrected).versions] == [True, False]


def test_an_older_content_put_back_does_not_open(cabinet, corrected):
    old = EntryVersion.unscoped.get()
    Entry.unscoped.filter(pk=corrected.pk).update(payload=bytes(old.payload))
    with pytest.raises(crypto.CannotOpen):
        history(cabinet, corrected)


def test_a_reset_password_leaves_old_signatures_good(cabinet, corrected):
    from serment.access import accounts

    with cabinet.at_work(cabinet.doctor) as keyring:
        accounts.reset_password(keyring=keyring, by=cabinet.doctor, person=cabinet.colleague)
    assert history(cabinet, corrected).holds
