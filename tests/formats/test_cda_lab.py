"""A laboratory's CDA: patient, values with their bounds, text; whatever the bytes, a sentence or a report."""

from __future__ import annotations

import base64
import os
import tarfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serment.formats import cda_lab, hl7, labs
from serment.formats.labs import BadMessage


def observation(code: str, value: str, rest: str = "") -> str:
    return (
        '<entry><act classCode="ACT" moodCode="EVN"><entryRelationship typeCode="COMP"><observation classCode="OBS" '
        'moodCode="EVN"><templateId root="1.3.6.1.4.1.19376.1.3.1.6"/>'
        f"{code}{value}{rest}</observation></entryRelationship></act></entry>"
    )


TSH = observation(
    '<code code="3016-3" codeSystem="2.16.840.1.113883.6.1" displayName="Thyréostimuline"/>',
    '<value xsi:type="PQ" value="7.25" unit="m[IU]/L"/><interpretationCode code="H"/>',
    '<referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="0.270000"/><high value="4.2"/></value>'
    '<interpretationCode code="N"/></observationRange></referenceRange>',
)
ABSENT = observation('<code code="1-8" displayName="Absent"/>', '<value xsi:type="PQ" nullFlavor="UNK"/>')
LOCAL = observation(
    '<code nullFlavor="UNK"><translation code="CRP" displayName="Protéine C réactive"/></code>',
    '<value xsi:type="PQ" value="63.000000" unit="1"/>',
)
WORDS = observation(
    '<code code="Z" displayName="Nitrites"/>', '<value xsi:type="CD" code="N" displayName="négatif"/>'
)
CDA = (
    '<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><id root="1.2.3" extension="BIO-42"/>'
    '<effectiveTime value="20260110"/><recordTarget><patientRole>'
    '<id extension="284053523800115" root="1.2.250.1.213.1.4.8"/><patient><name><given>Théo</given>'
    '<given qualifier="BR">Théodorine</given><family qualifier="SP">Autre</family>'
    '<family qualifier="BR">Quillivéré</family></name><administrativeGenderCode code="F"/>'
    '<birthTime value="19840517"/></patient></patientRole></recordTarget><custodian><assignedCustodian>'
    "<representedCustodianOrganization><name>Laboratoire du Port</name></representedCustodianOrganization>"
    '</assignedCustodian></custodian><documentationOf><serviceEvent><effectiveTime><low value="20260105"/>'
    "</effectiveTime></serviceEvent></documentationOf><component><structuredBody><component><section>"
    "<title>Hormones</title><text><paragraph>Prélèvement à jeun</paragraph><table><tbody><tr><td>TSH</td><td>7,25</td>"
    f"</tr></tbody></table></text>{TSH}{ABSENT}{LOCAL}{WORDS}</section></component></structuredBody></component>"
    "</ClinicalDocument>"
)


def test_what_it_says():
    (report,) = cda_lab.read(CDA.encode())
    assert (report.family, report.given, report.born, report.sex) == (
        "Quillivéré",
        "Théodorine",
        date(1984, 5, 17),
        "F",
    )
    assert (report.number, report.reference) == ("284053523800115", "BIO-42")
    assert (report.laboratory, report.made_on) == ("Laboratoire du Port", date(2026, 1, 5))
    tsh, crp, nitrites = report.values
    assert (tsh.loinc, tsh.value, tsh.unit, tsh.low, tsh.high) == ("3016-3", "7.25", "m[IU]/L", 0.27, 4.2)
    assert tsh.abnormal and (crp.label, crp.code, crp.loinc, crp.value, crp.unit) == (
        "Protéine C réactive",
        "CRP",
        "",
        "63",
        "",
    )
    assert (nitrites.value, nitrites.abnormal) == ("négatif", False)
    assert report.text == "Hormones\nPrélèvement à jeun\nTSH | 7,25"


