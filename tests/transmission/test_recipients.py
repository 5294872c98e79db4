"""Each recipient sees its minimum, read on the bytes that leave (référentiel §6; R5.3, R5.4, R6.8; L.161-29 CSS)."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from serment.billing.payloads import ActLine
from serment.formats.fse import b2
from serment.patients.payloads import Coverage, InsIdentity
from serment.patients.services import update_patient
from serment.transmission import files, grouping, lots, returns, signing
from serment.transmission.models import Lot, Sheet
from serment.transmission.payloads import SheetDetails
from tests.transmission.conftest import INSURED, NIR

LINES = [
    ActLine(code="DEQP003", label="électrocardiogramme sensible", amount_cents=1426),
    ActLine(code="AMI 4", label="pansement", amount_cents=1260),
    ActLine(code="G", label="consultation", amount_cents=3000),
]
COVERED = INSURED.model_copy(update={"amc_number": "0012345678", "ald": True})
INS = "279035121518989"


@pytest.fixture
def shared(practice, at_post, monkeypatch):
    """A claim of several acts with a complementary part, signed: (fund's lot, body's lot)."""
    monkeypatch.setattr("serment.transmission.rules.of_acts", lambda *given: {})
    update_patient(
        **at_post.asked,
        patient_id=practice.insured.pk,
        version=1,
        identity=None,
        coverage=COVERED,
        ins=InsIdentity(matricule=INS, oid="1.2.250.1.213.1.4.10"),
    )
    total = sum(line.amount_cents for line in LINES)
    (claim,) = practice.claims(1, lines=LINES, shares=(total * 7 // 10, total - total * 7 // 10))
    signing.save_details(
        **at_post.whole,
        claim_id=claim.pk,
        draft=False,
        details=SheetDetails(
            insurance="41",
            accident_on=claim.established_on,
            exemption="4",
            payee="15",
            prescriber="351999992",
            prescribed_on=claim.established_on,
        ),
    )
    at_post.sign_all()
    found = {lot.part: lot for lot in at_post.prepare()}
    return claim, {part: lots.content(at_post.asked["keyring"], lot) for part, lot in found.items()}


def test_the_fund_reads_the_acts(shared):
    claim, raw = shared
    (invoice,) = b2.invoices(raw["amo"])
    assert [act.code for act in invoice.acts] == ["ATM", "AMI", "G"]
    assert invoice.acts[0].ccam == "DEQP003"
    assert (invoice.exemption, invoice.insurance, invoice.payee) == ("4", "41", "15")
    assert invoice.prescriber == "351999992" and invoice.accident_on == claim.established_on
    assert (invoice.fees, invoice.amo_total, invoice.amc_total) == (
        claim.total_cents,
        claim.amo_cents,
        claim.amc_cents,
    )
    assert invoice.certificate.startswith("SIMULATION"), "the engine's certificate is in the file"


def test_the_complementary_body_reads_groups_and_sums_alone(shared):
    claim, raw = shared
    (invoice,) = b2.invoices(raw["amc"])
    assert [act.code for act in invoice.acts] == ["ACTM", "ACTI", "CONS"]
    for word in (b"DEQP", b"AMI  ", b"ATM", b"351999992", b"ELECTRO", b"PANSEMENT"):
        assert word not in raw["amc"], word
    assert {(act.quantity, act.coefficient, act.rate, act.place) for act in invoice.acts} == {(1, 100, 0, 0)}
    assert (invoice.exemption, invoice.insurance) == ("0", "10"), "neither the ALD nor the accident"
    assert invoice.accident_on is None and invoice.prescribed_on is None
    assert (invoice.fees, invoice.amc_total) == (claim.total_cents, claim.amc_cents)
    assert invoice.amc == "0012345678"


def test_the_number_is_there_and_the_ins_never(shared, frontal):
    _, raw = shared
    for part, content in raw.items():
        assert NIR[:13].encode() in content, part
        assert INS[:13].encode() not in content, part


def test_the_engine_is_given_groups_for_the_complementary_body(practice, at_post, shared):
    claim, _ = shared
    sheet = Sheet.objects.select_related("claim__practitioner").get(part="amo")
    from serment.transmission import insured

    patient = insured.of(at_post.asked["keyring"], [claim.patient_id])[claim.patient_id]
    asked = files.to_sign(
        sheet.claim,
        patient.keys.open(claim, "payload"),
        signing.details_of(at_post.asked["keyring"], sheet),
        patient,
        key="x" * 8,
    )
    assert [group.code for group in asked.complementary] == ["ACTM", "ACTI", "CONS"]
    assert sum(line.fee for line in asked.lines) == asked.total == claim.total_cents


def test_no_act_and_no_number_in_the_clear_columns(shared):
    for model in (Lot, Sheet):
        for row in model.objects.values():
            text = " ".join(str(value) for value in row.values() if not isinstance(value, bytes | memoryview))
            for word in ("DEQP", "AMI", "CONS", NIR[:13], INS[:13], "Kerbrat", "351999992"):
                assert word not in text, f"{model.__name__}: {word}"


def test_both_parts_come_back_and_settle_the_claim(practice, at_post, shared):
    claim, _ = shared
    for lot in Lot.objects.all():
        at_post.send(lot)
    at_post.fetch()
    claim.refresh_from_db()
    assert claim.paid_cents == claim.total_cents and claim.state == "paid"
    assert {(s.part, s.state) for s in Sheet.objects.all()} == {("amo", "paid"), ("amc", "paid")}
    assert returns.to_treat() == []


def test_every_usual_letter_has_a_group_and_the_unknown_is_nobody_s():
    assert grouping.group_of("AMI 1,5 × 2") == "ACTI" and grouping.group_of("AMK 8") == "ACTK"
    assert grouping.group_of("SECRET 4") == grouping.OTHER
    path = Path(grouping.__file__).parent / "data" / "amc_groups.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len({row["code"] for row in rows}) == len(rows) > 80
    assert all(len(row["group"]) <= 5 and row["group"] != row["code"] for row in rows)


@pytest.mark.parametrize(
    ("code", "cents", "written"),
    [
        ("G", 3000, (100, 1, 3000)),
        ("AMI 4", 1260, (400, 1, 315)),
        ("AMI 1,5 × 2", 946, (100, 1, 946)),
        ("AMK 7,5", 1658, (100, 1, 1658)),
        ("IK 1 × 12", 732, (100, 12, 61)),
    ],
)
def test_a_line_keeps_its_coefficient_where_it_gives_its_price(practice, code, cents, written):
    from serment.billing.payloads import ClaimPayload

    (claim,) = practice.claims(1, lines=[ActLine(code=code, label="acte", amount_cents=cents)])
    payload = ClaimPayload(lines=[ActLine(code=code, label="acte", amount_cents=cents)])
    (act,) = files.acts(claim, payload, SheetDetails(care_on=date(2026, 1, 5)))
    assert (act.coefficient, act.quantity, act.unit_price) == written
    assert act.base == cents and act.done_on == date(2026, 1, 5)
    assert act.unit_price * act.coefficient * act.quantity == cents * 100


def test_an_accounting_helper_reaches_no_page_of_it(practice):
    practice.claims(1)
    browser = practice.client(practice.accounting)
    for path in ("", "envoi/", "retours/", "papier/", "reglages/"):
        assert browser.get(f"/teletransmission/{path}").status_code == 403, path


def test_coverage_without_a_body_makes_no_dre(practice, at_post):
    practice.claims(1, shares=(2100, 900))
    at_post.sign_all()
    assert set(Sheet.objects.values_list("part", flat=True)) == {"amo"}
    assert Coverage().amc_number == ""
