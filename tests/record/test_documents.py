"""Documents: their true type, sealed in parts, once per patient, with their source (R8.7), and in the patient's copy."""

from __future__ import annotations

import io
import tempfile
import types

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from serment.documents import preview
from serment.privacy import copy
from serment.record import files, selectors
from serment.record.models import Entry, FilePart, Thumbnail
from serment.record.services import Refused
from serment.vault.ids import encode
from serment.vault.paths import path

JPEG = b"\xff\xd8\xff\xe0" + b"photo-zygomatique" * 90_000


@pytest.fixture
def patient(cabinet):
    return cabinet.patient()


def keep(cabinet, patient, data=JPEG, **more):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return files.keep(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            data=data,
            title=more.pop("title", "Radio du genou"),
            kind=more.pop("kind", "imaging"),
            source=more.pop("source", "Dr Lemonnier"),
        )


def a_pdf(text: str) -> bytes:
    from datetime import date

    from serment.documents import file_pdf
    from serment.documents.models import FileDocument

    return file_pdf(
        FileDocument(title=text, practice="X", on=date(2026, 1, 2), date_text="2 janvier", parts=[])
    )


def test_it_is_sealed_in_parts_and_comes_back_whole(cabinet, patient):
    entry = keep(cabinet, patient)
    with cabinet.at_work(cabinet.doctor) as keyring:
        parts = list(FilePart.objects.filter(entry=entry))
        assert len(parts) == 2 and all(b"zygomatique" not in bytes(part.sealed) for part in parts)
        data, known = files.content(keyring=keyring, entry=entry)
    assert data == JPEG and known.media_type == "image/jpeg"


def test_the_same_bytes_are_kept_once(cabinet, patient):
    assert keep(cabinet, patient).pk == keep(cabinet, patient, title="Encore").pk
    with cabinet.at_work(cabinet.doctor):
        assert Entry.objects.filter(kind="document").count() == 1


def test_a_missing_part_is_said_not_shown(cabinet, patient):
    entry = keep(cabinet, patient)
    with cabinet.at_work(cabinet.doctor) as keyring:
        FilePart.objects.filter(entry=entry, number=1).delete()
        with pytest.raises(Refused, match="incomplet"):
            files.content(keyring=keyring, entry=entry)


@pytest.mark.parametrize("data", [b"MZ\x00\x01program", b"", b"PK\x03\x04\x00\x00"])
def test_other_files_are_refused(cabinet, patient, data):
    with pytest.raises(Refused):
        keep(cabinet, patient, data=data)


def test_the_text_of_a_pdf_is_read(cabinet, patient):
    entry = keep(cabinet, patient, data=a_pdf("Compte rendu zygomatique"), kind="letter")
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert "zygomatique" in files.content(keyring=keyring, entry=entry)[1].text


def test_the_screen_asks_for_the_source_and_shows_the_document(cabinet, patient):
    browser = cabinet.client(cabinet.doctor)
    address = f"/patients/{encode(patient.pk)}/dossier/documents/ajouter/"
    given = {"title": "Radio", "kind": "imaging", "source": ""}
    assert browser.post(address, {**given, "file": SimpleUploadedFile("x.jpg", JPEG)}).status_code == 422
    given["source"] = "le patient"
    done = browser.post(address, {**given, "file": SimpleUploadedFile("lestrange.jpg", JPEG)})
    assert done.status_code == 302
    assert "le patient" in browser.get(done.url).content.decode()
    answer = browser.get(f"{done.url}fichier/")
    assert answer.content == JPEG and "sandbox" in answer["Content-Security-Policy"]
    assert "lestrange" not in answer["Content-Disposition"]


def test_the_same_file_again_is_said_to_be_there_already(cabinet, patient):
    browser = cabinet.client(cabinet.doctor)
    address = f"/patients/{encode(patient.pk)}/dossier/documents/ajouter/"
    given = {"title": "Radio", "kind": "imaging", "source": "le patient"}
    for title, said in (("Radio", "Document gardé"), ("Doublon", "déjà au dossier depuis le")):
        file = SimpleUploadedFile("x.jpg", JPEG)
        page = browser.post(address, {**given, "title": title, "file": file}, follow=True).content.decode()
        assert said in page and "Doublon" not in page
    assert browser.post(address, {**given, "kind": "", "file": file}).status_code == 422, "no kind is guessed"