def test_joined_to_a_message_its_values_are_read_once():
    joined = base64.b64encode(CDA.encode()).decode()
    line = f"OBX|{{}}|ED|11502-2^CR^LN||^TEXT^XML^Base64^{joined}||||||F\r"
    head = "MSH|^~\\&|SIL|LABO|||202601051000||ORU^R01|1|P|2.5\rPID|1||1||QUILLIVERE^THEODORINE||19840517|F\r"
    (report,) = hl7.read((head + line.format(1) + line.format(2)).encode())
    assert [value.label for value in report.values] == ["Thyréostimuline", "Protéine C réactive", "Nitrites"]
    assert report.text.count("Prélèvement à jeun") == 1
    assert report.made_on == date(2026, 1, 5), "the message gives no day, the document does"


def test_an_observation_says_when_it_was_taken():
    timed = CDA.replace(
        '<interpretationCode code="H"/>',
        '<effectiveTime value="202601050810+0100"/><interpretationCode code="H"/>',
    )
    (report,) = cda_lab.read(timed.encode())
    assert [value.effective for value in report.values] == ["2026-01-05T08:10:00+01:00", "", ""]


@pytest.mark.parametrize(
    "broken",
    [
        CDA.replace("<family", "<famille").replace("</family", "</famille"),
        CDA.replace("19840517", "hier"),
        CDA[:900],
        CDA.replace("<ClinicalDocument", '<!DOCTYPE x [<!ENTITY a "b">]><ClinicalDocument'),
        CDA.replace("urn:hl7-org:v3", "urn:autre"),
        CDA.replace("<title>", "<a>" * 300 + "</a>" * 300 + "<title>"),
    ],
)
def test_what_is_refused(broken):
    with pytest.raises(BadMessage):
        cda_lab.read(broken.encode())


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(CDA)), st.integers(0, len(CDA)), st.text(max_size=40))
def test_noise_never_crashes(start, end, noise):
    start, end = sorted((start, end))
    for text in (CDA[:end], CDA[:start] + noise + CDA[end:], noise):
        with suppress(BadMessage):
            (report,) = cda_lab.read(text.encode())
            assert report.family and (report.born or report.number)


SHARED = Path(os.environ.get("SERMENT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
REAL = SHARED / "clinical" / "ans_cda" / "ExemplesCDA_2025-02.tar.xz"


@pytest.mark.skipif(not REAL.is_file(), reason="exemples CDA de l’ANS absents de ../shared/data")
def test_every_public_example_reads_or_says_why():
    found = {}
    with tarfile.open(REAL) as archive:
        for member in archive:
            raw = archive.extractfile(member).read() if member.name.endswith(".xml") else b""
            if cda_lab.looks_like(raw):
                try:
                    (report,) = cda_lab.read(raw)
                except BadMessage:
                    continue
                found[Path(member.name).name] = report
                assert report.family and report.born
    assert len(found) >= 80
    tsh = found["BIO-CR-BIO_2024.01_TSH_1.xml"].values
    assert [(v.loinc, v.value, v.unit, v.low, v.high, v.abnormal) for v in tsh] == [
        ("3016-3", "1.950", "m[IU]/L", 0.27, 4.2, False),
        ("3024-7", "7.67", "pg/mL", 9.3, 17.0, True),
    ]
    assert len(found["BIO-CR-BIO_2024.01_Electrophorese.xml"].values) == 40
    germ = [
        value
        for value in found["BIO-CR-BIO_2024.01_Electrophorese.xml"].values
        if value.flag in ("S", "I", "R")
    ]
    assert (
        len(germ) == 6
        and germ[0].value == "résistant, ≥ 0.512"
        and labs.shown(germ[0].value).endswith("≥ 0,512")
    )
    (crp,) = found["BIO-CR-BIO_2024.01_CRP_non_LOINC.xml"].values
    assert (crp.value, crp.unit, crp.low, crp.high, crp.number) == ("≤ 1.0", "mg/L", None, 5.0, None)
