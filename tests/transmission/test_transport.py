"""Lots over real SMTP and IMAP servers, under TLS: sealed to their recipient, at least once, a stop anywhere is mended."""

from __future__ import annotations

import email
import zlib
from email.message import EmailMessage

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs7
from django.utils import timezone

from serment.billing.models import Payment
from serment.connectors.fse import frontal as simulated
from serment.connectors.mail import imap as imap_module
from serment.connectors.mail import smtp as smtp_module
from serment.formats.fse import b2
from serment.practice.models import Practice
from serment.transmission import channels, joining, lots, returns, sending
from serment.transmission.insured import Refused
from serment.transmission.models import Channel, Lot, Return, Sheet
from serment.transmission.payloads import MailSettings
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from tests import mail


class Killed(BaseException):
    """What a power cut is to the program."""


@pytest.fixture
def post(practice, at_post, tmp_path):
    """The doctor's post, its lots signed in the demonstration and then sent by mail, as a real practice would."""
    (tmp_path / "fund").mkdir()
    pem, key = mail.certificate(tmp_path / "fund", "caisse")
    at_post.recipient = (x509.load_pem_x509_certificate(pem.read_bytes()), key)
    at_post.mail = {
        "amo_address": "{scheme}{fund}@example.fr",
        "sender": mail.USER,
        "user": mail.USER,
        "password": mail.PASSWORD,
        "certificate": pem.read_text(),
    }
    practice.claims(3)
    at_post.sign_all()
    Practice.objects.filter(pk=practice.practice.pk).update(is_demo=False)
    at_post.whole["practice"] = Practice.objects.get(pk=practice.practice.pk)
    return at_post


def through(post, outside=None, box=None) -> None:
    """Keep the settings that lead to these servers."""
    given = dict(post.mail)
    for name, found in (("smtp", outside), ("imap", box)):
        if found is not None:
            place = found.server
            given |= {f"{name}_host": place.host, f"{name}_port": place.port, "authority": place.authority}
            given |= {f"{name}_security": place.security}
    Channel.objects.all().delete()
    keyring = post.asked["keyring"]
    row = Channel(id=new_id(), practice_id=keyring.practice_id)
    keyring.subject_keys([row.practice_id], Domain.BILLING).seal(row, "mail", MailSettings(**given))
    row.save()


def opened(post, raw: bytes) -> bytes:
    """What the recipient alone reads in a message."""
    certificate, key = post.recipient
    content = email.message_from_bytes(raw).get_payload(decode=True)
    return pkcs7.pkcs7_decrypt_der(content, certificate, load_pem_private_key(key.read_bytes(), None), [])


def reply(message: str, *files: bytes, report: bool = False) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "frontal@example.fr", mail.USER, "retour"
    made["In-Reply-To"] = f"<{message}@{channels.DOMAIN}>"
    made.set_content("accusé")
    for content in files:
        made.add_attachment(content, "application", "octet-stream", filename="retour")
    if report:
        made.add_attachment(
            b"Reporting-MTA: dns; x\n\nAction: failed\n", "message", "delivery-status", filename="rapport"
        )
    return bytes(made)


def returned(lot: Lot, keyring) -> bytes:
    """The NOEMIE file that a fund would answer to a lot."""
    claims = [[invoice.number, invoice.amo_total, 0] for invoice in b2.invoices(lots.content(keyring, lot))]
    return simulated._return(lot.message, {"amc": False, "claims": claims})


def test_a_lot_leaves_sealed_and_comes_back_settled(post, tmp_path):
    keyring = post.asked["keyring"]
    with mail.smtp(tmp_path) as outside, mail.imap(tmp_path / "dovecot", tmp_path) as box:
        through(post, outside, box)
        assert sending.send_due(**post.whole) == (3, [])
        (raw,) = outside.received
        lot = Lot.objects.get()
        assert (lot.state, lot.tries) == ("sent", 1)
        assert b"KERBRAT" not in raw and b"2840535238001" not in raw, "nothing leaves readable"
        assert zlib.decompress(opened(post, raw)) == lots.content(keyring, lot)
        message = email.message_from_bytes(raw)
        assert message["To"] == "01351@example.fr" and message["Content-Description"] == "IRIS/B2/Z"
        box.deliver(reply(lot.message))
        assert returns.fetch(**post.whole) == []
        assert Lot.objects.get().state == "acknowledged"
        box.deliver(reply(lot.message, zlib.compress(returned(lot, keyring)), b"not a return"))
        found = returns.fetch(**post.whole)
        assert [row.matched for row in found] == [3, 0] and found[1].trouble
        assert Payment.objects.count() == 3 and returns.fetch(**post.whole) == []


