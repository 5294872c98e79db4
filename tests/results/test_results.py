"""Results: nobody is matched without a person's word, nothing is doubled, nothing is lost."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from serment.patients.models import Patient
from serment.record import files
from serment.record.models import Entry
from serment.record.services import Refused
from serment.results import matching, services
from serment.results.models import Incoming
from serment.vault.ids import encode
from tests.world import LAB, build_world


@pytest.fixture
def world(cabinet):
    return build_world(cabinet)


def test_the_match_is_scored_and_a_person_decides(world):
    cabinet, patient = world.cabinet, world.sample("patient_id")
    with cabinet.at_work(cabinet.doctor) as keyring:
        row = Incoming.objects.get()
        report = services.opened(keyring, row).report
        best = matching.matches(keyring=keyring, report=report)[0]
        assert (best.hit.id, best.score, best.why) == (patient, 100, "tous les traits concordent")
        assert Entry.objects.filter(kind="result").count() == 0, "nothing before a person's word"
        services.file(keyring=keyring, author=cabinet.doctor, incoming_id=row.pk, patient_id=patient)
        entry = Entry.objects.get(kind="result")
        row.refresh_from_db()
        assert (row.state, row.sealed, row.entry_id) == ("filed", None, entry.pk)
        assert Entry.objects.filter(kind="document").count() == 1, "the original is kept"
        with pytest.raises(Refused):
            services.file(keyring=keyring, author=cabinet.doctor, incoming_id=row.pk, patient_id=patient)


def test_the_same_file_twice_is_once(world):
    cabinet = world.cabinet
    with cabinet.at_work(cabinet.doctor) as keyring:
        outcome = services.receive(keyring=keyring, author=cabinet.doctor, raw=LAB)
        assert (outcome.waiting, outcome.known) == (0, 1) and Incoming.objects.count() == 1


def test_what_does_not_read_waits_with_its_reason(world):
    cabinet = world.cabinet
    with cabinet.at_work(cabinet.doctor) as keyring:
        outcome = services.receive(keyring=keyring, author=cabinet.doctor, raw=b"n'importe quoi")
        row = Incoming.objects.get(state="unreadable")
        assert outcome.unreadable == 1 and "Format non reconnu" in row.trouble
        assert services.opened(keyring, row) == services.Opened(None, b"n'importe quoi")


def test_the_whole_gesture_on_screen(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    patient = encode(world.sample("patient_id"))
    sent = SimpleUploadedFile("labo.hpr", LAB.replace(b"9.5", b"8.5"))
    browser.post("/resultats/", {"files": sent})
    page = browser.get("/resultats/").content.decode()
    assert page.count("à rattacher") >= 2
    address = f"/resultats/{encode(world.sample('incoming_id'))}/"
    assert "100 sur 100" in browser.get(address).content.decode()
    assert browser.post(address, {"patient": "n'importe"}).status_code == 422
    done = browser.post(address, {"patient": patient})
    assert done.status_code == 302 and "9,5 mg/L" in browser.get(done.url).content.decode()
    assert "Lire" in browser.get("/resultats/").content.decode()
    browser.post(f"{address}vu/")
    with world.cabinet.at_work(world.cabinet.doctor):
        row = Incoming.objects.get(pk=world.sample("incoming_id"))
    assert row.state == "seen" and row.seen_by == world.cabinet.doctor.pk
    record = browser.get(f"/patients/{patient}/dossier/?type=result").content.decode()
    assert "hors normes" in record and "Zygomatique 9,5" in record


def test_the_desk_sees_nothing_of_it(world):
    assert world.cabinet.client(world.cabinet.secretary).get("/resultats/").status_code == 403


def test_the_read_page_shows_bounds_the_value_before_and_who_saw_it(world):
    browser, patient = world.cabinet.client(world.cabinet.doctor), encode(world.sample("patient_id"))
    earlier = LAB.replace(b"9.5", b"8").replace(b"OBX|1", b"OBR|1||R1||||20260105\rOBX|1", 1)
    browser.post("/resultats/", {"files": SimpleUploadedFile("x.hl7", earlier)})
    later = (
        LAB.replace(b"9.5", b"11.25")
        .replace(b"202601051000", b"202603051000")
        .replace(b"OBX|1", b"OBR|1||R2||||20260305\rOBX|2|NM|X^Aspect^L||3|g/L|4-9|L\rOBX|1", 1)
    )
    browser.post("/resultats/", {"files": SimpleUploadedFile("x.hl7", later)})
    with world.cabinet.at_work(world.cabinet.doctor):
        _, first, second = Incoming.objects.order_by("received_at")
    for row in (first, second):
        assert browser.post(f"/resultats/{encode(row.pk)}/", {"patient": patient}).status_code == 302
    address = f"/resultats/{encode(second.pk)}/lire/"
    page = browser.get(address).content.decode()
    assert (
        "4 à 9" in page
        and "11,25 mg/L" in page
        and "haut" in page
        and "bas" in page
        and "Pas encore vu" in page
    )
    assert "8 mg/L le 05/01/2026" in page and "↗" in page
    browser.post(f"/resultats/{encode(second.pk)}/vu/")
    assert "Vu par" in browser.get(address).content.decode()
    assert "vu par" in browser.get("/resultats/").content.decode()


def test_my_day_shows_abnormal_ones_first(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    usual = LAB.replace(b"9.5", b"5.5").replace(b"|H", b"|")
    browser.post("/resultats/", {"files": SimpleUploadedFile("x.hl7", usual)})
    page = browser.get("/").content.decode()
    assert page.index("1 résultat d’examens hors normes") < page.index("1 résultat d’examens à rattacher")


def test_what_does_not_read_is_filed_by_hand_byte_for_byte(world):
    browser, cabinet = world.cabinet.client(world.cabinet.doctor), world.cabinet
    letter = "Compte rendu zygomatique dicté, signé à l’étranger".encode("cp1252")
    browser.post("/resultats/", {"files": SimpleUploadedFile("x.txt", letter)})
    with cabinet.at_work(cabinet.doctor):
        row = Incoming.objects.get(state="unreadable")
    address = f"/resultats/{encode(row.pk)}/"
    assert "dicté, signé" in browser.get(address).content.decode()
    assert browser.get(f"{address}original/")["Content-Security-Policy"].startswith("sandbox")
    given = {"patient": encode(world.sample("patient_id")), "title": "Radio du port"}
    done = browser.post(address, given, follow=True)
    assert "Radio du port" in done.content.decode() and done.resolver_match.view_name == "record:document"
    with cabinet.at_work(cabinet.doctor) as keyring:
        row.refresh_from_db()
        assert files.content(keyring=keyring, entry=Entry.objects.get(pk=row.original_id))[0] == letter


def test_a_refusal_keeps_the_page_and_says_why(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    browser.post("/resultats/", {"files": SimpleUploadedFile("x.bin", b"\x00\x01rien")})
    with world.cabinet.at_work(world.cabinet.doctor):
        row = Incoming.objects.get(state="unreadable")
    address = f"/resultats/{encode(row.pk)}/"
    answer = browser.post(address, {"patient": encode(world.sample("patient_id")), "title": "Ce titre"})
    assert answer.status_code == 422 and "Ce titre" in answer.content.decode()
    assert "ni un PDF" in answer.content.decode()


def test_two_patients_of_one_file_never_mix(world):
    cabinet = world.cabinet
    other = (
        LAB[LAB.index(b"PID") :].replace(b"QUILLIVERE^THEODORINE", b"KERBRAT^JEAN").replace(b"9.5", b"7.7")
    )
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert (
            services.receive(
                keyring=keyring, author=cabinet.doctor, raw=LAB.replace(b"9.5", b"6.6") + other
            ).waiting
            == 2
        )
        texts = [
            services.opened(keyring, row).text
            for row in Incoming.objects.exclude(pk=world.sample("incoming_id"))
        ]
    assert len(texts) == 2 and all(text.count("PID|") == 1 and text.startswith("MSH|") for text in texts)
    assert not any("QUILLIVERE" in text and "KERBRAT" in text for text in texts)


def test_nothing_is_half_taken_in(world, monkeypatch):
    """The second report of a file fails: the first one is not there either."""
    cabinet, put = world.cabinet, services.custody.put_in
    calls = []

    def failing(*args):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError
        return put(*args)

    monkeypatch.setattr(services.custody, "put_in", failing)
    other = LAB[LAB.index(b"PID") :].replace(b"QUILLIVERE", b"KERBRAT")
    with cabinet.at_work(cabinet.doctor) as keyring:
        with pytest.raises(RuntimeError):
            services.receive(keyring=keyring, author=cabinet.doctor, raw=LAB.replace(b"9.5", b"6.6") + other)
        assert Incoming.objects.count() == 1


def test_the_list_asks_a_constant_number_of_queries(world, django_assert_max_num_queries):
    cabinet, browser = world.cabinet, world.cabinet.client(world.cabinet.doctor)
    with cabinet.at_work(cabinet.doctor) as keyring:
        for number in range(15):
            services.receive(
                keyring=keyring, author=cabinet.doctor, raw=LAB.replace(b"9.5", f"{number + 20}".encode())
            )
    with django_assert_max_num_queries(14):
        assert (
            browser.get("/resultats/").content.decode().count("<strong>QUILLIVERE THEODORINE</strong>") == 16
        )


STRANGER = LAB.replace(b"QUILLIVERE^THEODORINE||19840517", b"TREGUIER^MALO||19910203").replace(
    b"|F\r", b"|M\r", 1
)


def _received(world, raw: bytes) -> Incoming:
    browser = world.cabinet.client(world.cabinet.doctor)
    with world.cabinet.at_work(world.cabinet.doctor):
        known = set(Incoming.objects.values_list("pk", flat=True))
    browser.post("/resultats/", {"files": SimpleUploadedFile("x", raw)})
    with world.cabinet.at_work(world.cabinet.doctor):
        return Incoming.objects.exclude(pk__in=known).get()


def test_an_unknown_patient_is_created_from_the_message_and_the_result_comes_back(world):
    """Nothing of the identity goes through an address, and nothing is created before it is read again."""
    browser = world.cabinet.client(world.cabinet.doctor)
    row = _received(world, STRANGER)
    address = f"/resultats/{encode(row.pk)}/"
    page = browser.get(address).content.decode()
    assert "Créer la fiche de ce patient" in page and "TREGUIER" not in "".join(
        re.findall(r'href="[^"]*"', page)
    )
    form = page.split('action="/patients/nouveau/"')[1].split("</form>")[0]
    given = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) | {"csrfmiddlewaretoken": ""}
    with world.cabinet.at_work(world.cabinet.doctor):
        before = Patient.objects.count()
    shown = browser.post("/patients/nouveau/", given)
    text = shown.content.decode()
    assert shown.status_code == 200 and 'value="TREGUIER"' in text and 'value="03/02/1991"' in text
    assert 'value="M" selected' in text and "is-invalid" not in text
    with world.cabinet.at_work(world.cabinet.doctor):
        assert Patient.objects.count() == before
    del given["prefill"]
    done = browser.post("/patients/nouveau/", given)
    assert (done.status_code, done.url) == (302, address)
    assert "100 sur 100" in browser.get(address).content.decode()


def test_a_result_to_come_back_to_is_an_id_or_nothing(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    given = {
        "birth_family_name": "Treguier",
        "first_given_name": "Malo",
        "birth_date": "03/02/1991",
        "sex": "M",
    }
    done = browser.post("/patients/nouveau/", given | {"slot": "resultat=//ailleurs.example"})
    assert done.status_code == 302 and done.url.startswith("/patients/")


@pytest.mark.parametrize(
    ("raw", "kind", "way"),
    [
        (b"n'importe quoi", "text/plain; charset=utf-8", "inline"),
        (b"\x00\x01rien", "application/octet-stream", "attachment"),
    ],
)
def test_the_original_of_what_does_not_read_is_opened_or_downloaded(world, raw, kind, way):
    row = _received(world, raw)
    browser = world.cabinet.client(world.cabinet.doctor)
    address = f"/resultats/{encode(row.pk)}/original/"
    assert address in browser.get(f"/resultats/{encode(row.pk)}/").content.decode()
    answer = browser.get(address)
    assert answer.content == raw and answer["Content-Type"] == kind
    assert answer["Content-Disposition"].startswith(way) and "sandbox" in answer["Content-Security-Policy"]
    assert world.cabinet.client(world.cabinet.secretary).get(address).status_code == 403


def test_an_unreadable_text_is_filed_by_hand(world):
    row = _received(world, b"Compte rendu sans format")
    browser = world.cabinet.client(world.cabinet.doctor)
    given = {"patient": encode(world.sample("patient_id")), "title": "Compte rendu du port"}
    done = browser.post(f"/resultats/{encode(row.pk)}/", given, follow=True)
    assert "Compte rendu du port" in done.content.decode()
