"""The drop folder: sealed with nobody's key, gone from the folder only then, opened at a practitioner's session."""

from __future__ import annotations

import os
import signal
import time

import pytest
from django.utils import timezone

from serment.cli.main import main
from serment.operations import installation
from serment.practice.models import Practice
from serment.results import addresses, arrivals, folder, left
from serment.results.models import Incoming
from serment.vault import custody
from serment.vault.tenancy import using_practice
from tests.world import LAB


@pytest.fixture
def drop(tmp_path, settings):
    settings.RESULTS_DIR = str(tmp_path / "resultats")
    (tmp_path / "resultats").mkdir()
    return tmp_path / "resultats"


def put(path, data=LAB, age=60):
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(data)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def rows(cabinet):
    with using_practice(cabinet.practice.pk):
        return list(Incoming.objects.order_by("received_at"))


def test_sealed_without_a_key_then_opened_at_a_session(cabinet, drop):
    path = put(drop / cabinet.doctor.login / "QUILLIVERE_THEODORINE.hl7")
    assert folder.take_in(drop).sealed == 1 and not path.exists()
    (row,) = rows(cabinet)
    assert (row.state, row.for_person_id) == ("arrived", cabinet.doctor.pk)
    assert b"QUILLIVERE" not in bytes(row.sealed) and "QUILLIVERE" not in row.digest
    page = cabinet.client(cabinet.doctor).get("/").content.decode()
    assert "1 résultat d’examens hors normes" in page
    (opened,) = rows(cabinet)
    assert opened.state == "waiting" and opened.received_at == row.received_at


def test_the_rpps_names_a_folder_too_and_a_colleague_does_not_get_it(cabinet, drop):
    put(drop / cabinet.doctor.practitioner.rpps / "x.hl7")
    folder.take_in(drop)
    with cabinet.at_work(cabinet.colleague) as keyring:
        assert arrivals.open_waiting(keyring=keyring, person=cabinet.colleague).waiting == 0
    assert rows(cabinet)[0].state == "arrived"


def test_what_does_not_read_waits_in_the_list_with_its_original(cabinet, drop):
    put(drop / cabinet.doctor.login / "x.txt", b"compte rendu libre")
    folder.take_in(drop)
    page = cabinet.client(cabinet.doctor).get("/resultats/").content.decode()
    assert "Format non reconnu" in page and "Rattacher" in page


def test_the_file_stays_while_it_is_not_sealed(cabinet, drop, monkeypatch):
    path = put(drop / cabinet.doctor.login / "x.hl7")

    def broken(*args):
        raise RuntimeError

    monkeypatch.setattr(custody, "put_in", broken)
    with pytest.raises(RuntimeError):
        folder.take_in(drop)
    assert path.exists() and rows(cabinet) == []


def test_the_same_file_twice_is_once(cabinet, drop):
    for _ in range(2):
        put(drop / cabinet.doctor.login / "x.hl7")
        folder.take_in(drop)
    assert len(rows(cabinet)) == 2
    cabinet.client(cabinet.doctor).get("/resultats/")
    assert [row.state for row in rows(cabinet)] == ["waiting"]


def test_what_is_unfinished_hidden_linked_or_too_big_is_left(cabinet, drop, tmp_path):
    mine = drop / cabinet.doctor.login
    put(mine / "x.hl7.part"), put(mine / ".x.hl7"), put(mine / "neuf.hl7", age=0), put(mine / "vide.hl7", b"")
    secret = put(tmp_path / "secret.hl7")
    (mine / "lien.hl7").symlink_to(secret)
    taken = folder.take_in(drop)
    assert taken.sealed == 0 and rows(cabinet) == []
    assert sorted(why for _, why in taken.left)[1].startswith("vide")
    assert not any("hl7" in place for place, _ in taken.left), "a file's name may be a patient's"


def test_an_unknown_folder_or_several_circles_keep_the_file_and_say_so(cabinet, drop, capsys):
    path = put(drop / "personne" / "x.hl7")
    assert main(["results", "take"]) == 1 and path.exists()
    assert "aucun praticien" in capsys.readouterr().out
    put(drop / "racine.hl7")
    assert "plusieurs" in folder.said(folder.take_in(drop))


