"""clamd, spoken to over a real local socket: the INSTREAM command of clamd(8), read strictly by a server of our own."""

from __future__ import annotations

import socket
import struct
import threading

import pytest

from serment.record import antivirus
from serment.record.services import Refused

EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
LIMIT = 300_000


class Clamd(threading.Thread):
    """Reads commands and pieces as clamd does; refuses what is over its limit; knows one signature."""

    def __init__(self, path: str, mute: bool = False) -> None:
        super().__init__(daemon=True)
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(path)
        self.server.listen(1)
        self.mute, self.received, self.pieces = mute, b"", []

    def run(self) -> None:
        client, _ = self.server.accept()
        with client, client.makefile("rb") as stream:
            command = b""
            while not command.endswith(b"\0"):
                command += stream.read(1)
            assert command == b"zINSTREAM\0"
            while True:
                (length,) = struct.unpack("!L", stream.read(4))
                if length == 0:
                    break
                piece = stream.read(length)
                assert len(piece) == length
                self.pieces.append(length)
                self.received += piece
                if len(self.received) > LIMIT:
                    client.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            if not self.mute:
                found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in self.received else b"stream: OK\0"
                for part in (found[:5], found[5:]):
                    client.sendall(part)


@pytest.fixture
def clamd(settings, tmp_path):
    started = []

    def start(**more) -> Clamd:
        settings.CLAMD_SOCKET = str(tmp_path / "clamd.sock")
        server = Clamd(settings.CLAMD_SOCKET, **more)
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.join(timeout=5)
        server.server.close()


def test_a_clean_file_is_read_whole_in_bounded_pieces(clamd):
    server, data = clamd(), bytes(range(256)) * 800
    assert antivirus.scan(data) is True
    server.join(timeout=5)
    assert server.received == data and max(server.pieces) <= antivirus.CHUNK and len(server.pieces) > 1


def test_a_virus_is_refused(clamd):
    clamd()
    with pytest.raises(Refused, match="virus"):
        antivirus.scan(b"un mot " + EICAR)


def test_what_it_could_not_look_at_is_not_taken_for_clean(clamd):
    clamd()
    with pytest.raises(Refused, match="pas pu examiner"):
        antivirus.scan(b"x" * (LIMIT + 2 * antivirus.CHUNK))


def test_no_answer_is_a_refusal(clamd):
    clamd(mute=True)
    with pytest.raises(Refused, match="ne répond pas"):
        antivirus.scan(b"un texte")


def test_no_server_is_a_refusal_and_no_setting_none(settings, tmp_path):
    settings.CLAMD_SOCKET = str(tmp_path / "absent.sock")
    with pytest.raises(Refused, match="ne répond pas"):
        antivirus.scan(b"un texte")
    settings.CLAMD_SOCKET = None
    assert antivirus.scan(b"un texte") is False


def test_a_refused_file_leaves_nothing_in_the_record(clamd, cabinet, patient):
    from serment.record import files
    from serment.record.models import Entry, FilePart

    clamd()
    with cabinet.at_work(cabinet.doctor) as keyring, pytest.raises(Refused, match="virus"):
        files.keep(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            data=EICAR,
            title="Courrier",
            kind="letter",
            source="inconnu",
        )
    with cabinet.at_work(cabinet.doctor):
        assert Entry.objects.count() == FilePart.objects.count() == 0
