"""HPRIM and HL7 v2: read strictly, never dropped silently; no input makes them crash."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.formats import hl7, hprim
from serment.formats.labs import BadMessage, Value

HPRIM = "\r\n".join(
    [
        "D2026-17",
        "QUILLIVERE",
        "THEODORINE",
        "12 rue kergoat",
        "",
        "35000 RENNES",
        "17/05/84",
        "2 84 05 35 238 001 15",
        "L-4471",
        "05/01/2026",
        "Laboratoire du Port",
        "Dr Aubry",
        "NUMERATION",
        "Tout va bien.",
        "****LAB****",
        "RES|Hémoglobine|HGB|A|10,2|g/dL|12,0|16,0|L",
        "RES|Plaquettes|PLT|A|250|G/L|150|400|",
        "****FIN****",
        "****FINFICHIER****",
    ]
)
HL7 = (
    "MSH|^~\\&|SIL|LABO DU PORT|||202601051000||ORU^R01|1|P|2.5\r"
    "PID|1||1^^^||QUILLIVERE^THEODORINE||19840517|F\r"
    "OBR|1||REF7||||20260105\r"
    "OBX|1|NM|718-7^Hémoglobine^LN||10.2|g/dL|12-16|L|||F\r"
    "OBX|2|ST|X^Aspect||clair|||\r"
    "OBX|3|TX|||Commentaire\\.br\\suite\r"
)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp850"])
def test_hprim_as_it_comes(encoding):
    (report,) = hprim.read(HPRIM.encode(encoding))
    assert (report.family, report.given, report.born) == ("QUILLIVERE", "THEODORINE", date(1984, 5, 17))
    assert report.number == "284053523800115" and report.laboratory == "Laboratoire du Port"
    assert report.made_on == date(2026, 1, 5) and "Tout va bien." in report.text
    assert [(v.value, v.abnormal) for v in report.values] == [("10,2", True), ("250", False)]
    assert "RES|Plaquettes" in report.original


def test_a_file_cut_short_is_refused():
    with pytest.raises(BadMessage, match="tronqué"):
        hprim.read(HPRIM.split("****FIN****")[0].encode())
    with pytest.raises(BadMessage, match="tronqué"):
        hprim.read((HPRIM.replace("****FINFICHIER****", "") + HPRIM.split("****FIN****")[0]).encode())


def test_two_patients_in_one_file():
    first, _, _ = HPRIM.partition("****FINFICHIER****")
    second = HPRIM.replace("QUILLIVERE", "KERBRAT")
    assert [r.family for r in hprim.read((first + second).encode())] == ["QUILLIVERE", "KERBRAT"]


def test_hl7():
    (report,) = hl7.read(HL7.encode())
    assert (report.family, report.given, report.born, report.sex) == (
        "QUILLIVERE",
        "THEODORINE",
        date(1984, 5, 17),
        "F",
    )
    first, second = report.values
    assert (first.loinc, first.low, first.high, first.abnormal) == ("718-7", 12, 16, True)
    assert (second.label, second.value, second.abnormal) == ("Aspect", "clair", False)
    assert report.text == "Commentaire\nsuite\n" and report.made_on == date(2026, 1, 5)


@pytest.mark.parametrize(
    "text", ["PID|1||||X^Y||19840517", HL7.replace("ORU^R01", "ADT^A01"), HL7.replace("19840517", "hier")]
)
def test_other_messages_are_refused(text):
    with pytest.raises(BadMessage):
        hl7.read(text.encode())


def test_bounds_without_a_flag():
    assert Value("x", "3", low=4).abnormal and Value("x", "10", high=9).abnormal
    assert not Value("x", "négatif", low=4).abnormal and not Value("x", "5", low=4, high=9).abnormal


@given(st.binary(max_size=400), st.integers(0, 2))
def test_noise_never_crashes(noise, where):
    for reader, sample in ((hprim, HPRIM.encode()), (hl7, HL7.encode())):
        raw = [noise, sample[:60] + noise, sample.replace(b"10", noise)][where]
        with suppress(BadMessage):
            for report in reader.read(raw):
                assert report.family and report.born
