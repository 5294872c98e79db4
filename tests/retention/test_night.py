"""Files leave by themselves: made ready by a session, moved by the night, which holds no key (R7.3, R7.4, R7.6)."""

from __future__ import annotations

from datetime import date, timedelta

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from serment.access import arrivals, second_factor
from serment.agenda.models import Appointment
from serment.operations import archives, backup
from serment.patients.models import Patient
from serment.patients.selectors import card
from serment.patients.services import update_patient
from serment.privacy import requests
from serment.privacy.models import Settings
from serment.record import services as record
from serment.record import sharing
from serment.record.kinds.allergy import Allergy
from serment.record.models import Entry
from serment.record.selectors import allergies
from serment.retention import clock, departures, holds, moves, rows, services, store, upkeep
from serment.retention.models import ArchivedFile, Departure, Look
from serment.vault.keyring import Keyring, NoKey
from serment.vault.models import IndexToken, SubjectKey
from tests.cabinet import PASSWORD
from tests.retention.test_retention import BORN, old  # noqa: F401 (fixture)

WHO = {"family": "Kerbrat", "first": "Apolline", "born": BORN}


def arrive(cabinet, person=None):
    """Someone signs in."""
    person = person or cabinet.doctor
    with cabinet.at_work(person) as keyring:
        arrivals.welcome(person, keyring)


def listed(cabinet) -> Departure:
    with cabinet.at_work(cabinet.doctor):
        return Departure.objects.get()


def test_the_night_archives_what_a_session_made_ready(cabinet, old, monkeypatch):  # noqa: F811
    first = upkeep.run()
    assert first.ok and first.counts["waiting"] == 1 and not ArchivedFile.unscoped.exists()
    arrive(cabinet)
    assert listed(cabinet).sealed
    # No key is there at night: whatever tried to open one would fail.
    monkeypatch.setattr(Keyring, "unwrap", lambda *a, **k: pytest.fail("a key was opened at night"))
    second = upkeep.run()
    monkeypatch.undo()
    assert second.counts["archived"] == 1 and "dossiers archivés\u00a0: 1" in second.message
    with cabinet.at_work(cabinet.doctor) as keyring:
        for model, name in (*rows.MODELS, *rows.SHED):
            assert not model.objects.filter(**{name: old.pk}).exists(), model
        made = ArchivedFile.objects.get()
        assert made.archived_by is None
        assert not SubjectKey.objects.filter(subject_id=old.pk).exists()
        content = store.path_of(made.pk).read_bytes()
        assert b"Kerbrat" not in content and b"occurred_at" not in content, (
            "not even dates show on the medium"
        )
        assert services.find(keyring=keyring, **WHO) == [made]
        read = services.consult(
            keyring=keyring, author=cabinet.doctor, archive_id=made.pk, reason="le patient appelle"
        )
        assert read["record"][0]["content"]["substance"] == "sulfamidine"
        assert read["identity"]["birth_family_name"] == "Kerbrat"
        assert not Patient.objects.filter(pk=old.pk).exists(), "reading leaves nothing behind"
        assert not SubjectKey.objects.filter(subject_id=old.pk).exists()
        assert services.looks(keyring=keyring, row=made)[0][1] == "le patient appelle"
        assert b"appelle" not in bytes(Look.objects.get().reason)
        assert services.bring_back(keyring=keyring, author=cabinet.doctor, archive_id=made.pk) == old.pk
        assert allergies(keyring=keyring, patient_id=old.pk)[0].substance == "sulfamidine"
        assert not SubjectKey.objects.filter(subject_id__in=[made.pk, made.file_key_id]).exists()
        assert not IndexToken.objects.filter(subject_id=made.pk).exists()
        assert services.find(keyring=keyring, **WHO) == []


def test_signing_in_is_what_makes_ready(cabinet, old):  # noqa: F811
    upkeep.run()
    with cabinet.at_work(cabinet.doctor) as keyring:
        secret = second_factor.new_secret()
        assert second_factor.enrol(cabinet.doctor, keyring, secret, pyotp.TOTP(secret).now())
    browser = Client()
    browser.post("/connexion/", {"login": cabinet.doctor.login, "password": PASSWORD})
    code = pyotp.TOTP(secret).at(timezone.now() + timedelta(seconds=30))
    assert browser.post("/connexion/second-facteur/", {"code": code}).status_code == 302
    assert listed(cabinet).sealed