def test_only_one_run_at_a_time(cabinet, drop):
    put(drop / cabinet.doctor.login / "x.hl7")
    with folder._alone(drop) as first:
        assert first and folder.take_in(drop).sealed == 0
    assert folder.take_in(drop).sealed == 1


def test_an_altered_arrival_stays_in_the_list_and_breaks_nothing(cabinet, drop):
    put(drop / cabinet.doctor.login / "x.hl7")
    folder.take_in(drop)
    (row,) = rows(cabinet)
    Incoming.unscoped.filter(pk=row.pk).update(sealed=bytes(row.sealed)[:-1] + b"x")
    assert "à ouvrir" in cabinet.client(cabinet.doctor).get("/resultats/").content.decode()


def test_without_a_folder_the_command_says_what_to_do(db, settings, capsys):
    settings.RESULTS_DIR = None
    assert main(["results", "take"]) == 1
    assert "RESULTS_DIR" in capsys.readouterr().err


@pytest.mark.strict_rows
@pytest.mark.postgresql
def test_the_same_under_the_row_policies(cabinet, drop):
    test_sealed_without_a_key_then_opened_at_a_session(cabinet, drop)


def test_what_cannot_leave_the_folder_is_not_sealed(cabinet, drop, monkeypatch):
    put(drop / cabinet.doctor.login / "x.hl7")

    def read_only(*arguments):
        raise OSError(30, "Read-only file system")

    for verb in ("rename", "unlink"):
        monkeypatch.setattr(folder.Path, verb, read_only)
    for _ in range(2):
        taken = folder.take_in(drop)
        assert taken.sealed == 0 and len(taken.left) == 1
    assert rows(cabinet) == []


def test_a_pipe_does_not_stop_the_run(cabinet, drop):
    (drop / cabinet.doctor.login).mkdir()
    os.mkfifo(drop / cabinet.doctor.login / "a.hl7")
    os.utime(drop / cabinet.doctor.login / "a.hl7", (0, 0))
    put(drop / cabinet.doctor.login / "x.hl7")
    before = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("the pipe is waited for"))
    signal.alarm(20)
    try:
        assert folder.take_in(drop).sealed == 1
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_what_a_stopped_run_set_aside_is_taken_by_the_next(cabinet, drop):
    path = put(drop / cabinet.doctor.login / f"{folder.TAKEN}0011")
    assert folder.take_in(drop).sealed == 1 and not path.exists()


def test_a_file_replaced_while_it_is_read_is_not_lost(cabinet, drop, monkeypatch):
    path = put(drop / cabinet.doctor.login / "x.hl7")
    find = addresses.find

    def replaced(folders):
        put(path.with_name("y"), b"another").rename(path)
        return find(folders)

    monkeypatch.setattr(addresses, "find", replaced)
    assert folder.take_in(drop).sealed == 0
    assert path.read_bytes() == b"another" and rows(cabinet) == []


def test_what_cannot_be_placed_is_shown_with_its_reason_and_never_by_its_name(cabinet, drop):
    put(drop / "10000009999" / "QUILLIVERE_THEODORINE.hl7")
    put(drop / cabinet.doctor.login / "vide.hl7", b"")
    (drop / cabinet.doctor.login / "lien.hl7").symlink_to(drop / "10000009999" / "QUILLIVERE_THEODORINE.hl7")
    os.utime(drop / cabinet.doctor.login / "lien.hl7", (time.time() - 60,) * 2, follow_symlinks=False)
    put(drop / cabinet.doctor.login / "oublie.hl7", age=3600)
    put(drop / cabinet.doctor.login / "neuf.hl7", age=60)
    Practice.objects.exclude(pk=cabinet.practice.pk).delete()
    page = cabinet.client(cabinet.doctor).get("/resultats/").content.decode()
    queue = page.partition('id="t-left"')[2]
    for why in ("Aucun praticien de ce nom", "Vide, ou plus", "Pas un fichier ordinaire", "Pas encore pris"):
        assert why in queue, why
    assert "dossier 10000009999" in queue and queue.count("list-group-item") == 4
    assert "QUILLIVERE" not in page and (drop / "10000009999" / "QUILLIVERE_THEODORINE.hl7").exists()


def own_folder(cabinet):
    return addresses.folder_of(cabinet.practice.pk)


def queue(cabinet, person):
    return cabinet.client(person).get("/resultats/").content.decode().partition('id="t-left"')[2]


