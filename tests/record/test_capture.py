"""Photos from a phone: the code serves once and ten minutes, the phone reads nothing, the record keeps what is chosen."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
import segno
from django.test import Client
from django.utils import timezone
from PIL import Image

from serment.journal.models import Event
from serment.record import capture, files
from serment.record.models import Capture, Entry, Photo
from serment.record.services import Refused
from serment.retention import upkeep
from serment.vault import custody
from serment.vault.ids import encode
from serment.vault.models import Grant, KeyHolder
from serment.vault.tenancy import using_practice


def a_photo(colour: str = "teal", size=(640, 480)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def begun(cabinet, patient):
    with cabinet.at_work(cabinet.doctor):
        return capture.begin(author=cabinet.doctor, patient_id=patient.pk)


def photos(cabinet) -> list[Photo]:
    with using_practice(cabinet.practice.pk):
        return list(Photo.objects.order_by("received_at"))


def test_a_phone_without_a_session_sends_and_the_practitioner_keeps(cabinet, patient, begun):
    _, code = begun
    phone = Client()
    page = phone.get("/photo/")
    assert page.status_code == 200 and patient.pk and "Lestrange" not in page.content.decode()
    given = phone.post("/photo/entrer/", json.dumps({"ticket": code}), content_type="application/json").json()
    assert 500 < given["seconds"] <= 600
    for number, colour in enumerate(("teal", "brown"), 1):
        answer = phone.post(
            "/photo/envoyer/",
            a_photo(colour),
            content_type="image/jpeg",
            headers={"X-Serment-Capture": given["token"]},
        )
        assert answer.json() == {"count": number}
    found = photos(cabinet)
    assert all(a_photo("teal")[:12] not in bytes(row.sealed) for row in found)
    browser, address = (
        cabinet.client(cabinet.doctor),
        f"/patients/{encode(patient.pk)}/dossier/documents/photos/",
    )
    assert "2 photos d’un téléphone à garder" in browser.get("/").content.decode()
    assert browser.get(address).content.decode().count("photo-list") == 1
    assert browser.get(f"/dossier/photos/{encode(found[0].pk)}/").content == a_photo("teal")
    keep = {
        "action": "garder",
        "title": "Plaie du genou",
        "kind": "photo",
        "source": "photo prise au cabinet",
    }
    chosen = [encode(row.pk) for row in found]
    assert browser.post(address, {**keep, "title": "", "photo": chosen}).status_code == 422
    assert len(photos(cabinet)) == 2, "a refusal loses nothing"
    done = browser.post(address, {**keep, "photo": chosen})
    assert done.status_code == 302 and photos(cabinet) == []
    with cabinet.at_work(cabinet.doctor) as keyring:
        data, known = files.content(keyring=keyring, entry=Entry.objects.get(kind="document"))
    assert data.startswith(b"%PDF-") and known.pages == 2
    assert "Plaie du genou" in browser.get(done.url).content.decode()


def test_one_photo_is_kept_as_it_came(cabinet, patient, begun):
    token, _ = capture.enter(begun[1])
    capture.receive(ticket=token, data=a_photo())
    with cabinet.at_work(cabinet.doctor) as keyring:
        entry = capture.keep(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            photo_ids=[photos(cabinet)[0].pk],
            title="Plaie",
            kind="photo",
            source="le patient",
        )
        assert files.content(keyring=keyring, entry=entry)[0] == a_photo()
        assert files.thumbnail(keyring=keyring, entry=entry).startswith(b"\xff\xd8\xff")


def test_the_code_serves_once(cabinet, begun):
    capture.enter(begun[1])
    with pytest.raises(capture.Ended):
        capture.enter(begun[1])


def test_the_code_is_not_a_token_and_a_token_is_not_a_code(begun):
    with pytest.raises(capture.Ended):
        capture.receive(ticket=begun[1], data=a_photo())
    token, _ = capture.enter(begun[1])
    with pytest.raises(capture.Ended):
        capture.enter(token)


@pytest.mark.parametrize("ticket", ["", ".", "x.y", "abc", "é.é", "0." + "a" * 43])
def test_any_other_code_opens_nothing(begun, ticket):
    with pytest.raises(capture.Ended):
        capture.enter(ticket)
    answer = Client().post(
        "/photo/envoyer/", b"x", content_type="image/jpeg", headers={"X-Serment-Capture": "x.y"}
    )
    assert answer.status_code == 410


def test_a_right_row_with_a_wrong_secret_opens_nothing(begun):
    with pytest.raises(capture.Ended):
        capture.enter(f"{begun[1].split('.')[0]}.{'a' * 43}")


def test_ten_minutes_and_no_more(cabinet, begun):
    token, _ = capture.enter(begun[1])
    Capture.unscoped.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(capture.Ended):
        capture.receive(ticket=token, data=a_photo())


def test_a_new_code_ends_the_one_before(cabinet, patient, begun):
    with cabinet.at_work(cabinet.doctor):
        capture.begin(author=cabinet.doctor, patient_id=patient.pk)
    with pytest.raises(capture.Ended):
        capture.enter(begun[1])


def test_the_phone_says_it_has_finished(begun):
    token, _ = capture.enter(begun[1])
    capture.end(token)
    with pytest.raises(capture.Ended):
        capture.receive(ticket=token, data=a_photo())


def test_only_pictures_of_a_bounded_number(begun, monkeypatch):
    token, _ = capture.enter(begun[1])
    for data in (b"", b"%PDF-1.7", b"un texte"):
        with pytest.raises(Refused):
            capture.receive(ticket=token, data=data)
    monkeypatch.setattr(capture, "AT_MOST", 1)
    capture.receive(ticket=token, data=a_photo())
    with pytest.raises(Refused, match="au plus"):
        capture.receive(ticket=token, data=a_photo())


def test_nobody_else_sees_what_waits(cabinet, patient, begun):
    token, _ = capture.enter(begun[1])
    capture.receive(ticket=token, data=a_photo())
    (row,) = photos(cabinet)
    for person, status in ((cabinet.colleague, 404), (cabinet.secretary, 403), (cabinet.outsider, 404)):
        assert cabinet.client(person).get(f"/dossier/photos/{encode(row.pk)}/").status_code == status


def test_the_secret_is_in_the_drawing_alone(cabinet, patient, monkeypatch):
    """Neither the text of the page, nor the journal, nor the database holds it."""
    drawn = []
    make = segno.make
    monkeypatch.setattr(segno, "make", lambda text, **more: drawn.append(text) or make(text, **more))
    browser = cabinet.client(cabinet.doctor)
    text = browser.post(f"/patients/{encode(patient.pk)}/dossier/documents/photos/").content.decode()
    address, _, fragment = drawn[0].partition("#")
    secret = fragment.partition(".")[2]
    assert address.endswith("/photo/") and len(secret) == 43 and secret not in text
    with cabinet.at_work(cabinet.doctor):
        row = Capture.objects.get()
        told = " ".join(str(event.details) for event in Event.objects.all())
    assert secret not in told and secret not in str(row.__dict__)


def test_the_code_names_an_address_that_a_phone_can_reach(cabinet, settings, rf):
    from serment.record.views.capture import phone_address

    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "poste.local", "192.168.1.20"]
    assert phone_address(rf.get("/", headers={"host": "localhost:8443"}, secure=True)) == (
        "https://192.168.1.20:8443/photo/",
        True,
    )
    assert phone_address(rf.get("/", headers={"host": "poste.local"}, secure=True)) == (
        "https://poste.local/photo/",
        True,
    )
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    assert phone_address(rf.get("/", headers={"host": "localhost:8000"}))[1] is False


def test_each_step_is_journalled(cabinet, patient, begun):
    token, _ = capture.enter(begun[1])
    capture.receive(ticket=token, data=a_photo())
    browser = cabinet.client(cabinet.doctor)
    browser.post(f"/dossier/photos/{encode(photos(cabinet)[0].pk)}/effacer/")
    with cabinet.at_work(cabinet.doctor):
        found = [event.action for event in Event.objects.filter(subject_id=patient.pk).order_by("seq")]
    assert found[-4:] == [
        "record.capture_begun",
        "record.capture_opened",
        "record.photo_received",
        "record.photo_discarded",
    ]
    assert photos(cabinet) == []


def test_the_page_asks_and_is_answered_only_when_something_came(cabinet, patient, begun):
    browser, address = (
        cabinet.client(cabinet.doctor),
        f"/patients/{encode(patient.pk)}/dossier/documents/photos/recues/",
    )
    assert browser.get(f"{address}?deja=0").status_code == 204
    token, _ = capture.enter(begun[1])
    capture.receive(ticket=token, data=a_photo())
    answer = browser.get(f"{address}?deja=0")
    assert answer.status_code == 200 and "photo-list" in answer.content.decode()
    assert browser.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 204


def test_what_nobody_kept_goes_at_the_term_of_drafts(cabinet, begun):
    token, _ = capture.enter(begun[1])
    capture.receive(ticket=token, data=a_photo())
    assert upkeep.run().counts["photos"] == 0 and len(photos(cabinet)) == 1
    past = timezone.now() - timedelta(days=400)
    Capture.unscoped.update(expires_at=past)
    Photo.unscoped.update(received_at=past)
    assert upkeep.run().counts["photos"] == 2 and photos(cabinet) == []


def test_what_waits_outlives_the_key_it_was_sealed_to(cabinet, patient, begun):
    """Someone leaves, the circle's keys turn: a photo that waits is still opened; then the old key goes."""
    token, _ = capture.enter(begun[1])
    capture.receive(ticket=token, data=a_photo())
    (row,) = photos(cabinet)
    with cabinet.at_work(cabinet.doctor) as keyring:
        custody.withdraw(keyring, KeyHolder.objects.get(pk=cabinet.colleague.holder_id))
        for _ in range(3):
            custody.rewrap(keyring)
        later = custody.refresh(keyring)
        assert capture.opened(keyring=later, photo=row) == a_photo()
        capture.discard(author=cabinet.doctor, photo=row)
        custody.rewrap(later)
        assert not Grant.objects.filter(domain_key_id=row.domain_key_id).exists()


