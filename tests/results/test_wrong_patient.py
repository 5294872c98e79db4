"""A result filed on the wrong patient: said before it is done, undone after (identitovigilance)."""

from __future__ import annotations

import pytest

from serment.journal.models import Event
from serment.record import files
from serment.record.models import Entry
from serment.record.selectors import of_kind
from serment.record.services import Refused, mark_in_error
from serment.results import requeue, selectors, services
from serment.results.models import Incoming
from serment.vault.ids import encode
from tests.formats.test_labs import HPRIM
from tests.world import LAB, build_world


@pytest.fixture
def world(cabinet):
    return build_world(cabinet)


@pytest.fixture
def other(world):
    """Someone else, of another name, birth date and sex than the report."""
    return world.cabinet.patient(
        birth_family_name="Traversier", first_given_name="Yann", birth_date="1977-07-29", sex="M"
    )


def address(world, what="") -> str:
    return f"/resultats/{encode(world.sample('incoming_id'))}/{what}"


def row_of(world) -> Incoming:
    with world.cabinet.at_work(world.cabinet.doctor):
        return Incoming.objects.get(pk=world.sample("incoming_id"))


def filed_on(world, patient) -> Incoming:
    with world.cabinet.at_work(world.cabinet.doctor) as keyring:
        return services.file(
            keyring=keyring,
            author=world.cabinet.doctor,
            incoming_id=world.sample("incoming_id"),
            patient_id=patient.pk,
        )


def test_a_patient_who_differs_is_said_and_confirmed(world, other):
    browser = world.cabinet.client(world.cabinet.doctor)
    asked = browser.post(address(world), {"patient": encode(other.pk)})
    page = asked.content.decode()
    assert asked.status_code == 422 and row_of(world).state == "waiting"
    for words in ("QUILLIVERE", "Traversier", "17/05/1984", "29/07/1977", "Sexe", "TRAVERSIER Yann"):
        assert words in page
    assert 'name="confirm"' in page
    other_one = {"patient": encode(other.pk), "confirm": encode(world.sample("patient_id"))}
    assert browser.post(address(world), other_one).status_code == 422, "the confirmation is of one patient"
    done = browser.post(address(world), {"patient": encode(other.pk), "confirm": encode(other.pk)})
    assert done.status_code == 302 and row_of(world).patient_id == other.pk
    with world.cabinet.at_work(world.cabinet.doctor):
        event = Event.objects.filter(action="result.filed").last()
    assert sorted(event.details["differs"]) == ["birth_date", "family_name", "given_name", "sex"]


def test_the_number_of_another_is_a_difference_that_shows_no_digit(world):
    cabinet, browser = world.cabinet, world.cabinet.client(world.cabinet.doctor)
    number = "284053523800214"
    with cabinet.at_work(cabinet.doctor) as keyring:
        raw = LAB.replace(b"PID|1||1||", f"PID|1||{number}||".encode()).replace(b"9.5", b"8.5")
        services.receive(keyring=keyring, author=cabinet.doctor, raw=raw)
        row = Incoming.objects.exclude(pk=world.sample("incoming_id")).get()
    asked = browser.post(f"/resultats/{encode(row.pk)}/", {"patient": encode(world.sample("patient_id"))})
    page = asked.content.decode()
    assert asked.status_code == 422 and "Numéro de sécurité sociale" in page
    assert number not in page.split("Message d’origine")[0]  # the message itself is shown below


def test_the_right_patient_is_filed_at_once(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    assert browser.post(address(world), {"patient": encode(world.sample("patient_id"))}).status_code == 302


def test_a_filed_result_goes_back_to_the_queue_and_to_the_right_patient(world, other):
    cabinet, browser = world.cabinet, world.cabinet.client(world.cabinet.doctor)
    filed = filed_on(world, other)
    read = browser.get(address(world, "lire/")).content.decode()
    assert "Remettre en file" in read
    short = browser.post(address(world, "remettre/"), {"why": ""})
    assert short.status_code == 422 and row_of(world).state == "filed"
    done = browser.post(address(world, "remettre/"), {"why": "Ce n’est pas sa prise de sang."})
    assert (done.status_code, done.url) == (302, address(world))
    row = row_of(world)
    assert (row.state, row.patient_id, row.entry_id, row.original_id) == ("waiting", None, None, None)
    assert row.abnormal == 1
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert services.opened(keyring, row).raw == LAB
        assert services.opened(keyring, row).report.family == "QUILLIVERE"
        states = set(Entry.objects.filter(pk__in=(filed.entry_id, filed.original_id)).values_list("state"))
        assert states == {("in_error",)}
        event = Event.objects.get(action="result.requeued")
        assert (event.subject_id, event.object_id) == (other.pk, row.pk)
        assert services.receive(keyring=keyring, author=cabinet.doctor, raw=LAB).known == 1
    record = browser.get(f"/patients/{encode(other.pk)}/dossier/").content.decode()
    assert record.count("saisi par erreur") >= 1
    right = browser.post(address(world), {"patient": encode(world.sample("patient_id"))})
    assert right.status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        (found,) = of_kind(keyring=keyring, patient_id=world.sample("patient_id"), kind="result")
        assert found.content.values[0].value == "9.5"
        original = Entry.objects.get(pk=row_of(world).original_id)
        assert files.content(keyring=keyring, entry=original)[0] == LAB
        assert original.patient_id == world.sample("patient_id")


def test_one_part_of_a_file_of_several_goes_back_too(world, other):
    """HPRIM: what a record keeps of such a file is one patient's part."""
    cabinet = world.cabinet
    second = HPRIM.replace("****FINFICHIER****", "").replace("QUILLIVERE", "KERBRAT")
    with cabinet.at_work(cabinet.doctor) as keyring:
        services.receive(keyring=keyring, author=cabinet.doctor, raw=(second + HPRIM).encode())
        rows = Incoming.objects.exclude(pk=world.sample("incoming_id"))
        (row,) = [r for r in rows if services.opened(keyring, r).report.family == "KERBRAT"]
        given = {"keyring": keyring, "author": cabinet.doctor, "incoming_id": row.pk}
        services.file(**given, patient_id=other.pk)
        back = requeue.put_back(**given, reason="Un autre patient.")
        report = services.opened(keyring, back).report
        assert report is not None and report.family == "KERBRAT" and len(report.values) == 2


def test_a_seen_one_goes_back_and_one_in_the_queue_does_not(world, other):
    cabinet = world.cabinet
    filed_on(world, other)
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "author": cabinet.doctor, "incoming_id": world.sample("incoming_id")}
        services.see(author=cabinet.doctor, incoming_id=given["incoming_id"])
        back = requeue.put_back(**given, reason="Un autre patient.")
        assert (back.state, back.seen_at, back.seen_by) == ("waiting", None, None)
        with pytest.raises(Refused):
            requeue.put_back(**given, reason="Encore.")