def test_who_does_not_answer_for_the_file_makes_nothing_ready(cabinet, old):  # noqa: F811
    upkeep.run()
    for person in (cabinet.secretary, cabinet.substitute, cabinet.technician, cabinet.outsider):
        arrive(cabinet, person)
        assert listed(cabinet).sealed is None, person.profile
    arrive(cabinet, cabinet.colleague)
    assert listed(cabinet).sealed, "anyone of the circle will do"


def test_a_file_touched_since_stays(cabinet, old):  # noqa: F811
    upkeep.run()
    arrive(cabinet)
    with cabinet.at_work(cabinet.doctor) as keyring:
        record.add_entry(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=old.pk,
            kind="allergy",
            payload=Allergy(substance="latex"),
        )
        archive_id = Departure.objects.get().archive_id
        assert moves.move(limit=10) == (0, {"repris depuis": 1})
    assert "archived" not in upkeep.run().counts or not ArchivedFile.unscoped.exists()
    with cabinet.at_work(cabinet.doctor):
        assert not Departure.objects.exists(), "it is no longer among what leaves"
        assert not SubjectKey.objects.filter(subject_id=archive_id).exists()


def test_a_corrected_identity_is_found_under_its_new_name(cabinet, old):  # noqa: F811
    upkeep.run()
    arrive(cabinet)
    with cabinet.at_work(cabinet.doctor) as keyring:
        who = card(keyring=keyring, patient_id=old.pk)
        identity = who.identity.model_copy(update={"birth_family_name": "Kerbrut"})
        update_patient(
            keyring=keyring, author=cabinet.doctor, patient_id=old.pk, version=who.version, identity=identity
        )
        assert moves.move(limit=10) == (0, {"à préparer de nouveau": 1})
    upkeep.run()
    arrive(cabinet)
    upkeep.run()
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert services.find(keyring=keyring, **WHO) == []
        assert len(services.find(keyring=keyring, **{**WHO, "family": "Kerbrut"})) == 1


def test_a_frozen_or_held_file_waits_ready_or_not(cabinet, old):  # noqa: F811
    upkeep.run()
    with cabinet.at_work(cabinet.doctor):
        requests.limit(author=cabinet.doctor, patient_id=old.pk)
    arrive(cabinet)
    assert listed(cabinet).sealed is None, "frozen data serve for nothing else"
    with cabinet.at_work(cabinet.doctor):
        from serment.patients.models import Restriction

        Restriction.objects.update(lifted_at=timezone.now())
        held = holds.place(author=cabinet.doctor, reason="litigation", patient=old)
    arrive(cabinet)
    assert upkeep.run().counts["kept"] == 1
    with cabinet.at_work(cabinet.doctor):
        holds.lift(author=cabinet.doctor, hold_id=held.pk)
    assert upkeep.run().counts["archived"] == 1


def test_every_circle_that_follows_finds_the_archive(cabinet, old):  # noqa: F811
    with cabinet.at_work(cabinet.doctor) as keyring:
        other = cabinet.outsider.practitioner.circle_id
        sharing.share(keyring=keyring, author=cabinet.doctor, patient_id=old.pk, circle_id=other, agreed=True)
    upkeep.run()
    arrive(cabinet)
    arrive(cabinet, cabinet.outsider)
    upkeep.run()
    for person in (cabinet.doctor, cabinet.outsider):
        with cabinet.at_work(person) as keyring:
            found = services.find(keyring=keyring, **WHO)
            assert len(found) == 1 and moves.opened(keyring, found[0])["patient_id"] == old.pk
    with cabinet.at_work(cabinet.substitute) as keyring, pytest.raises(NoKey):
        services.find(keyring=keyring, **WHO)


def test_a_medium_that_is_away_keeps_everything_in_place(cabinet, old, settings, tmp_path):  # noqa: F811
    other = cabinet.patient()
    six = timezone.now() - timedelta(days=6 * 366)
    with cabinet.at_work(cabinet.doctor):
        Patient.objects.filter(pk=other.pk).update(created_at=six)
    upkeep.run()
    arrive(cabinet)
    with cabinet.at_work(cabinet.doctor):
        assert moves.move(limit=1)[0] == 1
    settings.ARCHIVE_DIR = tmp_path / "mount"
    settings.ARCHIVE_DIR.mkdir()
    row = upkeep.run()
    assert row.ok is False and "pas branché" in row.message
    with cabinet.at_work(cabinet.doctor):
        assert Patient.objects.count() == 1 and ArchivedFile.objects.count() == 1


