"""Documents: their true type, sealed in parts, once per patient, with their source (R8.7), and in the patient's copy."""

from __future__ import annotations

import io
import socket
import threading

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from serment.privacy import copy
from serment.record import files
from serment.record.models import Entry, FilePart
from serment.record.services import Refused
from serment.vault.ids import encode

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


def test_the_patients_copy_carries_the_file(cabinet, patient):
    keep(cabinet, patient)
    with cabinet.at_work(cabinet.doctor) as keyring:
        content, secret = copy.make(keyring=keyring, practice=cabinet.practice, patient_id=patient.pk)
    with pikepdf.open(io.BytesIO(content), password=secret) as pdf:
        assert pdf.attachments["document-001.jpg"].get_file().read_bytes() == JPEG


@pytest.mark.parametrize(("answer", "kept"), [(b"stream: OK\0", True), (b"stream: Eicar FOUND\0", False)])
def test_clamd_is_asked_where_there_is_one(cabinet, patient, settings, tmp_path, answer, kept):
    path = str(tmp_path / "clamd.sock")
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    server.listen(1)
    seen = []

    def serve():
        client, _ = server.accept()
        with client:
            received = b""
            while not received.endswith(b"\0\0\0\0"):
                received += client.recv(65_536)
            seen.append(received)
            client.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    settings.CLAMD_SOCKET = path
    if kept:
        keep(cabinet, patient, data=b"un texte")
    else:
        with pytest.raises(Refused, match="virus"):
            keep(cabinet, patient, data=b"un texte")
    thread.join()
    server.close()
    assert seen[0].startswith(b"zINSTREAM\0") and b"un texte" in seen[0]
