"""Fetch by IMAP, under TLS. A message is marked as read only after it was kept: stopped between, it comes again."""

from __future__ import annotations

import email
import imaplib
import re
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default

from serment.connectors.mail.port import Received, Server, Unreachable, Untrusted
from serment.connectors.mail.secure import context

MAX_MESSAGE = 30_000_000
_ID = re.compile(r"<([^<>\s]{1,200})>")


def parse(raw: bytes) -> Received:
    """What a message holds, whatever its shape: text bodies are left out, files and reports are kept."""
    message = email.message_from_bytes(raw[:MAX_MESSAGE], policy=default)
    files: list[bytes] = []
    failed = False
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failed = failed or "action: failed" in str(part).lower()
        elif not part.is_multipart() and _is_file(part, kind):
            content = part.get_payload(decode=True)
            files.append(content if isinstance(content, bytes) else b"")
    return Received(
        message_id=_first(str(message.get("Message-ID", ""))),
        answers=tuple(
            _ID.findall(
                f"{message.get('In-Reply-To', '')} {message.get('References', '')} {_original(message)}"
            )
        ),
        subject=str(message.get("Subject", ""))[:200],
        files=tuple(files),
        failed=failed,
    )


def _is_file(part: EmailMessage, kind: str) -> bool:
    return part.get_content_disposition() == "attachment" or kind.startswith("application/")


def _original(message: EmailMessage) -> str:
    """The id of the message that a delivery report sends back."""
    for part in message.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            found = re.search(r"^message-id:\s*(<[^>\s]+>)", str(part), re.IGNORECASE | re.MULTILINE)
            if found:
                return found.group(1)
    return ""


def _first(text: str) -> str:
    found = _ID.search(text)
    return found.group(1) if found else ""


class Imap:
    """An `Inbox`."""

    def __init__(self, server: Server, folder: str = "INBOX") -> None:
        self.server = server
        self.folder = folder

    def fetch(self, keep: Callable[[Received], None]) -> int:
        session = self._open()
        count = 0
        try:
            for number in self._unread(session):
                status, found = session.uid("FETCH", number, "(BODY.PEEK[])")
                body = next((piece[1] for piece in found if isinstance(piece, tuple)), None)
                if status != "OK" or body is None:
                    continue  # moved by another reader since
                keep(parse(body))
                session.uid("STORE", number, "+FLAGS", r"(\Seen)")
                count += 1
        except (OSError, imaplib.IMAP4.error):
            raise Unreachable("le serveur de réception s’est interrompu") from None
        finally:
            _leave(session)
        return count

    def _unread(self, session: imaplib.IMAP4) -> list[str]:
        status, _ = session.select(self.folder)
        if status != "OK":
            raise Unreachable("la boîte de réception ne s’ouvre pas")
        _, found = session.uid("SEARCH", "UNSEEN")
        return (found[0] or b"").decode().split()

    def _open(self) -> imaplib.IMAP4:
        place = self.server
        try:
            if place.security == "tls":
                session: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                    place.host, place.port, ssl_context=context(place.authority), timeout=place.timeout
                )
            else:
                session = imaplib.IMAP4(place.host, place.port, timeout=place.timeout)
                session.starttls(context(place.authority))
            session.login(place.user, place.password)
        except ssl.SSLCertVerificationError:
            raise Untrusted("le certificat du serveur de réception n’est pas reconnu") from None
        except (OSError, imaplib.IMAP4.error):
            raise Unreachable("le serveur de réception ne répond pas, ou refuse le mot de passe") from None
        return session


def _leave(session: imaplib.IMAP4) -> None:
    try:
        session.logout()
    except (OSError, imaplib.IMAP4.error):
        return
