"""INS: OIDs, strict traits, status, Datamatrix (R5.3)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.formats import ins
from serment.formats.errors import FormatError
from serment.formats.ins_datamatrix import HEADER, datamatrix_text, parse_datamatrix
from serment.formats.nir import nir_key

TEST_IDENTITY = "279035121518989"

trait_names = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ-' ", min_size=1, max_size=100).filter(
    lambda s: s == " ".join(s.split()) and any(c.isalpha() for c in s)
)


def test_only_the_four_oids_are_known_and_test_ones_need_leave():
    assert ins.parse_ins("2 79 03 51 215 189 89", ins.OID_NIR) == ins.Ins(TEST_IDENTITY, ins.OID_NIR)
    for oid in (ins.OID_TEST, ins.OID_DEMO):
        assert ins.is_test_oid(oid)
        assert ins.parse_ins(TEST_IDENTITY, oid, allow_test=True).is_test
        with pytest.raises(FormatError, match="matricule de test"):
            ins.parse_ins(TEST_IDENTITY, oid)
    with pytest.raises(FormatError, match="OID"):
        ins.parse_ins(TEST_IDENTITY, "1.2.3.4", allow_test=True)


def test_key_is_checked_for_real_oids_only():
    published_with_a_wrong_key = "221042545611404"
    assert ins.parse_ins(published_with_a_wrong_key, ins.OID_TEST, allow_test=True)
    for oid in (ins.OID_NIR, ins.OID_NIA):
        with pytest.raises(FormatError, match="clé"):
            ins.parse_ins(published_with_a_wrong_key, oid, allow_test=True)
    with pytest.raises(FormatError, match="15 caractères"):
        ins.parse_ins("1234", ins.OID_TEST, allow_test=True)


@pytest.mark.parametrize(
    ("from_insi", "checked", "status", "may_send"),
    [
        (False, False, "provisional", False),
        (True, False, "retrieved", False),
        (False, True, "validated", False),
        (True, True, "qualified", True),
    ],
)
def test_status_follows_from_two_facts(from_insi, checked, status, may_send):
    found = ins.identity_status(from_insi=from_insi, document_checked=checked)
    assert found == status and found.may_send_matricule is may_send and found.label.startswith("Identité ")


def test_strict_traits_are_written_as_insi_does():
    traits = ins.strict_traits(
        birth_name="Lefèvre d’Ormœsson",
        given_names="Zoé Anne–Lise",
        first_given_name="Zoé",
        sex="F",
        birth_date=date(1979, 3, 28),
        birth_place="2a004",
    )
    assert (traits.birth_name, traits.given_names) == ("LEFEVRE D'ORMOESSON", "ZOE ANNE-LISE")
    assert (traits.first_given_name, traits.birth_place) == ("ZOE", "2A004")
    assert "ZOE" not in repr(traits)


def test_first_given_name_must_head_the_list():
    with pytest.raises(FormatError, match="commencer par le premier prénom"):
        ins.strict_traits(
            birth_name="PAT",
            given_names="ANNELISE",
            first_given_name="ANNE",
            sex="F",
            birth_date=date(1979, 3, 28),
        )


def test_the_example_of_the_specification_reads():
    body = "1850575123456"
    matricule = body + nir_key(body)
    text = f"{HEADER}S1{matricule}S21.2.250.1.213.1.4.8\x1dS3ADA\x1dS4LOVELACE\x1dS5FS610-12-1815S799100"
    assert len(text) == 104
    scanned = parse_datamatrix(text + "\r\n")
    assert scanned.ins == ins.Ins(matricule, ins.OID_NIR)
    assert scanned.traits == ins.StrictTraits("LOVELACE", "ADA", "", "F", date(1815, 12, 10), "99100")
    assert datamatrix_text(scanned.ins, scanned.traits) == text


@given(
    trait_names,
    trait_names,
    st.sampled_from("MF"),
    st.dates(date(1900, 1, 1)),
    st.sampled_from(sorted(ins.OID_LABELS)),
)
def test_datamatrix_round_trips(birth_name, given_names, sex, born, oid):
    traits = ins.strict_traits(
        birth_name=birth_name, given_names=given_names, sex=sex, birth_date=born, birth_place="51215"
    )
    text = datamatrix_text(ins.Ins(TEST_IDENTITY, oid), traits)
    scanned = parse_datamatrix(text, allow_test=True)
    assert scanned.traits == traits and scanned.ins.oid == oid


@pytest.mark.parametrize("cut", [0, 20, 26, 40, 60, 90, 103])
def test_a_cut_code_is_refused(cut):
    body = "1850575123456"
    text = f"{HEADER}S1{body}{nir_key(body)}S21.2.250.1.213.1.4.8\x1dS3ADA\x1dS4LOVELACE\x1dS5FS610-12-1815S799100"
    with pytest.raises(FormatError):
        parse_datamatrix(text[:cut])


def test_a_test_code_is_refused_in_production():
    text = datamatrix_text(
        ins.Ins(TEST_IDENTITY, ins.OID_TEST),
        ins.StrictTraits("PAT-TROIS", "DOMINIQUE", "", "F", date(1979, 3, 28), "51215"),
    )
    with pytest.raises(FormatError, match="matricule de test"):
        parse_datamatrix(text)