def test_what_was_marked_in_error_leaves_the_unseen_lists_and_can_go_back(world, other):
    cabinet, browser = world.cabinet, world.cabinet.client(world.cabinet.doctor)
    filed = filed_on(world, other)
    assert "1 résultat d’examens hors normes" in browser.get("/").content.decode()
    with cabinet.at_work(cabinet.doctor) as keyring:
        mark_in_error(
            keyring=keyring, author=cabinet.doctor, entry_id=filed.entry_id, reason="Pas son dossier."
        )
        assert selectors.waiting(keyring=keyring, person=cabinet.doctor) == []
    assert "hors normes à traiter" not in browser.get("/").content.decode()
    page = browser.get("/resultats/").content.decode()
    assert "saisi par erreur" in page and address(world, "lire/") in page
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert services.receive(keyring=keyring, author=cabinet.doctor, raw=LAB).in_error == 1
    read = browser.get(address(world, "lire/")).content.decode()
    assert "saisi par erreur" in read and ">Vu<" not in read.replace(" ", "")
    assert browser.post(address(world, "remettre/"), {"why": "Pas son dossier."}).status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert len(selectors.waiting(keyring=keyring, person=cabinet.doctor)) == 1
        assert Entry.objects.get(pk=filed.original_id).state == "in_error"


def test_what_the_wrong_patients_values_were_told_is_taken_back(world, other):
    """A correction filed on the wrong patient had struck out a value of theirs."""
    from tests.results.test_corrections import message

    cabinet = world.cabinet
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "author": cabinet.doctor}
        ids = []
        for raw in (message("7.4"), message("6.1", "C")):
            before = set(Incoming.objects.values_list("pk", flat=True))
            services.receive(**given, raw=raw)
            (row,) = Incoming.objects.exclude(pk__in=before)
            services.file(**given, incoming_id=row.pk, patient_id=other.pk)
            ids.append(row.pk)
        requeue.put_back(**given, incoming_id=ids[1], reason="Un autre patient.")
        (left,) = of_kind(keyring=keyring, patient_id=other.pk, kind="result")
        assert left.content.values[0].in_force
        assert Incoming.objects.get(pk=ids[0]).abnormal == 1


def test_what_did_not_read_has_its_page_too(world, other):
    """Filed by hand as a document: seen, or put back, from there."""
    cabinet, browser = world.cabinet, world.cabinet.client(world.cabinet.doctor)
    with cabinet.at_work(cabinet.doctor) as keyring:
        services.receive(keyring=keyring, author=cabinet.doctor, raw=b"Compte rendu sans format")
        row = Incoming.objects.get(state="unreadable")
        services.file(
            keyring=keyring,
            author=cabinet.doctor,
            incoming_id=row.pk,
            patient_id=other.pk,
            title="Radio du port",
        )
    page = browser.get(f"/resultats/{encode(row.pk)}/lire/").content.decode()
    assert "Radio du port" in page and "> Vu</button>" in page
    assert browser.post(f"/resultats/{encode(row.pk)}/remettre/", {"why": "Un autre."}).status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        row.refresh_from_db()
        assert (row.state, services.opened(keyring, row).raw) == ("unreadable", b"Compte rendu sans format")
        assert row.trouble


def test_the_secretary_does_not_put_back(world, other):
    filed_on(world, other)
    browser = world.cabinet.client(world.cabinet.secretary)
    assert browser.post(address(world, "remettre/"), {"why": "Par erreur."}).status_code == 403
