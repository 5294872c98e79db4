"""HPRIM and HL7 v2: read strictly, never dropped silently; no input makes them crash."""

from __future__ import annotations

import os
import tarfile
from contextlib import suppress
from datetime import date
from math import isfinite
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serment.formats import hl7, hprim, labs
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


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [("4-9", 4, 9), ("< 5,5", None, 5.5), ("> 60", 60, None), ("≤ 2", None, 2), ("clair", None, None)],
)
def test_bounds_as_laboratories_write_them(given, low, high):
    (report,) = hl7.read(HL7.replace("12-16", given).encode())
    assert (report.values[0].low, report.values[0].high) == (low, high)


def test_numbers_and_bounds_in_french():
    given = ("9.5", "9,5", "négatif", "< 0.5", "nan", "2.0 – 5.5", "type 1.2.3", "≤ 1.0")
    assert [labs.shown(x) for x in given] == [
        "9,5",
        "9,5",
        "négatif",
        "< 0,5",
        "nan",
        "2,0 – 5,5",
        "type 1.2.3",
        "≤ 1,0",
    ]
    bounds = ((4, 9.5), (None, 5), (60, None), (None, None))
    assert [labs.bounds_text(*x) for x in bounds] == ["4 à 9,5", "< 5", "> 60", ""]


def test_a_joined_text_is_read_with_or_without_its_last_signs():
    for joined in ("VG91dCB2YSBiaWVuLg==", "VG91dCB2YSBiaWVuLg"):
        (report,) = hl7.read((HL7 + f"OBX|4|ED|X^Texte||^TEXT^PLAIN^Base64^{joined}\r").encode())
        assert "Tout va bien." in report.text


def test_who_may_see_it_is_a_note_not_a_value():
    more = "OBX|4|CE|INVISIBLE_PATIENT^Non visible^MetaDMPMSS||Y^^x\rOBX|5|CE|DESTDMP^DMP^MetaDMPMSS||Y^^x||||||D\r"
    (report,) = hl7.read((HL7 + more).encode())
    assert len(report.values) == 2 and "visible au patient" in report.text and "Suppression" in report.text


def test_each_patient_keeps_their_own_segments():
    first, second = hl7.read((HL7 + HL7[HL7.index("PID") :].replace("QUILLIVERE", "KERBRAT")).encode())
    assert "KERBRAT" not in first.original and "QUILLIVERE" not in second.original
    assert (
        first.original.startswith("MSH|") and second.original.startswith("MSH|") and "10.2" in second.original
    )


@pytest.mark.parametrize(
    "broken",
    [
        HL7 + HL7[HL7.index("PID") :].replace("19840517", ""),
        HPRIM.partition("****FINFICHIER")[0] + HPRIM.replace("17/05/84", "99/99/99"),
        HL7[: HL7.index("OBR")],
    ],
)
def test_a_fault_anywhere_refuses_the_whole_file(broken):
    """The first patient of the file reads, the second does not: neither is given."""
    reader = hl7 if broken.startswith("MSH") else hprim
    with pytest.raises(BadMessage):
        reader.read(broken.encode())


def test_a_report_without_birth_date_is_read_where_it_gives_a_national_number():
    (report,) = hprim.read(HPRIM.replace("17/05/84", "").encode())
    assert report.born is None and report.number == "284053523800115"
    with_number = HL7.replace("||1^^^||", "||1^^^LABO~284053523800115^^^INS^NH||")
    (report,) = hl7.read(with_number.replace("19840517", "").encode())
    assert report.born is None and report.number == "284053523800115"
    (report,) = hl7.read(with_number.encode())
    assert report.number == "284053523800115"


@pytest.mark.parametrize("kept", [9, 12, 14, 16])
def test_a_file_cut_before_its_end_is_said_cut(kept):
    from serment.results.services import read

    with pytest.raises(BadMessage, match="tronqué"):
        read("\r\n".join(HPRIM.split("\r\n")[:kept]).encode())


@pytest.mark.parametrize(
    "letter",
    [
        "Madame,\r\n\r\nMerci de votre courrier.\r\n\r\n\r\n\r\nBien à vous.\r\nDr Aubry\r\n",
        "Cabinet\r\nRue du Port\r\nRennes\r\n\r\nPatient\r\nNée le\r\n17/05/1984\r\nChère consœur\r\n",
    ],
)
def test_a_letter_is_no_hprim(letter):
    assert not hprim.looks_like(letter.encode())


