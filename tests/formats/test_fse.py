"""B2 and NOEMIE-PS: what is written reads back; each fault is named with its place; noise never half-reads."""

from __future__ import annotations

import csv
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serment.formats.fse import b2, noemie
from serment.formats.fse.layout import LENGTH, Fault
from serment.formats.fse.layout import b2 as b2_table
from serment.formats.fse.layout import noemie as noemie_table
from serment.formats.nir import nir_key

DAY = date(2026, 11, 20)
NIR = "2840535238001" + nir_key("2840535238001")
FACTS = Path(__file__).parents[3] / "shared" / "data" / "interop" / "sesam_vitale"


def act(amount: int = 3000, rate: int = 70) -> b2.Act:
    amo = amount * rate // 100
    return b2.Act("G", DAY, amount, amo, amount, rate, amc=amount - amo, unit_price=amount)


def invoice(number: int, *acts: b2.Act) -> b2.Invoice:
    return b2.Invoice(number, NIR, date(1984, 5, 17), DAY, "01", "351", "0000", acts or (act(),))


def batch(*lots: tuple[b2.Invoice, ...]) -> b2.Batch:
    made = [b2.Lot(number, "351", DAY, invoices) for number, invoices in enumerate(lots, 1)]
    return b2.Batch("351000011", "Docteur Aubry", "01351", "000001", DAY, made)


def changed(raw: bytes, record: int, column: int, text: str) -> bytes:
    start = (record - 1) * LENGTH + column - 1
    return raw[:start] + text.encode() + raw[start + len(text) :]


def test_what_is_written_reads_back():
    raw = b2.write(batch((invoice(1), invoice(2, act(2300), act(500))), (invoice(3),)))
    found = b2.read(raw)
    assert (found.lots, found.invoices, found.lines) == (2, 3, 4)
    assert (found.fees, found.amo) == (8800, 6160) and found.numbers == (1, 2, 3)
    lines = b"\n".join(raw[start : start + LENGTH] for start in range(0, len(raw), LENGTH))
    assert b2.read(lines + b"\n") == found


sessions = st.lists(
    st.lists(st.tuples(st.integers(1, 9_999_999), st.sampled_from([60, 70, 100])), min_size=1, max_size=4),
    max_size=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(sessions)
def test_any_amounts_round_trip(found_sessions):
    invoices = tuple(
        invoice(number, *(act(amount, rate) for amount, rate in lines))
        for number, lines in enumerate(found_sessions, 1)
    )
    found = b2.read(b2.write(batch(invoices) if invoices else batch()))
    assert found.fees == sum(amount for lines in found_sessions for amount, _ in lines)
    assert found.invoices == len(found_sessions)


codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=5)
some_acts = st.lists(
    st.builds(
        lambda code, base, rate, excess, quantity, coefficient, place, ccam, modifiers: b2.Act(
            code,
            DAY,
            base,
            base * rate // 100,
            base + excess,
            rate,
            amc=base - base * rate // 100,
            quantity=quantity,
            coefficient=coefficient,
            unit_price=base,
            place=place,
            expense="D" if excess else "",
            ccam=ccam,
            modifiers=modifiers if ccam else "",
        ),
        codes,
        st.integers(0, 9_999_999),
        st.integers(0, 100),
        st.sampled_from([0, 500]),
        st.integers(1, 99),
        st.integers(0, 999_999),
        st.integers(0, 1),
        st.sampled_from(["", "DEQP003", "YYYY001"]),
        st.text("ABCFJKMNPRSU", max_size=4),
    ).filter(lambda one: one.fee <= 9_999_999),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(
        st.tuples(
            some_acts,
            st.sampled_from(["10", "30", "41"]),
            st.sampled_from(["00", "05", "15"]),
            st.none() | st.just(DAY),
            st.sampled_from(["", "0012345678"]),
            st.sampled_from(["", "SIMULATION ABC"]),
        ),
        max_size=4,
    )
)
def test_whatever_is_written_is_read_back_whole(given_invoices):
    made = tuple(
        b2.Invoice(
            number,
            NIR,
            date(1984, 5, 17),
            DAY,
            "01",
            "351",
            "0000",
            acts,
            insurance=insurance,
            payee=payee,
            prescriber="351000001" if day else "",
            prescribed_on=day,
            accident_on=day,
            maternity_on=day,
            amc=amc,
            certificate=certificate,
        )
        for number, (acts, insurance, payee, day, amc, certificate) in enumerate(given_invoices, 1)
    )
    assert tuple(b2.invoices(b2.write(batch(made)))) == made


@pytest.mark.parametrize(
    ("record", "column", "text", "word"),
    [
        (1, 1, "777", "inconnu"),
        (1, 62, "CP  ", "établissement"),
        (3, 12, "1", "clé"),
        (3, 40, "261350", "date"),
        (4, 68, "2X1120", "chiffres"),
        (4, 27, "000000009", "diffère"),
        (4, 106, "0009999", "dépassent"),
        (5, 58, "00003001", "somme des lignes"),
        (5, 74, "00000000", "somme des lignes"),
        (6, 11, "002", "lot compte"),
        (6, 43, "000000001", "lot compte"),
        (7, 56, "00000009", "annoncés"),
        (7, 83, "002", "lots"),
    ],
)
def test_each_fault_is_named_with_its_place(record, column, text, word):
    raw = changed(b2.write(batch((invoice(1),))), record, column, text)
    with pytest.raises(Fault, match=word) as fault:
        b2.read(raw)
    assert (fault.value.record, fault.value.column) == (record, 12 if word == "clé" else column)