def test_a_joined_scan_goes_before_its_lot(post, tmp_path):
    with mail.smtp(tmp_path) as outside:
        through(post, outside)
        sheet = Sheet.objects.order_by("pk").first()
        joining.join(**post.asked, sheet_id=sheet.pk, data=b"%PDF-1.7 ordonnance fictive")
        sending.send_due(**post.whole)
        scan, lot = outside.received
    assert opened(post, scan) == b"%PDF-1.7 ordonnance fictive"
    assert email.message_from_bytes(scan)["Content-Description"] == "SCOR/application/pdf"
    assert email.message_from_bytes(lot)["Content-Description"] == "IRIS/B2/Z"


def test_without_the_recipient_s_certificate_nothing_leaves(post, tmp_path):
    post.mail["certificate"] = ""
    with mail.smtp(tmp_path) as outside:
        through(post, outside)
        gone, troubles = sending.send_due(**post.whole)
        assert gone == 0 and "rien ne part en clair" in troubles[0] and outside.received == []
        assert Lot.objects.get().state == "refused"


@pytest.mark.parametrize(
    ("says", "state"), [("451 later", "prepared"), ("550 never", "refused")], ids=["busy", "refusing"]
)
def test_a_server_that_says_no_keeps_the_lot(post, tmp_path, says, state):
    with mail.smtp(tmp_path) as outside:
        through(post, outside)
        outside.says = says
        gone, troubles = sending.send_due(**post.whole)
        lot = Lot.objects.get()
        assert gone == 0 and troubles and lot.state == state and lot.trouble
        outside.says = ""
        Lot.objects.update(next_try_at=timezone.now())
        assert sending.send(**post.whole, lot_id=lot.pk).state == "sent" and len(outside.received) == 1


def test_a_lot_that_bounced_may_be_sent_again(post, tmp_path):
    with mail.smtp(tmp_path) as outside, mail.imap(tmp_path / "dovecot", tmp_path) as box:
        through(post, outside, box)
        sending.send_due(**post.whole)
        lot = Lot.objects.get()
        report = (
            f"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
            f"Action: failed\n\n--b\nContent-Type: text/rfc822-headers\n\n"
            f"Message-ID: <{lot.message}@{channels.DOMAIN}>\n\n--b--\n"
        )
        box.deliver(report.encode())
        returns.fetch(**post.whole)
        lot.refresh_from_db()
        assert lot.state == "refused" and "n’a pas pris" in lot.trouble
        assert set(Sheet.objects.values_list("state", flat=True)) == {"in_lot"}
        assert sending.send(**post.whole, lot_id=lot.pk).state == "sent"
        one, two = (email.message_from_bytes(raw)["Message-ID"] for raw in outside.received)
        assert one == two, "the same message: the recipient counts it once"


STEPS = (
    "sealing",
    "before sending",
    "after sending",
    "noting",
    "keeping",
    "after keeping",
    "marking",
)


@pytest.mark.parametrize("where", STEPS)
def test_a_stop_at_each_step_neither_loses_nor_doubles(post, tmp_path, monkeypatch, where):
    keyring = post.asked["keyring"]

    def die(*args, **given):
        raise Killed

    def after(real):
        def stopped(*args, **given):
            real(*args, **given)
            raise Killed

        return stopped

    places = {
        "sealing": (channels.secure, "envelope", die),
        "before sending": (smtp_module.Smtp, "send", die),
        "after sending": (smtp_module.Smtp, "send", after(smtp_module.Smtp.send)),
        "noting": (sending, "move_all", die),
        "keeping": (returns, "_settle", die),
        "after keeping": (returns, "take", after(returns.take)),
        "marking": (imap_module, "_leave", die),
    }

    def everything(box) -> None:
        sending.send_due(**post.whole)
        if where in STEPS[4:]:
            for lot in Lot.objects.filter(state="sent"):
                box.deliver(reply(lot.message, returned(lot, keyring)))
        returns.fetch(**post.whole)

    with mail.smtp(tmp_path) as outside, mail.imap(tmp_path / "dovecot", tmp_path) as box:
        through(post, outside, box)
        if where in STEPS[4:]:
            sending.send_due(**post.whole)
        with monkeypatch.context() as broken:
            broken.setattr(*places[where])
            with pytest.raises(Killed):
                everything(box)
        sending.send_due(**post.whole)
        lot = Lot.objects.get()
        box.deliver(reply(lot.message, returned(lot, keyring)))
        returns.fetch(**post.whole)
        returns.fetch(**post.whole)
        ids = {email.message_from_bytes(raw)["Message-ID"] for raw in outside.received}
    assert len(ids) == 1, "sent again under the same name"
    assert len(outside.received) == (2 if where in ("after sending", "noting") else 1)
    assert (
        Payment.objects.count() == 3 and sum(Payment.objects.values_list("amount_cents", flat=True)) == 6300
    )
    assert set(Sheet.objects.values_list("state", flat=True)) == {"paid"}
    assert Return.objects.count() == 1


def test_without_settings_a_real_practice_is_told(post):
    with pytest.raises(Refused, match="Aucun transport"):
        sending.send_due(**post.whole)
