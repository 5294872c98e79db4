"""By what way lots leave and returns come: the simulated frontal of a demonstration, or mail under TLS."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils import timezone

from serment.connectors.fse import frontal
from serment.connectors.mail import secure
from serment.connectors.mail.imap import Imap
from serment.connectors.mail.port import Parcel, Received, Rejected, Server, Unreachable, Untrusted
from serment.connectors.mail.smtp import Smtp
from serment.practice.models import Practice
from serment.transmission.insured import Refused
from serment.transmission.models import Channel, Lot
from serment.transmission.payloads import MailSettings
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

DOMAIN = "serment.invalid"
"""Right side of our message ids: no host's name leaves with a lot."""
MAX_FILE = 20_000_000


class Later(Exception):
    """Nothing was lost: try again. French."""


class Never(Exception):
    """Trying again as it is will not help. French, without a name."""


@dataclass(frozen=True)
class Arrived:
    """What came: ``answers`` are lots' messages, ``failed`` says that those were not delivered."""

    files: tuple[bytes, ...]
    answers: tuple[str, ...] = ()
    failed: bool = False


class Way(Protocol):
    simulated: bool

    def send(self, lot: Lot, raw: bytes, joined: Sequence[tuple[str, bytes]]) -> bool:
        """Deposit a lot and what is joined (media type, bytes); True when it is acknowledged at once.

        Raises Later, Never.
        """

    def fetch(self, keep: Callable[[Arrived], None]) -> None:
        """Raises Later, Never."""


def simulated_frontal() -> frontal.Frontal:
    return frontal.Frontal(Path(settings.DATA_DIR) / "frontal-simule")


class Simulated:
    """The frontal in this machine's own folder."""

    simulated = True

    def send(self, lot: Lot, raw: bytes, joined: Sequence[tuple[str, bytes]]) -> bool:
        try:
            answer = simulated_frontal().send(lot.message, raw)
        except frontal.Unreachable as error:
            raise Later("Le frontal (simulé) ne répond pas") from error
        if answer.fault:
            raise Never(f"Le frontal (simulé) refuse le lot\u00a0: {answer.fault}")
        return True

    def fetch(self, keep: Callable[[Arrived], None]) -> None:
        try:
            found = simulated_frontal().returns()
        except frontal.Unreachable as error:
            raise Later("Le frontal (simulé) ne répond pas") from error
        for raw in found:
            keep(Arrived((raw,)))


class Mail:
    """SMTP and IMAP. Every parcel is sealed to the recipient's certificate: nothing leaves readable."""

    simulated = False

    def __init__(self, given: MailSettings) -> None:
        self.given = given

    def _server(self, side: str) -> Server:
        given = self.given
        return Server(
            host=getattr(given, f"{side}_host"),
            port=getattr(given, f"{side}_port"),
            security=getattr(given, f"{side}_security"),
            user=given.user,
            password=given.password,
            authority=given.authority,
        )

    def send(self, lot: Lot, raw: bytes, joined: Sequence[tuple[str, bytes]]) -> bool:
        parcels = [
            self._parcel(lot, data, f"{lot.message}-{place}", f"SCOR/{media}")
            for place, (media, data) in enumerate(joined, 1)
        ]
        parcels.append(self._parcel(lot, zlib.compress(raw), lot.message, self.given.description))
        try:
            outbox = Smtp(self._server("smtp"))
            for parcel in parcels:
                outbox.send(parcel)
        except Unreachable as error:
            raise Later(str(error)) from error
        except (Rejected, Untrusted) as error:
            raise Never(str(error)) from error
        return False

    def _parcel(self, lot: Lot, data: bytes, message: str, description: str) -> Parcel:
        return Parcel(
            message_id=f"{message}@{DOMAIN}",
            sender=self.given.sender,
            recipient=self._address(lot),
            subject=self._filled(self.given.subject, lot),
            content=secure.envelope(data, self._certificate()),
            media=secure.ENVELOPE,
            name="smime.p7m",
            description=description,
        )

    def _certificate(self) -> secure.x509.Certificate:
        try:
            return secure.recipient(self.given.certificate)
        except ValueError:
            raise Never("Le certificat du destinataire manque\u00a0: rien ne part en clair") from None

    def _address(self, lot: Lot) -> str:
        template = self.given.amc_address if lot.part == "amc" else self.given.amo_address
        if not template:
            raise Never("L’adresse des complémentaires manque dans les réglages")
        return self._filled(template, lot)

    def _filled(self, template: str, lot: Lot) -> str:
        """A template of the settings. It was checked when it was typed: see `forms.ChannelForm`."""
        return fill(
            template,
            scheme=lot.scheme,
            fund=lot.fund,
            centre=lot.centre,
            body=lot.body,
            provider=lot.practitioner.am_number or "0",
            stamp=f"{timezone.localtime(lot.made_at):%Y%m%d%H%M%S}",
            number=lot.number % 100_000,
            count=lot.sheets_count,
        )

    def fetch(self, keep: Callable[[Arrived], None]) -> None:
        def arrived(found: Received) -> None:
            answers = tuple(
                name.removesuffix(f"@{DOMAIN}") for name in found.answers if name.endswith(f"@{DOMAIN}")
            )
            keep(Arrived(tuple(map(unpacked, found.files)), answers, found.failed))

        try:
            Imap(self._server("imap")).fetch(arrived)
        except Unreachable as error:
            raise Later(str(error)) from error
        except Untrusted as error:
            raise Never(str(error)) from error


FILLINGS = {
    "scheme": "01",
    "fund": "351",
    "centre": "0000",
    "body": "0012345678",
    "provider": "351000001",
    "stamp": "20260101120000",
    "number": 1,
    "count": 1,
}
"""What a template may name, with a sample."""


def fill(template: str, **given: object) -> str:
    """Raises ValueError for a template that names anything else, or reaches into what it names."""
    if (
        "." in "".join(part.split("}")[0].split(":")[0] for part in template.split("{")[1:])
        or "[" in template
    ):
        raise ValueError("only plain names may be filled in")
    try:
        return template.format(**given)
    except (KeyError, IndexError, ValueError, AttributeError):
        raise ValueError("this template does not fill in") from None


def unpacked(data: bytes) -> bytes:
    """A file as it was before zlib, bounded; others as they are."""
    if data[:1] == b"\x78":
        with suppress(zlib.error):
            return zlib.decompressobj().decompress(data, MAX_FILE)
    return data


def mail_settings(keyring: Keyring) -> MailSettings | None:
    """None where the practice has set nothing. Raises NoKey."""
    row = Channel.objects.first()
    if row is None:
        return None
    found: MailSettings = keyring.subject_keys([row.practice_id], Domain.BILLING).open(row, "mail")
    return found


def of(practice: Practice, keyring: Keyring) -> Way:
    """Raises Refused where nothing carries lots, NoKey."""
    if practice.is_demo:
        return Simulated()
    found = mail_settings(keyring)
    if found is None or not found.smtp_host:
        raise Refused("Aucun transport n’est réglé\u00a0: les feuilles de soins se remettent sur papier.")
    return Mail(found)