def _holds(reader, raw: bytes) -> None:
    """Whatever the bytes, a reader refuses with a sentence or gives reports that name someone."""
    with suppress(BadMessage):
        found = reader.read(raw)
        assert found
        for report in found:
            assert report.family and report.original
            assert report.born or labs.national_number(report.number), "someone is named"
            assert all(value.number is None or isfinite(value.number) for value in report.values)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 2))
def test_noise_never_crashes(noise, where):
    for reader, sample in ((hprim, HPRIM.encode()), (hl7, HL7.encode())):
        _holds(reader, [noise, sample[:60] + noise, sample.replace(b"10", noise)][where])


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_message_cut_turned_or_doubled_anywhere_never_crashes(data):
    for reader, sample in ((hprim, HPRIM), (hl7, HL7)):
        lines = sample.splitlines(keepends=True)
        start, end = sorted(data.draw(st.tuples(st.integers(0, len(sample)), st.integers(0, len(sample)))))
        order = data.draw(st.permutations(lines))
        wild = data.draw(st.text(alphabet="|^~\\&*.<>-0189éAZ\r\n\x0b\x1c", max_size=60))
        for text in (
            sample[:end],
            sample[:start] + sample[end:],
            "".join(order),
            sample[:start] + wild + sample[end:],
        ):
            _holds(reader, text.encode())


SHARED = Path(os.environ.get("SERMENT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
REAL = SHARED / "clinical" / "ans_hl7v2" / "hl7V2-exemples_2026-06.tar.xz"


@pytest.mark.skipif(not REAL.is_file(), reason="exemples HL7 v2 de l’ANS absents de ../shared/data")
def test_every_public_example_reads_or_says_why():
    read, refused, structured = 0, 0, 0
    with tarfile.open(REAL) as archive:
        for member in archive:
            if not member.name.lower().endswith((".hl7", ".er7")):
                continue
            raw = archive.extractfile(member).read()
            assert hl7.looks_like(raw), member.name
            if b"|ORU^" not in raw[:200]:
                refused += 1
                with pytest.raises(BadMessage, match="ORU"):
                    hl7.read(raw)
                continue
            (report,) = hl7.read(raw)
            read += 1
            assert report.family in ("PAT-TROIS", "NESSI", "DE VINCI") and report.born
            # No value but those of the document joined: what says who may see it is none.
            assert not report.values or "2885-2" in {value.loinc for value in report.values}
            structured += bool(report.values)
            assert len(report.number) == 15 and "document joint" in report.text
    assert (read, refused, structured) == (14, 45, 6)


@pytest.mark.parametrize(
    ("value", "low", "high", "abnormal"),
    [
        ("12 500", 4000, 10000, True),
        ("12\u00a0500", 4000, 10000, True),
        ("9\u202f500", 4000, 10000, False),
        ("> 1000", None, 14, True),
        ("> 3", None, 14, False),
        ("< 5", 10, None, True),
        ("< 5", None, 14, False),
        ("12 500 par champ", 4000, 10000, False),
    ],
)
def test_a_value_without_a_flag_is_held_to_its_bounds(value, low, high, abnormal):
    assert Value("x", value, low=low, high=high).abnormal is abnormal


def test_no_number_is_written_with_an_exponent():
    assert labs.bounds_text(4e6, 5.5e6) == "4\u202f000\u202f000 à 5\u202f500\u202f000"
    assert labs.bounds_text(0.00001, None) == "> 0,00001"
    assert labs.bounds_text(0.6, 1.1) == "0,6 à 1,1"


def test_large_numbers_are_read_at_a_glance():
    given = ("4520000", "4.52e+06", "> 12500", "12 500", "1250", "001234567", "1e400", "type 12500")
    assert [labs.shown(x) for x in given] == [
        "4\u202f520\u202f000",
        "4\u202f520\u202f000",
        "> 12\u202f500",
        "12 500",
        "1250",
        "001234567",
        "1e400",
        "type 12500",
    ]
    assert labs.number_of(labs.shown("4520000")) == 4520000, "what is shown is still read as a number"