def test_a_refusal_leaves_the_chosen_file_where_it_is(cabinet, patient):
    """By script the answer replaces the fields around the file, and never the file's own."""
    browser = cabinet.client(cabinet.doctor)
    address = f"/patients/{encode(patient.pk)}/dossier/documents/ajouter/"
    page = browser.get(address).content.decode()
    assert page.index('id="document-fields"') < page.index('id="id_source"') < page.index('id="id_file"')
    given = {"title": "Radio", "kind": "imaging", "source": "", "file": SimpleUploadedFile("x.jpg", JPEG)}
    answer = browser.post(address, given, headers={"HX-Request": "true"})
    fields = answer.content.decode()
    assert answer.status_code == 422 and 'value="Radio"' in fields and 'type="file"' not in fields
    given |= {"source": "le patient", "file": SimpleUploadedFile("x.exe", b"MZ\x00\x01")}
    assert "ni un PDF" in browser.post(address, given, headers={"HX-Request": "true"}).content.decode()
    given["file"] = SimpleUploadedFile("x.jpg", JPEG)
    assert browser.post(address, given, headers={"HX-Request": "true"})["HX-Redirect"].startswith(
        "/dossier/documents/"
    )


def test_a_number_of_social_security_in_a_title_is_asked_about(cabinet, patient):
    browser = cabinet.client(cabinet.doctor)
    address = f"/patients/{encode(patient.pk)}/dossier/documents/ajouter/"
    given = {"title": "Carte 2 84 05 35 238 001 97", "kind": "other", "source": "le patient"}
    answer = browser.post(address, {**given, "file": SimpleUploadedFile("x.jpg", JPEG)})
    assert answer.status_code == 422 and "sécurité sociale" in answer.content.decode()
    given["confirm_unusual"] = "1"
    assert browser.post(address, {**given, "file": SimpleUploadedFile("x.jpg", JPEG)}).status_code == 302


def picture(size=(800, 600), kind="PNG", **more) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def test_pictures_and_pdfs_have_a_sealed_thumbnail(cabinet, patient):
    shown = [keep(cabinet, patient, data=picture()), keep(cabinet, patient, data=a_pdf("Compte rendu"))]
    browser = cabinet.client(cabinet.doctor)
    with cabinet.at_work(cabinet.doctor):
        assert [b"JFIF" in bytes(row.sealed) for row in Thumbnail.objects.all()] == [False, False]
    for entry in shown:
        answer = browser.get(f"/dossier/documents/{encode(entry.pk)}/vignette/")
        small = Image.open(io.BytesIO(answer.content))
        assert max(small.size) <= 640 and small.width <= 320 and answer["Cache-Control"] == "no-store"
    record = browser.get(f"/patients/{encode(patient.pk)}/dossier/").content.decode()
    assert record.count("/vignette/") == 2
    assert cabinet.client(cabinet.outsider).get(
        f"/dossier/documents/{encode(shown[0].pk)}/vignette/"
    ).status_code in (403, 404)


def test_a_photo_is_shown_upright(cabinet, patient):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    entry = keep(cabinet, patient, data=picture((400, 200), "JPEG", exif=exif))
    with cabinet.at_work(cabinet.doctor) as keyring:
        width, height = Image.open(io.BytesIO(files.thumbnail(keyring=keyring, entry=entry))).size
    assert height > width


def test_the_pages_of_a_pdf_are_shown_as_pictures(cabinet, patient):
    entry = keep(cabinet, patient, data=a_pdf("Compte rendu zygomatique"))
    browser, address = cabinet.client(cabinet.doctor), f"/dossier/documents/{encode(entry.pk)}/"
    page = browser.get(address).content.decode()
    assert f"{address}pages/1/" in page and "zygomatique" in page
    answer = browser.get(f"{address}pages/1/")
    assert answer["Content-Type"] == "image/jpeg" and "sandbox" in answer["Content-Security-Policy"]
    assert Image.open(io.BytesIO(answer.content)).width == 1240
    assert (
        browser.get(f"{address}pages/2/").status_code == browser.get(f"{address}pages/0/").status_code == 404
    )
    policy = browser.get(f"{address}fichier/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script" not in policy


def test_what_cannot_be_shown_is_kept_all_the_same(cabinet, patient):
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(a_pdf("Secret"))) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="a", user="b", R=6))
    for data in (locked.getvalue(), b"%PDF-1.7 tronqu\xc3\xa9"):
        entry = keep(cabinet, patient, data=data)
        page = cabinet.client(cabinet.doctor).get(f"/dossier/documents/{encode(entry.pk)}/").content.decode()
        assert "ne peut pas être montré ici" in page


def test_what_looks_at_a_file_holds_nothing(monkeypatch):
    """No environment, no write: the process that reads foreign bytes cannot reach a key or leave a trace."""
    seen = {}
    monkeypatch.setattr(
        preview.subprocess,
        "run",
        lambda command, **more: seen.update(more, command=command) or types.SimpleNamespace(stdout=b""),
    )
    preview.page_image(b"%PDF-", 1)
    assert seen["env"] == {} and "-I" in seen["command"] and seen["timeout"] <= 30


