"""The simulated frontal of a fund: takes B2 files, gives acknowledgements and NOEMIE returns. Nothing goes out.

It behaves: accepts, pays in part, rejects, by the number of the claim, so that tests and the demonstration know what
to expect. A message received twice is one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from serment.formats.fse import b2, noemie
from serment.formats.fse.layout import LENGTH, Fault
from serment.formats.fse.layout import b2 as b2_table

NAME = "SIMULATEUR"


class Unreachable(Exception):
    """The simulated network is down (a file named `panne` in its folder)."""


@dataclass(frozen=True)
class Ack:
    """``fault``: why the file was refused whole, empty when it was taken."""

    message: str
    fault: str = ""


def folder() -> Path:
    path = Path(settings.DATA_DIR) / "frontal-simule"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def send(message: str, raw: bytes) -> Ack:
    """Deposit a file. Raises Unreachable. Numbers and sums of the claims are kept, never who they are about."""
    if (folder() / "panne").exists():
        raise Unreachable("frontal simulé injoignable")
    kept = folder() / f"{message}.json"
    if kept.exists():
        return Ack(message)
    try:
        b2.read(raw)
    except Fault as fault:
        return Ack(message, str(fault))
    kept.write_text(json.dumps(_claims(raw)))
    kept.chmod(0o600)
    return Ack(message)


def _claims(raw: bytes) -> list[list[int]]:
    """[claim number, AMO asked] of each invoice."""
    total = {field.code: field for field in b2_table()["5"]}
    return [
        [int(total["invoice"].of(record)), int(total["amo"].of(record))]
        for record in b2.split(raw)
        if record[0] == "5"
    ]


def outcome(number: int, asked: int) -> tuple[str, int, str, str]:
    """(state, paid, reject code, label): one claim in ten is rejected, one in fifteen paid in part."""
    rank = number % 100_000
    if rank % 10 == 7:
        return "R", 0, "0012", "DROITS FERMES A LA DATE DES SOINS (SIMULATION)"
    if rank % 15 == 11:
        return "P", asked // 2, "", ""
    return "P", asked, "", ""


def returns() -> list[bytes]:
    """A NOEMIE file for each lot deposited; the same each time it is asked."""
    return [_return(path.stem, json.loads(path.read_text())) for path in sorted(folder().glob("*.json"))]


def _return(message: str, claims: list[list[int]]) -> bytes:
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
        "message": f"{NAME} {message}"[:37],
    }
    made: list[tuple[str, dict[str, object]]] = [
        ("071", {"level": "02", "day": "260101", "label1": f"VIREMENT {NAME}", "payer": NAME[:10]})
    ]
    paid_in_all = 0
    for number, asked in claims:
        state, paid, code, label = outcome(number, asked)
        paid_in_all += paid
        made.append(("102", {"level": "03", "invoice": f"{number:09d}", "lot": "001", "kind": "B"}))
        made.append(("198", {"level": "03", "asked": asked, "state": state, "paid": paid, "sign": "P"}))
        if code:
            made.append(("294", {"level": "03", "code": code, "label": label, "part": "O"}))
    made.append(("990", {"level": "99", "count": len(claims), "amount": paid_in_all, "sign": "P"}))
    blocks = len(noemie.write(head, made)) // LENGTH + 1
    made.append(("999", {"records": blocks, "lots": 1, "amount": paid_in_all, "sign": "P"}))
    return noemie.write(head, made)