@pytest.mark.strict_rows
@pytest.mark.postgresql
def test_the_same_under_the_row_policies(cabinet, patient, begun):
    """A phone has no practice: what it needs is found all the same, and nothing else."""
    test_a_phone_without_a_session_sends_and_the_practitioner_keeps(cabinet, patient, begun)


def test_a_wrong_token_is_refused_before_the_photo_is_read(begun, monkeypatch):
    monkeypatch.setattr(
        "django.http.HttpRequest.body", property(lambda self: pytest.fail("the body is read")), raising=True
    )
    answer = Client().post(
        "/photo/envoyer/", a_photo(), content_type="image/jpeg", headers={"X-Serment-Capture": "x.y"}
    )
    assert answer.status_code == 410


@pytest.mark.parametrize("length", ["beaucoup", "-1", "9" * 5000, "²"])
def test_a_length_that_is_no_number_is_refused(begun, length):
    token, _ = capture.enter(begun[1])
    answer = Client().post(
        "/photo/envoyer/",
        a_photo(),
        content_type="image/jpeg",
        headers={"X-Serment-Capture": token},
        CONTENT_LENGTH=length,
    )
    assert answer.status_code == 413 and "trop lourde" in answer.json()["error"]


def test_a_code_that_is_refused_says_why(cabinet, patient, monkeypatch):
    def refused(**given):
        raise Refused("Seul un praticien reçoit des photos.")

    monkeypatch.setattr(capture, "begin", refused)
    page = cabinet.client(cabinet.doctor).post(f"/patients/{encode(patient.pk)}/dossier/documents/photos/")
    assert page.status_code == 422 and "Seul un praticien reçoit des photos." in page.content.decode()
