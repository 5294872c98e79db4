"""SIMULATOR of an engine: fictitious cards, sheets « signed » with nothing, the reader's errors on demand.

It reads no card and seals nothing: its certificate says SIMULATION. It keeps references and numbers, never who a
sheet is about.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from pathlib import Path

from serment.connectors.fse.handoff import drop
from serment.connectors.fse.port import (
    CONTRACT,
    Card,
    CardAsked,
    Professional,
    SheetToSign,
    Signed,
    State,
    Trouble,
)
from serment.formats.nir import is_valid_nir, nir_key

NAME = "SIMULATEUR de moteur FSE"
PLAYS = {
    "": "tout va bien",
    "no_card": "pas de carte",
    "card_withdrawn": "carte retirée pendant la lecture",
    "card_expired": "carte périmée",
    "rights_closed": "droits fermés",
    "wrong_card": "carte d’un autre patient",
    "no_professional_card": "pas de carte CPS",
    "no_network": "réseau absent",
}
"""What the simulated reader can be told to do, in French."""


def _card(nir13: str, family: str, given: str, born_on: date) -> Card:
    return Card(
        channel="vitale",
        nir=nir13 + nir_key(nir13),
        family=family,
        given=given,
        born_on=born_on,
        scheme="01",
        fund="999",
        centre="0000",
        rights_until=date(2099, 12, 31),
    )


CARDS = (
    _card("2840535999901", "FICTIVE", "ANNE", date(1984, 5, 17)),
    _card("1520935999902", "FICTIF", "PAUL", date(1952, 9, 3)),
    _card("2190135999903", "FICTIVE", "LOU", date(2019, 1, 22)),
)
"""Identities of nobody: their commune (999) does not exist."""


class Simulator:
    """``folder``: where references are kept, so that the same sheet is signed once even across restarts."""

    def __init__(self, folder: Path, professional: Professional | None = None) -> None:
        self.folder = folder
        self.professional = professional or Professional(
            rpps="10000000016", am_number="351000001", name="CPS FICTIVE (SIMULATEUR)"
        )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def play(self, what: str) -> None:
        """What the reader does from now on. Raises KeyError for anything not in `PLAYS`."""
        PLAYS[what]
        drop(self.folder / "jeu", what.encode())

    @property
    def playing(self) -> str:
        try:
            return (self.folder / "jeu").read_text()
        except FileNotFoundError:
            return ""

    def state(self) -> State:
        return State(name=NAME, contract=CONTRACT, simulated=True)

    def read_card(self, asked: CardAsked) -> Card:
        if self.playing and self.playing != "no_professional_card":
            raise Trouble(self.playing, "(simulateur)")
        if not asked.expected_nir:
            return CARDS[0].model_copy(update={"channel": asked.channel})
        known = next((card for card in CARDS if card.nir == asked.expected_nir), None)
        if known is None and not is_valid_nir(asked.expected_nir):
            raise Trouble("wrong_card", "(simulateur)")
        return (known or CARDS[0]).model_copy(update={"channel": asked.channel, "nir": asked.expected_nir})

    def read_professional(self) -> Professional:
        if self.playing in ("no_professional_card", "no_network"):
            raise Trouble(self.playing, "(simulateur)")
        return self.professional

    def sign(self, sheet: SheetToSign) -> Signed:
        kept = self.folder / f"{hashlib.sha256(sheet.id.encode()).hexdigest()[:40]}.json"
        if kept.exists():
            return Signed.model_validate_json(kept.read_bytes())
        if self.playing:
            raise Trouble(self.playing, "(simulateur)")
        if sheet.rpps != self.professional.rpps:
            raise Trouble("wrong_professional", "(simulateur)")
        if not is_valid_nir(sheet.nir):
            raise Trouble("refused", "NIR")
        reference = kept.stem[:24]
        made = Signed(
            reference=reference,
            certificate=f"SIMULATION {reference[:21]}".upper(),
            seal=base64.b64encode(f"SIMULATION, SANS VALEUR {reference}".encode()).decode(),
            dre=f"D{reference[:23]}" if sheet.complementary and sheet.amc_number else "",
        )
        drop(kept, made.model_dump_json().encode())
        return made

    def cancel(self, reference: str) -> None:
        if reference.isalnum() and len(reference) == 24:
            for path in self.folder.glob(f"{reference}*.json"):
                path.unlink(missing_ok=True)
                return
        raise Trouble("unknown")
