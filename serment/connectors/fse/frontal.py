"""SIMULATOR of a fund's frontal: takes B2 files, gives acknowledgements and NOEMIE returns. Nothing goes out.

It accepts, pays in part, rejects, by the number of the claim, so that tests and the demonstration know what to expect;
a claim that it rejected is accepted when it comes again. A message received twice is one. Told to, it is down, late,
doubles its returns, cuts them or spoils them. It keeps numbers and sums, never who they are about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from serment.connectors.fse.handoff import drop
from serment.formats.fse import b2, noemie
from serment.formats.fse.layout import LENGTH, Fault
from serment.formats.fse.layout import b2 as b2_table

NAME = "SIMULATEUR"
BEHAVIOURS = {
    "": "répond normalement",
    "down": "ne répond pas",
    "refuses": "refuse les lots",
    "late": "tarde à répondre",
    "doubles": "envoie ses retours deux fois",
    "truncates": "coupe ses retours",
    "corrupts": "abîme ses retours",
}


class Unreachable(Exception):
    """The simulated network is down."""


@dataclass(frozen=True)
class Ack:
    """``fault``: why the file was refused whole, empty when it was taken."""

    message: str
    fault: str = ""


class Frontal:
    """``folder``: where it keeps what it received."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def behaviour(self) -> str:
        try:
            return (self.folder / "comportement").read_text()
        except FileNotFoundError:
            return ""

    def behave(self, how: str) -> None:
        """Raises KeyError for anything not in `BEHAVIOURS`."""
        BEHAVIOURS[how]
        drop(self.folder / "comportement", how.encode())

    def send(self, message: str, raw: bytes) -> Ack:
        """Deposit a file. Raises Unreachable."""
        if self.behaviour == "down":
            raise Unreachable("frontal simulé injoignable")
        kept = self.folder / f"{message}.json"
        if kept.exists():
            return Ack(message)
        if self.behaviour == "refuses":
            return Ack(message, "refus simulé")
        try:
            b2.read(raw)
        except Fault as fault:
            return Ack(message, str(fault))
        complementary = b2_table()["0"][4].of(raw[:LENGTH].decode()) == "OC"
        drop(kept, json.dumps({"amc": complementary, "claims": self._claims(raw, complementary)}).encode())
        return Ack(message)

    def _claims(self, raw: bytes, complementary: bool) -> list[list[int]]:
        """[claim number, asked, 1 where it was rejected before] of each invoice."""
        total = {field.code: field for field in b2_table()["5"]}
        found = [
            (int(total["invoice"].of(record)), int(total["amc" if complementary else "amo"].of(record)))
            for record in b2.split(raw)
            if record[0] == "5"
        ]
        again = self._seen({number for number, _ in found if outcome(number, 1)[0] == "R"})
        return [[number, asked, int(number in again)] for number, asked in found]

    def _seen(self, numbers: set[int]) -> set[int]:
        return {
            number
            for _, received in (self._received() if numbers else ())
            for number, _, _ in received["claims"]
            if number in numbers
        }

    def _received(self) -> Iterator[tuple[str, dict]]:
        for path in sorted(self.folder.glob("*.json")):
            yield path.stem, json.loads(path.read_text())

    def returns(self) -> list[bytes]:
        """A NOEMIE file for each lot deposited; the same each time it is asked, unless told to misbehave."""
        how = self.behaviour
        if how == "down":
            raise Unreachable("frontal simulé injoignable")
        if how == "late":
            return []
        made = []
        for message, received in self._received():
            raw = _return(message, received)
            if how == "truncates":
                raw = raw[:-LENGTH]
            elif how == "corrupts":
                raw = raw.replace(b"@", b" ", 1)
            made.append(raw)
            if how == "doubles":
                made.append(_return(message, received, "BIS"))
        return made


def outcome(number: int, asked: int, again: bool = False) -> tuple[str, int, str, str]:
    """(state, paid, reject code, label): one claim in ten is rejected once, one in fifteen paid in part."""
    rank = number % 100_000
    if rank % 10 == 7 and not again:
        return "R", 0, "0012", "DROITS FERMES A LA DATE DES SOINS (SIMULATION)"
    if rank % 15 == 11:
        return "P", asked // 2, "", ""
    return "P", asked, "", ""


def _return(message: str, received: dict, edition: str = "") -> bytes:
    """``edition``: another file about the same transfer, as a fund that sends its return again."""
    head = {
        "type": "000",
        "sender_kind": "CP",
        "sender": "00000000000000",
        "recipient_kind": "TP",
        "application": "NO",
        "file": message[:6],
        "created_on": "260101",
        "norm": "PS",
        "length": f"{LENGTH}",
        "message": " ".join(filter(None, (NAME, edition, message)))[:37],
    }
    made: list[tuple[str, dict[str, object]]] = [
        (
            "071",
            {"level": "02", "day": "260101", "label1": f"VIREMENT {NAME} {message[-8:]}", "payer": NAME[:10]},
        )
    ]
    entity, kind, part = ("199", "D", "C") if received["amc"] else ("198", "F", "O")
    paid_in_all = 0
    for number, asked, again in received["claims"]:
        state, paid, code, label = outcome(number, asked, bool(again))
        paid_in_all += paid
        made.append(("102", {"level": "03", "invoice": f"{number:09d}", "lot": "001", "kind": kind}))
        made.append((entity, {"level": "03", "asked": asked, "state": state, "paid": paid, "sign": "P"}))
        if code:
            made.append(("294", {"level": "03", "code": code, "label": label, "part": part}))
    made.append(
        ("990", {"level": "99", "count": len(received["claims"]), "amount": paid_in_all, "sign": "P"})
    )
    blocks = len(noemie.write(head, made)) // LENGTH + 1
    made.append(("999", {"records": blocks, "lots": 1, "amount": paid_in_all, "sign": "P"}))
    return noemie.write(head, made)