def test_words_of_a_pdf_are_found_within_the_record(cabinet, patient):
    keep(cabinet, patient, data=a_pdf("Compte rendu du zygomatique déplacé"), title="Scanner")
    found = cabinet.client(cabinet.doctor).post(
        f"/patients/{encode(patient.pk)}/dossier/chercher/", {"text": "ZYGOMATIQUE deplace"}
    )
    assert "Scanner" in found.content.decode()
    with cabinet.at_work(cabinet.doctor):
        assert b"ygomatique" not in bytes(Entry.objects.get(kind="document").payload)


def test_the_patients_copy_carries_the_file(cabinet, patient):
    keep(cabinet, patient)
    with cabinet.at_work(cabinet.doctor) as keyring:
        content, secret = copy.make(keyring=keyring, practice=cabinet.practice, patient_id=patient.pk)
    with pikepdf.open(io.BytesIO(content), password=secret) as pdf:
        assert pdf.attachments["document-001.jpg"].get_file().read_bytes() == JPEG


def test_a_file_over_the_limit_is_refused_and_never_on_a_disk(cabinet, patient, settings, tmp_path):
    """Django's own handler writes what is over the limit to a temporary file, in clear."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    written = []
    opened = tempfile.NamedTemporaryFile
    address = f"/patients/{encode(patient.pk)}/dossier/documents/ajouter/"
    given = {"title": "Radio", "kind": "imaging", "source": "le patient"}
    given["file"] = SimpleUploadedFile("x.jpg", JPEG + bytes(21 * 1024 * 1024))

    def spied(*arguments, **named):
        written.append(named)
        return opened(*arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.files.temp.NamedTemporaryFile", spied)
        patch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", spied)
        answer = cabinet.client(cabinet.doctor).post(address, given)
    assert answer.status_code == 413 and "dépasse la taille permise" in answer.content.decode()
    assert written == [] and list(tmp_path.iterdir()) == []


def test_a_dictated_text_is_a_document_found_by_its_words(cabinet, patient):
    browser = cabinet.client(cabinet.doctor)
    address = f"/patients/{encode(patient.pk)}/dossier/documents/ajouter/"
    given = {"title": "Dictée", "kind": "dictation", "source": "le cabinet"}
    nothing = browser.post(address, given)
    assert nothing.status_code == 422 and "ou écrivez un texte" in nothing.content.decode()
    both = browser.post(address, {**given, "typed": "Souffle", "file": SimpleUploadedFile("x.jpg", JPEG)})
    assert both.status_code == 422 and "pas les deux" in both.content.decode()
    asked = browser.post(address, {**given, "typed": "Souffle. NIR 2 84 05 35 238 001 97"})
    assert asked.status_code == 422 and "id_typed-attention" in asked.content.decode()
    done = browser.post(address, {**given, "typed": "Souffle zygomatique à l’auscultation."})
    assert done.status_code == 302
    assert "zygomatique à l’auscultation" in browser.get(done.url).content.decode()
    found = browser.post(f"/patients/{encode(patient.pk)}/dossier/chercher/", {"text": "zygomatique"})
    assert "Dictée" in found.content.decode()


@pytest.mark.parametrize("kind", ["photo", "dictation"])
def test_what_one_makes_oneself_comes_from_oneself(cabinet, patient, kind):
    address = path("record:add_document", patient.pk)
    given = {"title": "Note dictée", "kind": kind, "typed": "Genou droit."}
    assert cabinet.client(cabinet.doctor).post(address, given).status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        [item] = selectors.of_kind(keyring=keyring, patient_id=patient.pk, kind="document")
    assert item.content.source == cabinet.doctor.display_name


def test_what_others_made_says_from_whom(cabinet, patient):
    given = {"title": "Courrier", "kind": "letter", "typed": "Cher confrère."}
    answer = cabinet.client(cabinet.doctor).post(path("record:add_document", patient.pk), given)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'id="id_source-erreur"' in page and "Cher confrère." in page


def test_photos_have_no_text_to_show(cabinet, patient):
    data = preview.joined([picture((400, 300), "JPEG"), picture((300, 400), "JPEG")])
    entry = keep(cabinet, patient, data=data)
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert files.content(keyring=keyring, entry=entry)[1].text == ""
    page = cabinet.client(cabinet.doctor).get(f"/dossier/documents/{encode(entry.pk)}/").content.decode()
    assert "Le texte du document" not in page and "ne contient pas de texte" in page