def test_cut_doubled_and_foreign_files():
    raw = b2.write(batch((invoice(1),)))
    for broken, word in (
        (raw[:-LENGTH], "pas de fin"),
        (raw[:-5], "au lieu de 128"),
        (b2.write(batch((invoice(1), invoice(1)))), "double"),
        (raw.replace(b"DOCTEUR", "DOCTÉUR".encode()), "ASCII"),
        (b"", "vide"),
    ):
        with pytest.raises(Fault, match=word):
            b2.read(broken)


def test_every_column_of_the_liberal_table_is_covered_once():
    for kind, fields in b2_table().items():
        assert [f.start for f in fields[1:]] == [f.end + 1 for f in fields[:-1]], kind
        assert (fields[0].start, fields[-1].end) == (1, LENGTH)


@pytest.mark.skipif(
    not FACTS.exists(), reason="public layouts are not here: put them in ../shared/data/interop"
)
def test_the_tables_agree_with_the_public_layouts():
    names = {
        "Type 0": "0",
        "Type 1": "1",
        "Type 2": "2",
        "Type 4": "4",
        "Type 4M": "4M",
        "Type 5": "5",
        "Type 6": "6",
        "Type 999": "9",
    }
    with (FACTS / "b2_layout.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file, delimiter=";") if not r["variant_condition"]]
    for name, kind in names.items():
        known = {(int(r["start"]), int(r["end"])) for r in rows if r["record"] == name}
        ours = {(f.start, f.end) for f in b2_table()[kind] if f.code != "blank"}
        assert ours - known <= {(43, 51)}, f"{kind}: the source writes 53 for 43"
    with (FACTS / "noemie-ps_layout.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    for kind, fields in noemie_table().items():
        known = {(int(r["start"]), int(r["end"])) for r in rows if r["record"] == kind}
        assert fields[-1].end == max(end for _, end in known) - 1, kind
        if kind not in ("250", "262"):
            assert {(f.start, f.end) for f in fields} <= known | {(4, 5), (47, 72)}, kind


HEAD = {"type": "000", "sender_kind": "CP", "sender": "35100000000000", "file": "000042", "length": "128"}


def returned(*claims: tuple[int, int, str], **tail: int) -> bytes:
    """(claim number, cents paid, state) → a whole file that agrees with itself."""
    made: list[tuple[str, dict[str, object]]] = [
        ("071", {"level": "02", "day": "261125", "label1": "VIREMENT CPAM", "payer": "01351"})
    ]
    for number, paid, state in claims:
        made.append(("102", {"level": "03", "invoice": f"{number:09d}", "lot": "001", "kind": "F"}))
        made.append(("198", {"level": "03", "asked": 2100, "state": state, "paid": paid, "sign": "P"}))
        if state == "R":
            made.append(("294", {"level": "03", "code": "0012", "label": "DROITS FERMES", "part": "O"}))
    total = sum(paid for _, paid, _ in claims)
    made.append(("990", {"level": "99", "count": len(claims), "amount": total, "sign": "P"}))
    blocks = len(noemie.write(HEAD, made)) // LENGTH + 1
    counts = {"records": blocks, "lots": 1, "amount": total, "sign": "P"} | tail
    return noemie.write(HEAD, [*made, ("999", counts)])


def test_a_return_reads():
    found = noemie.read(returned((1, 2100, "P"), (2, 0, "R"), (3, 900, "P")))
    assert [(b.invoice, b.amo_paid, b.amo_state) for b in found.returns] == [
        ("000000001", 2100, "P"),
        ("000000002", 0, "R"),
        ("000000003", 900, "P"),
    ]
    assert found.returns[1].rejects[0].label == "DROITS FERMES"
    assert (found.transfer, found.paid, found.file) == ("VIREMENT CPAM", 3000, "000042")


def test_counts_that_do_not_agree_give_nothing():
    with pytest.raises(Fault, match="annoncés"):
        noemie.read(returned((1, 2100, "P"), amount=2101))
    with pytest.raises(Fault, match="enregistrements"):
        noemie.read(returned((1, 2100, "P"), records=99))
    raw = returned((1, 2100, "P"), (2, 900, "P"))
    with pytest.raises(Fault, match="tronqué"):
        noemie.read(raw[:-LENGTH])


def test_a_broken_entity_is_named():
    raw = returned((1, 2100, "P"))
    with pytest.raises(Fault, match="indicateur"):
        noemie.read(changed(raw, 3, 1, "7"))
    with pytest.raises(Fault, match="inconnue"):
        noemie.read(changed(raw, 3, 2, "777"))
    with pytest.raises(Fault, match="attendu à sa fin"):
        noemie.read(raw.replace(b"@", b" ", 1))


@given(st.binary(max_size=300), st.integers(0, 900), st.integers(0, 900))
def test_noise_never_crashes_and_never_half_reads(noise, start, end):
    samples = ((b2.write(batch((invoice(1),))), b2.read), (returned((1, 2100, "P")), noemie.read))
    for sample, read in samples:
        with suppress(Fault):
            read(sample[:start] + noise + sample[end:])
        with suppress(Fault):
            read(noise)