def test_each_practice_sees_its_own_queue_and_no_other(cabinet, drop):
    theirs = addresses.folder_of(cabinet.stranger.practice_id)
    put(drop / own_folder(cabinet) / "QUILLIVERE.hl7"), put(drop / own_folder(cabinet) / "inconnu" / "a.hl7")
    put(drop / theirs / "inconnue" / "LESTRANGE.hl7"), put(drop / cabinet.doctor.login / "vide.hl7", b"")
    taken = folder.take_in(drop)
    assert taken.sealed == 0 and len(taken.left) == 4
    mine = queue(cabinet, cabinet.doctor)
    for text in ("Plusieurs cercles", "Aucun praticien de ce nom", f"dossier {cabinet.doctor.login}", "Vide"):
        assert text in mine, text
    assert theirs not in mine and "inconnue" not in mine and mine.count("list-group-item") >= 3
    other = queue(cabinet, cabinet.stranger)
    assert f"dossier {theirs}/inconnue" in other and own_folder(cabinet) not in other
    assert cabinet.doctor.login not in other and left.nobodys() == {}
    assert not any(name in mine + other for name in ("QUILLIVERE", "LESTRANGE", ".hl7"))


def test_what_is_nobodys_is_counted_for_who_maintains_the_machine(cabinet, drop):
    put(drop / "QUILLIVERE.hl7"), put(drop / "DUPONT Jean" / "a.hl7"), put(drop / "DUPONT Jean" / "b.hl7")
    assert folder.take_in(drop).sealed == 0
    assert queue(cabinet, cabinet.doctor) == queue(cabinet, cabinet.stranger) == ""
    assert left.nobodys() == {
        "aucun praticien de ce nom": 2,
        "plusieurs cabinets\u00a0: rangez par praticien ou par cabinet": 1,
    }
    page = cabinet.client(cabinet.doctor).get("/exploitation/etat/").content.decode()
    assert "3 résultats sans cabinet" in page and "aucun praticien de ce nom (2)" in page
    assert not any(name in page for name in ("QUILLIVERE", "DUPONT", ".hl7"))
    (finding,) = installation.results()
    assert finding.state is False
    for path in list(folder.files_in(drop)):
        path.unlink()
    assert installation.results()[0].state is True
    assert "sans cabinet" not in cabinet.client(cabinet.doctor).get("/exploitation/etat/").content.decode()


def test_a_rpps_of_two_practices_is_told_apart_by_the_practices_folder(cabinet, drop):
    rpps = cabinet.doctor.practitioner.rpps
    with using_practice(cabinet.stranger.practice_id):
        type(cabinet.doctor.practitioner).objects.filter(pk=cabinet.stranger.practitioner_id).update(
            rpps=rpps
        )
    put(drop / rpps / "x.hl7"), put(drop / own_folder(cabinet) / rpps / "y.hl7")
    assert folder.take_in(drop).sealed == 1
    assert [row.for_person_id for row in rows(cabinet)] == [cabinet.doctor.pk]
    assert "rangez dans le dossier du cabinet" in queue(cabinet, cabinet.doctor)


def test_who_works_here_no_more_and_a_folder_too_deep_are_said(cabinet, drop):
    cabinet.colleague.suspended_at = timezone.now()
    cabinet.colleague.save()
    put(drop / cabinet.colleague.login / "x.hl7"), put(drop / cabinet.doctor.login / "2026" / "y.hl7")
    put(drop / own_folder(cabinet) / cabinet.doctor.login / "2026" / "z.hl7")
    assert folder.take_in(drop).sealed == 0
    shown = queue(cabinet, cabinet.doctor)
    assert "Ce praticien n’exerce plus ici" in shown and shown.count("remontez-le") == 2
    assert left.nobodys() == {} and queue(cabinet, cabinet.stranger) == ""


def test_the_folders_are_listed_for_who_sets_the_machine_up(cabinet, drop, capsys):
    assert main(["results", "folders"]) == 0
    listed = capsys.readouterr().out
    assert f"{own_folder(cabinet)}/{cabinet.doctor.login}  {cabinet.doctor.display_name}" in listed
    path = put(drop / own_folder(cabinet) / cabinet.doctor.login / "x.hl7")
    assert folder.take_in(drop).sealed == 1 and not path.exists()
