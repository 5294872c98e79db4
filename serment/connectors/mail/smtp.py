"""Send by SMTP submission, under TLS."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from serment.connectors.mail.port import Parcel, Rejected, Server, Unreachable, Untrusted
from serment.connectors.mail.secure import context


def compose(parcel: Parcel) -> EmailMessage:
    """The message: one part, its content in base64. A header never holds a line end."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = parcel.sender, parcel.recipient, parcel.subject
    made["Message-ID"], made["Date"] = f"<{parcel.message_id}>", formatdate()
    media, _, rest = parcel.media.partition(";")
    kind, _, sub = media.strip().partition("/")
    made.set_content(parcel.content, kind, sub, filename=parcel.name, disposition="attachment")
    for piece in rest.split(";"):
        name, _, value = piece.strip().partition("=")
        if name:
            made.set_param(name, value)
    if parcel.description:
        made["Content-Description"] = parcel.description
    return made


class Smtp:
    """An `Outbox`."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def send(self, parcel: Parcel) -> None:
        try:
            message = compose(parcel)
        except ValueError as error:
            raise Rejected(f"en-tête invalide ({type(error).__name__})") from None
        try:
            with self._open() as session:
                if self.server.user:
                    session.login(self.server.user, self.server.password)
                session.send_message(message)
        except ssl.SSLCertVerificationError:
            raise Untrusted("le certificat du serveur d’envoi n’est pas reconnu") from None
        except smtplib.SMTPResponseException as error:
            _say(error.smtp_code)
        except smtplib.SMTPRecipientsRefused as error:
            _say(max(code for code, _ in error.recipients.values()))
        except smtplib.SMTPNotSupportedError:
            raise Rejected("le serveur d’envoi ne sait pas TLS ou l’authentification") from None
        except (OSError, smtplib.SMTPException):
            raise Unreachable("le serveur d’envoi ne répond pas") from None

    def _open(self) -> smtplib.SMTP:
        place = self.server
        if place.security == "tls":
            return smtplib.SMTP_SSL(
                place.host, place.port, timeout=place.timeout, context=context(place.authority)
            )
        session = smtplib.SMTP(place.host, place.port, timeout=place.timeout)
        try:
            session.starttls(context=context(place.authority))
        except BaseException:
            session.close()
            raise
        return session


def _say(code: int) -> None:
    """4xx is for later, 5xx is for good."""
    if 400 <= code < 500:
        raise Unreachable(f"le serveur d’envoi demande d’attendre ({code})") from None
    raise Rejected(f"le serveur d’envoi refuse ({code})") from None
