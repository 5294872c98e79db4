"""The engine's contract: the conformance suite over the real socket, HTTP and folder; bad engines are found out."""

from __future__ import annotations

import json
import stat
import urllib.request
from contextlib import contextmanager

import pytest

from serment.connectors.fse import conformance, serving
from serment.connectors.fse.exchange import answer
from serment.connectors.fse.handoff import Handoff, connect
from serment.connectors.fse.port import TROUBLES, CardAsked, Group, Signed, Trouble
from serment.connectors.fse.simulator import CARDS, PLAYS, Simulator
from serment.formats.nir import is_valid_nir


@contextmanager
def served(way: str, engine: Simulator, tmp_path):
    if way == "http":
        with serving.over_http(engine, token="secret") as address:
            yield connect(address, "secret", timeout=30)
    elif way == "socket":
        with serving.over_socket(engine, tmp_path / "engine.sock", token="secret") as address:
            yield connect(address, "secret", timeout=30)
    else:
        with serving.over_folder(engine, tmp_path / "spool") as address:
            yield connect(address, timeout=30)


@pytest.mark.parametrize("way", ["http", "socket", "folder"])
def test_the_simulator_conforms_by_every_way(way, tmp_path):
    with served(way, Simulator(tmp_path / "engine"), tmp_path) as engine:
        found = conformance.run(engine)
    assert [result for result in found if result.fault] == []
    assert len(found) == len(conformance.CHECKS) >= 11


def test_the_folder_is_left_empty_and_private(tmp_path):
    with served("folder", Simulator(tmp_path / "engine"), tmp_path) as engine:
        engine.sign(conformance.sample(engine))
    assert list((tmp_path / "spool").iterdir()) == [], "requests and answers hold a social-security number"
    assert stat.S_IMODE((tmp_path / "spool").stat().st_mode) == 0o700


def test_an_engine_that_is_not_there_says_so(tmp_path):
    for address in ("http://127.0.0.1:9", f"unix:{tmp_path}/none", f"folder:{tmp_path}/none"):
        with pytest.raises(Trouble, match="ne répond pas"):
            connect(address, timeout=0.2).state()


@pytest.mark.parametrize(
    "address", ["http://example.org:80", "https://127.0.0.1:1", "http://127.0.0.1", "ftp:x"]
)
def test_no_engine_is_sought_elsewhere(address):
    with pytest.raises(ValueError, match="on this machine"):
        connect(address)


def test_without_the_secret_nothing_is_answered(tmp_path):
    with serving.over_http(Simulator(tmp_path), token="secret") as address:
        with pytest.raises(Trouble, match="401"):
            connect(address, "guess").state()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{address}/elsewhere", b"{}")


@pytest.mark.parametrize("play", [play for play in PLAYS if play])
def test_the_reader_s_errors_sign_nothing(play, tmp_path):
    simulator = Simulator(tmp_path)
    engine = Handoff(lambda raw: answer(simulator, raw))
    sheet = conformance.sample(engine)
    simulator.play(play)
    with pytest.raises(Trouble) as trouble:
        engine.sign(sheet)
    assert trouble.value.code == play and TROUBLES[play] in str(trouble.value)
    simulator.play("")
    assert engine.sign(sheet).reference, "the same sheet goes once the reader is well again"


def test_a_sheet_signed_before_the_network_fell_is_given_again(tmp_path):
    simulator = Simulator(tmp_path)
    engine = Handoff(lambda raw: answer(simulator, raw))
    sheet = conformance.sample(engine)
    first = engine.sign(sheet)
    simulator.play("no_network")
    assert Handoff(lambda raw: answer(Simulator(tmp_path), raw)).sign(sheet) == first


def test_a_dre_carries_groups_and_is_referenced(tmp_path):
    simulator = Simulator(tmp_path)
    engine = Handoff(lambda raw: answer(simulator, raw))
    sheet = conformance.sample(engine, amc_number="0012345678")
    groups = [Group(code="CONS", base=3000, amc=900, fee=3000)]
    signed = engine.sign(sheet.model_copy(update={"complementary": groups}))
    assert signed.dre and "SIMULATION" in signed.certificate


def test_the_simulator_keeps_nobody(tmp_path):
    simulator = Simulator(tmp_path)
    engine = Handoff(lambda raw: answer(simulator, raw))
    sheet = conformance.sample(engine)
    engine.sign(sheet)
    kept = "".join(path.read_text() for path in tmp_path.glob("*"))
    assert sheet.nir[:13] not in kept


def test_the_cards_are_nobody_s():
    assert all(is_valid_nir(card.nir) and card.nir[5:10] == "35999" for card in CARDS)


def test_a_bad_engine_is_found_out(tmp_path):
    class Forgetful(Simulator):
        def sign(self, sheet):
            self.count = getattr(self, "count", 0) + 1
            return Signed(reference=f"{sheet.id}{self.count}", certificate="X")

    bad = Forgetful(tmp_path)
    faults = {
        result.check for result in conformance.run(Handoff(lambda raw: answer(bad, raw))) if result.fault
    }
    assert {
        "signs_the_same_sheet_once",
        "refuses_another_professional",
        "forgets_a_cancelled_sheet",
    } <= faults


@pytest.mark.parametrize(
    "given",
    [b"", b"no", b"[]", b"{}", b'{"contract":1,"id":"other","ok":true,"body":{}}', b"[" * 50_000],
)
def test_an_answer_that_does_not_read_signs_nothing(given):
    engine = Handoff(lambda raw: given)
    with pytest.raises(Trouble, match="ne se lit pas"):
        engine.read_card(CardAsked())


def test_an_answer_with_more_than_the_contract_is_refused(tmp_path):
    simulator = Simulator(tmp_path)

    def more(raw: bytes) -> bytes:
        found = json.loads(answer(simulator, raw))
        found["body"]["diagnosis"] = "none of your business"
        return json.dumps(found).encode()

    with pytest.raises(Trouble, match="ne se lit pas"):
        Handoff(more).read_card(CardAsked())
