"""Mail under TLS against real servers: what is sent arrives once per sending, what is fetched is kept before it is read."""

from __future__ import annotations

import email
from dataclasses import replace
from email.message import EmailMessage

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs7
from hypothesis import given
from hypothesis import strategies as st

from serment.connectors.mail import secure
from serment.connectors.mail.imap import Imap, parse
from serment.connectors.mail.port import Parcel, Received, Rejected, Unreachable, Untrusted
from serment.connectors.mail.smtp import Smtp
from tests import mail

LOT = Parcel(
    message_id="lot-42@serment",
    sender=mail.USER,
    recipient="01351@example.fr",
    subject="IR100500/00000351000001/2026112012000000001/00012",
    content=b"\x30\x82binary\r\n.\r\nend",
    media=secure.ENVELOPE,
    description="IRIS/B2/Z",
)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_parcel_arrives_whole(security, tmp_path):
    with mail.smtp(tmp_path, security) as outside:
        Smtp(outside.server).send(LOT)
        (raw,) = outside.received
    got = email.message_from_bytes(raw)
    assert got.get_payload(decode=True) == LOT.content
    assert (got["Message-ID"], got["Content-Description"]) == ("<lot-42@serment>", "IRIS/B2/Z")
    assert got.get_param("smime-type") == "enveloped-data"


def test_what_can_wait_waits_and_what_cannot_is_said(tmp_path):
    with mail.smtp(tmp_path) as outside:
        outside.says = "451 later"
        with pytest.raises(Unreachable):
            Smtp(outside.server).send(LOT)
        outside.says = "550 never"
        with pytest.raises(Rejected):
            Smtp(outside.server).send(LOT)
        with pytest.raises(Rejected):
            Smtp(replace(outside.server, password="wrong")).send(LOT)
        with pytest.raises(Rejected, match="en-tête"):
            Smtp(outside.server).send(replace(LOT, subject="two\r\nBcc: thief@example.org"))
        place = outside.server
    with pytest.raises(Unreachable):
        Smtp(place).send(LOT)


def test_nothing_is_said_to_a_server_that_is_not_the_right_one(tmp_path):
    with mail.smtp(tmp_path) as outside:
        (tmp_path / "other").mkdir()
        other, _ = mail.certificate(tmp_path / "other")
        with pytest.raises(Untrusted):
            Smtp(replace(outside.server, authority=str(other))).send(LOT)
        with pytest.raises(Untrusted):
            Smtp(replace(outside.server, authority="")).send(LOT)
        assert outside.received == []


def test_an_envelope_opens_for_its_recipient_alone(tmp_path):
    cert, key = mail.certificate(tmp_path)
    sealed = secure.envelope(b"B2 " * 100, secure.recipient(cert.read_text()))
    assert b"B2 B2" not in sealed
    owner = x509.load_pem_x509_certificate(cert.read_bytes())
    private = load_pem_private_key(key.read_bytes(), None)
    assert pkcs7.pkcs7_decrypt_der(sealed, owner, private, []) == b"B2 " * 100
    with pytest.raises(ValueError, match="PEM"):
        secure.recipient("no certificate")


def message(subject: str, content: bytes, **headers: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "frontal@example.fr", mail.USER, subject
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content("bonjour")
    made.add_attachment(content, "application", "octet-stream", filename="retour")
    return bytes(made)


def test_a_message_counts_as_read_once_it_is_kept(tmp_path):
    with mail.imap(tmp_path / "dovecot") as box:
        box.deliver(message("un", b"first", Message_ID="<a@x>", In_Reply_To="<lot-42@serment>"))
        box.deliver(message("deux", b"second"))
        seen: list[Received] = []

        def stop(found: Received) -> None:
            if seen:
                raise KeyboardInterrupt
            seen.append(found)

        with pytest.raises(KeyboardInterrupt):
            Imap(box.server).fetch(stop)
        assert [found.files for found in seen] == [(b"first",)]
        assert seen[0].answers == ("lot-42@serment",) and seen[0].message_id == "a@x"
        rest: list[Received] = []
        assert Imap(box.server).fetch(rest.append) == 1 and rest[0].files == (b"second",)
        assert Imap(box.server).fetch(rest.append) == 0
        with pytest.raises(Unreachable):
            Imap(replace(box.server, password="wrong")).fetch(rest.append)
        (tmp_path / "other").mkdir()
        other, _ = mail.certificate(tmp_path / "other")
        with pytest.raises(Untrusted):
            Imap(replace(box.server, authority=str(other))).fetch(rest.append)


REPORT = b"""From: mailer@example.fr
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.fr

Final-Recipient: rfc822; 01351@example.fr
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: <lot-42@serment>
Subject: x

--b--
"""


def test_a_delivery_report_names_the_lot_that_failed():
    found = parse(REPORT)
    assert found.failed and "lot-42@serment" in found.answers and found.files == ()


@given(st.binary(max_size=400))
def test_any_bytes_parse(raw):
    parse(raw)
    parse(REPORT[: len(raw) * 2] + raw)