def test_a_changed_archive_is_an_alarm(cabinet, old):  # noqa: F811
    upkeep.run()
    arrive(cabinet)
    upkeep.run()
    with cabinet.at_work(cabinet.doctor):
        path = store.path_of(ArchivedFile.objects.get().pk)
    assert upkeep.run().ok
    data = bytearray(path.read_bytes())
    data[50] ^= 1
    path.write_bytes(data)
    row = upkeep.run()
    assert row.ok is False and "1 fichiers d’archive absents ou modifiés" in row.message


def test_a_lost_archive_comes_back_from_its_copy(cabinet, old):  # noqa: F811
    """The backups hold a copy of the medium; what was destroyed or has returned leaves it (R7.6)."""
    upkeep.run()
    arrive(cabinet)
    upkeep.run()
    copies = backup.folder() / backup.ARCHIVES
    assert archives.mirror(copies) == 1
    with cabinet.at_work(cabinet.doctor) as keyring:
        made = ArchivedFile.objects.get()
        path = store.path_of(made.pk)
        path.unlink()
        assert archives.mirror(copies) == 1, "a loss is not copied"
        row = upkeep.run()
        assert row.ok and row.counts["repaired"] == 1 and path.exists()
        path.unlink()
        assert archives.bring(copies) == 1 and path.exists(), "so does a restore on a fresh machine"
        services.bring_back(keyring=keyring, author=cabinet.doctor, archive_id=made.pk)
    assert archives.mirror(copies) == 0


def test_a_year_is_foreseen_and_the_page_says_it(cabinet):
    soon, far = cabinet.patient(), cabinet.patient()
    with cabinet.at_work(cabinet.doctor):
        for patient, days in ((soon, 5 * 365 - 10), (far, 4 * 365 + 100)):
            Patient.objects.filter(pk=patient.pk).update(created_at=timezone.now() - timedelta(days=days))
    upkeep.run()
    page = cabinet.client(cabinet.doctor).get("/durees/").content.decode()
    assert "à préparer" in page and page.count("LESTRANGE") == 1
    assert "Ensuite :" in page and "1 dossier" in page
    with cabinet.at_work(cabinet.doctor):
        assert departures.by_month()[0][1] == 1 and not moves.move(limit=5)[0]


def test_only_the_year_of_a_minor_is_kept(cabinet):
    """The birth date is sealed; what the clock needs of it is a year, where the profile has a rule for minors."""
    child = cabinet.patient(birth_date=date(2019, 3, 4))
    with cabinet.at_work(cabinet.doctor):
        Patient.objects.filter(pk=child.pk).update(created_at=timezone.now() - timedelta(days=6 * 366))
    upkeep.run()
    arrive(cabinet)
    assert listed(cabinet).keep_year is None
    with cabinet.at_work(cabinet.doctor):
        Settings.objects.create(profile="adopte_2020")
        departures.shed(list(Departure.objects.all()))
    upkeep.run()
    arrive(cabinet)
    assert listed(cabinet).keep_year == 2047
    upkeep.run()
    with cabinet.at_work(cabinet.doctor):
        assert ArchivedFile.objects.get().destroy_on == date(2047, 12, 31)


def test_making_ready_asks_as_many_queries_for_any_number(cabinet):
    counts = []
    assert cabinet.doctor.can("retention.act")  # the practice is read once, and kept
    for many in (2, 9):
        for _ in range(many):
            cabinet.patient()
        with cabinet.at_work(cabinet.doctor) as keyring:
            Patient.objects.update(created_at=timezone.now() - timedelta(days=6 * 366))
            departures.foresee()
            with CaptureQueriesContext(connection) as asked:
                arrivals.welcome(cabinet.doctor, keyring)
            counts.append(len(asked))
            assert not Departure.objects.filter(sealed=None).exists()
    assert counts[0] == counts[1] <= 20


def test_foreseeing_asks_as_many_queries_for_any_number(cabinet):
    counts = []
    for many in (2, 9):
        for _ in range(many):
            cabinet.patient()
        with cabinet.at_work(cabinet.doctor):
            Patient.objects.update(created_at=timezone.now() - timedelta(days=6 * 366))
            departures.foresee()
            with CaptureQueriesContext(connection) as asked:
                departures.foresee()
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 16


