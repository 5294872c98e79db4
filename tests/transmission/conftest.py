"""A demonstration practice with one insured patient, and the simulated engine and frontal in the test's own folder."""

from __future__ import annotations

from datetime import date

import pytest

from serment.billing import services as billing
from serment.billing.models import Claim
from serment.billing.payloads import ActLine
from serment.formats.nir import nir_key
from serment.patients.payloads import Coverage, Identity
from serment.patients.services import create_patient
from serment.practice.models import Practice
from serment.transmission import channels, lots, returns, sending, signing
from serment.transmission.models import Sheet
from serment.vault.ids import encode

NIR = "2840535238001" + nir_key("2840535238001")
INSURED = Coverage(nir=NIR, scheme="01", fund="351", centre="0000")


ROOT = "/teletransmission/"


def text(response) -> str:
    return " ".join(response.content.decode().split())


def page_of(claim) -> str:
    return f"{ROOT}factures/{encode(claim.pk)}/"


def sheet_of(practice) -> Sheet:
    """The one sheet there is."""
    with practice.at_work(practice.doctor):
        return Sheet.objects.get()


def states_now() -> set[str]:
    return set(Sheet.objects.values_list("state", flat=True))


class Post:
    """Transmission's verbs as the doctor asks them, without repeating who asks."""

    def __init__(self, keyring, author, practice) -> None:
        self.asked = {"keyring": keyring, "author": author}
        self.whole = {**self.asked, "practice": practice}

    def sign_all(self):
        return signing.sign_all(**self.whole)

    def prepare(self, **more):
        return lots.prepare(**self.whole, **more)

    def send(self, lot):
        return sending.send(**self.whole, lot_id=lot.pk)

    def sent(self):
        """Everything signed, in lots, sent."""
        self.sign_all()
        return [self.send(lot) for lot in self.prepare()]

    def fetch(self):
        return returns.fetch(**self.whole)

    def take(self, raw: bytes):
        return returns.take(**self.asked, raw=raw)


@pytest.fixture
def frontal(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return channels.simulated_frontal()


@pytest.fixture
def practice(cabinet, frontal):
    """``claims(n)``: that many claims of one insured patient, 30 € each; ``post()``: the doctor at work."""
    Practice.objects.filter(pk=cabinet.practice.pk).update(is_demo=True)
    cabinet.doctor.__dict__.pop("practice", None)
    with cabinet.at_work(cabinet.doctor) as keyring:
        patient = create_patient(
            keyring=keyring,
            author=cabinet.doctor,
            identity=Identity(
                birth_family_name="Kerbrat", first_given_name="Anne", birth_date=date(1984, 5, 17)
            ),
            coverage=INSURED,
            circle_ids=[cabinet.circle.pk],
        )

    def claims(count: int, by=None, **changed) -> list[Claim]:
        author = by or cabinet.doctor
        with cabinet.at_work(author) as keyring:
            start = Claim.objects.count()
            given = {
                "patient_id": patient.pk,
                "lines": [ActLine(code="G", label="consultation", amount_cents=3000)],
                **changed,
            }
            return [
                billing.establish_claim(
                    keyring=keyring,
                    author=author,
                    practitioner=author.practitioner,
                    request_key=f"claim-{start + number}",
                    **given,
                )
                for number in range(count)
            ]

    cabinet.claims, cabinet.insured = claims, patient
    cabinet.post = lambda keyring, by=None: Post(keyring, by or cabinet.doctor, cabinet.practice)
    return cabinet


@pytest.fixture
def browser(practice):
    return practice.client(practice.doctor)


@pytest.fixture
def at_post(practice):
    """The doctor's `Post`, within the practice for the whole test."""
    with practice.at_work(practice.doctor) as keyring:
        yield practice.post(keyring)


__all__ = ["INSURED", "NIR", "ROOT", "Post", "page_of", "sheet_of", "states_now", "text"]
