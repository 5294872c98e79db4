"""What any engine, or adapter to one, must pass: `run` it against the address (`serment engine check ADDRESS`).

It signs fictitious sheets: run it on an engine's test mode, never with a real patient's card.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from serment.connectors.fse.handoff import Handoff
from serment.connectors.fse.port import CONTRACT, TROUBLES, CardAsked, Line, SheetToSign, Trouble
from serment.formats.nir import is_valid_nir, nir_key


class Broken(AssertionError):
    """What the contract wants and the engine does not do."""


@dataclass(frozen=True)
class Result:
    """``fault`` is empty where the engine conforms."""

    check: str
    fault: str


def sample(engine: Handoff, **changed: Any) -> SheetToSign:
    """A fictitious sheet of the professional whose card is in the reader."""
    who = engine.read_professional()
    nir = "2840535999901"
    values: dict[str, Any] = {
        "id": secrets.token_hex(10),
        "invoice": 2600001,
        "rpps": who.rpps,
        "am_number": who.am_number,
        "nir": nir + nir_key(nir),
        "born_on": date(1984, 5, 17),
        "scheme": "01",
        "fund": "999",
        "centre": "0000",
        "lines": [
            Line(
                code="G",
                done_on=date(2026, 11, 20),
                quantity=1,
                coefficient=100,
                unit_price=3000,
                base=3000,
                rate=70,
                amo=2100,
                amc=0,
                fee=3000,
                place=0,
            )
        ],
        "total": 3000,
    }
    return SheetToSign(**{**values, **changed})


def _want(condition: bool, what: str) -> None:
    if not condition:
        raise Broken(what)


def _wants(code: str, act: Callable[[], object]) -> None:
    try:
        act()
    except Trouble as trouble:
        _want(trouble.code == code, f"« {code} » expected, « {trouble.code} » given")
        return
    raise Broken(f"« {code} » expected, the engine accepted")


def says_who_it_is(engine: Handoff) -> None:
    found = engine.state()
    _want(bool(found.name.strip()) and found.contract == CONTRACT, "a name and the contract's version")


def reads_a_card(engine: Handoff) -> None:
    card = engine.read_card(CardAsked())
    _want(is_valid_nir(card.nir), "the card's number and its key agree")
    _want((card.scheme + card.fund + card.centre).isdigit(), "the fund is nine digits")


def refuses_the_card_of_another(engine: Handoff) -> None:
    _wants("wrong_card", lambda: engine.read_card(CardAsked(expected_nir="1" * 15)))


def signs(engine: Handoff) -> None:
    found = engine.sign(sample(engine))
    _want(
        found.certificate.isascii() and len(found.certificate) <= 32, "a certificate of 32 ASCII characters"
    )
    _want(not found.dre, "no DRE where none was asked")


def signs_the_same_sheet_once(engine: Handoff) -> None:
    sheet = sample(engine)
    _want(engine.sign(sheet) == engine.sign(sheet), "the same id gives the same signed sheet")
    _want(engine.sign(sample(engine)).reference != engine.sign(sheet).reference, "two sheets, two references")


def refuses_another_professional(engine: Handoff) -> None:
    sheet = sample(engine)
    other = "10009999991" if sheet.rpps != "10009999991" else "10009999982"
    _wants("wrong_professional", lambda: engine.sign(sheet.model_copy(update={"rpps": other})))


def refuses_a_number_whose_key_is_wrong(engine: Handoff) -> None:
    sheet = sample(engine)
    wrong = f"{sheet.nir[:13]}{(int(sheet.nir[13:]) % 97) + 1:02d}"
    _wants("refused", lambda: engine.sign(sheet.model_copy(update={"nir": wrong})))


def refuses_sums_that_do_not_agree(engine: Handoff) -> None:
    body = sample(engine).model_dump(mode="json") | {"total": 2999}
    _wants("bad_request", lambda: engine.ask("sign", body))


def refuses_what_it_does_not_know(engine: Handoff) -> None:
    _wants("unknown_verb", lambda: engine.ask("dance", {}))
    _wants(
        "bad_request", lambda: engine.ask("sign", sample(engine).model_dump(mode="json") | {"act": "secret"})
    )


def forgets_a_cancelled_sheet(engine: Handoff) -> None:
    found = engine.sign(sample(engine))
    engine.cancel(found.reference)
    _wants("unknown", lambda: engine.cancel(found.reference))
    _wants("unknown", lambda: engine.cancel("no such reference"))


def answers_what_is_no_request(engine: Handoff) -> None:
    for raw in (
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"contract":1}',
        json.dumps({"contract": 99, "id": "x", "verb": "state"}).encode(),
    ):
        found = json.loads(engine.exchange(raw))
        _want(found.get("ok") is False and found["error"]["code"] in TROUBLES, f"an error for {raw!r}")


CHECKS: tuple[Callable[[Handoff], None], ...] = (
    says_who_it_is,
    reads_a_card,
    refuses_the_card_of_another,
    signs,
    signs_the_same_sheet_once,
    refuses_another_professional,
    refuses_a_number_whose_key_is_wrong,
    refuses_sums_that_do_not_agree,
    refuses_what_it_does_not_know,
    forgets_a_cancelled_sheet,
    answers_what_is_no_request,
)


def run(engine: Handoff) -> list[Result]:
    """Every check, whatever the ones before it found."""
    found = []
    for check in CHECKS:
        try:
            check(engine)
            fault = ""
        except (Broken, Trouble) as error:
            fault = str(error)
        except (ValueError, KeyError, TypeError) as error:
            fault = f"answer that does not read: {type(error).__name__}"
        found.append(Result(check.__name__, fault))
    return found