def test_an_archive_of_the_first_format_still_opens(cabinet, old):  # noqa: F811
    """Files that a session put away before the night could: keys and readable copy inside, one key."""
    import json

    from serment.privacy import copy
    from serment.vault import archive as keys_of_archive
    from serment.vault.ids import new_id

    with cabinet.at_work(cabinet.doctor) as keyring:
        archive_id, circles = new_id(), keys_of_archive.circles_of(old.pk)
        bundle = {
            "patient_id": old.pk,
            "circles": circles,
            "keys": keys_of_archive.take_keys(keyring, old.pk),
            "readable": copy.gather(keyring=keyring, patient_id=old.pk),
            **rows.take(old.pk).bundle,
        }
        keys = keys_of_archive.new_archive_keys(keyring, {archive_id: circles})
        data = keys.seal_bytes(archive_id, "archive", json.dumps(bundle, default=str).encode())
        ArchivedFile.objects.create(
            id=archive_id,
            last_on=date(2020, 1, 1),
            destroy_on=date(2040, 1, 1),
            rule="medical_record",
            digest=store.put(archive_id, data),
            bytes=len(data),
        )
        rows.remove(old.pk, rows.take(old.pk))
        keys_of_archive.forget(old.pk)
        given = {"keyring": keyring, "author": cabinet.doctor, "archive_id": archive_id}
        assert services.consult(**given, reason="ancien format")["record"]
        services.bring_back(**given)
        assert Entry.objects.filter(patient_id=old.pk).exists()


def test_a_column_dropped_since_is_passed_over(cabinet, old):  # noqa: F811
    import json

    with cabinet.at_work(cabinet.doctor):
        taken = rows.take(old.pk).bundle
        lines = json.loads(taken["rows"])
        for line in lines:
            line["fields"]["of_an_older_version"] = 1
        rows.remove(old.pk, rows.take(old.pk))
        rows.put_back({**taken, "rows": json.dumps(lines)}, old.pk)
        assert Patient.objects.filter(pk=old.pk).exists() and not Appointment.objects.exists()
        assert clock.rule().code == "medical_record"


def test_a_file_put_away_twice_at_once_is_not_lost(cabinet, old):  # noqa: F811
    """A double click, or the button during the night: the second finds nothing to move and drops nothing."""
    upkeep.run()
    arrive(cabinet)
    row = listed(cabinet)
    with cabinet.at_work(cabinet.doctor):
        made = moves.put_away(row)
        with pytest.raises(moves.NotReady):
            moves.put_away(row)
        assert store.get(made.pk, made.digest)


def test_a_commit_that_was_not_heard_of_keeps_its_file(cabinet, old, monkeypatch):  # noqa: F811
    upkeep.run()
    arrive(cabinet)
    row = listed(cabinet)
    with cabinet.at_work(cabinet.doctor):
        forget = moves.keys_of_archive.forget

        def cut(*arguments):
            forget(*arguments)
            raise ConnectionError("cut before the end")

        monkeypatch.setattr(moves.keys_of_archive, "forget", cut)
        with pytest.raises(ConnectionError):
            moves.put_away(row)
        monkeypatch.undo()
        assert not ArchivedFile.objects.exists() and not store.path_of(row.archive_id).exists()
        moves.put_away(row)


@pytest.mark.sqlite
def test_the_night_tells_the_database_its_sizes_and_reads_a_patients_rows_by_the_patient(cabinet, old):  # noqa: F811
    """Without them SQLite let an index of the practice alone lead: a move read every token there is."""
    upkeep.run()
    with cabinet.at_work(cabinet.doctor), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'vault_indextoken'")
        assert cursor.fetchone()[0] >= 2
        cursor.execute("DELETE FROM sqlite_stat1")
        cursor.execute("ANALYZE sqlite_schema")  # and with none at all
        with CaptureQueriesContext(connection) as asked:
            rows.take(old.pk)
        tokens = asked[-1]["sql"]
        assert "vault_indextoken" in tokens
        cursor.execute(f"EXPLAIN QUERY PLAN {tokens}")
        assert "token_of_subject (practice_id=? AND subject_id=?)" in cursor.fetchone()[3]
    assert len(asked) == len(rows.MODELS) + 1
