"""Money: to the cent, numbered without gaps, never twice, acts sealed (R3.7, R6.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.billing import selectors, services
from serment.billing.models import Claim, Payment
from serment.billing.payloads import ActLine
from serment.billing.pricing import amounts
from serment.practice.models import Practice
from serment.vault.ids import encode
from serment.vault.keyring import NoKey


@given(st.lists(st.integers(0, 50_000), min_size=1, max_size=10), st.integers(0, 20_000), st.integers(0, 100))
def test_shares_always_make_the_total(lines, excess, percent):
    found = amounts(lines, excess, percent)
    assert found.amo + found.patient == found.total == sum(lines) + excess
    assert 0 <= found.amo <= sum(lines)


def test_the_fund_pays_its_share_of_the_tariff_never_of_the_excess():
    assert amounts([3000], 500, 70).amo == 2100


def claim(cabinet, patient, key="k", cents=3000, by=None, **more):
    person = by or cabinet.doctor
    with cabinet.at_work(person) as keyring:
        return services.establish_claim(
            keyring=keyring,
            author=person,
            practitioner=cabinet.doctor.practitioner,
            patient_id=patient.pk,
            lines=[ActLine(code="ZZTOP", label="Consultation", amount_cents=cents)],
            request_key=key,
            **more,
        )


def test_acts_are_sealed_and_numbers_have_no_gap(cabinet):
    patient = cabinet.patient()
    rows = [claim(cabinet, patient, f"k{i}") for i in range(4)]
    assert [row.number[-5:] for row in rows] == ["00001", "00002", "00003", "00004"]
    assert b"ZZTOP" not in bytes(rows[0].payload)
    with pytest.raises(services.Refused):
        claim(cabinet, patient, "refused", excess_cents=1000)
    assert claim(cabinet, patient, "after").number.endswith("00005")


def test_a_double_click_makes_one_claim_and_one_payment(cabinet):
    patient = cabinet.patient()
    assert claim(cabinet, patient).pk == claim(cabinet, patient).pk
    row = Claim.unscoped.get()
    with cabinet.at_work(cabinet.doctor):
        for _ in range(2):
            services.take_payment(
                author=cabinet.doctor, claim_id=row.pk, amount_cents=1000, mode="card", request_key="p"
            )
    row.refresh_from_db()
    assert (row.paid_cents, row.state, Payment.unscoped.count()) == (1000, "part_paid", 1)


def test_a_payment_is_reversed_never_deleted(cabinet):
    row = claim(cabinet, cabinet.patient())
    with cabinet.at_work(cabinet.doctor):
        paid = services.take_payment(
            author=cabinet.doctor, claim_id=row.pk, amount_cents=3000, mode="cash", request_key="p"
        )
        with pytest.raises(services.Refused):
            services.cancel_claim(author=cabinet.doctor, claim_id=row.pk)
        with pytest.raises(services.Refused, match="dépasse"):
            services.take_payment(
                author=cabinet.doctor, claim_id=row.pk, amount_cents=1, mode="cash", request_key="q"
            )
        services.reverse_payment(author=cabinet.doctor, payment_id=paid.pk)
        with pytest.raises(services.Refused, match="déjà"):
            services.reverse_payment(author=cabinet.doctor, payment_id=paid.pk)
        services.cancel_claim(author=cabinet.doctor, claim_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.balance_cents, Payment.unscoped.count()) == ("cancelled", 0, 2)


def test_the_secretary_bills_only_where_the_practice_says_so(cabinet):
    patient = cabinet.patient()
    claim(cabinet, patient, by=cabinet.secretary)
    path = f"/facturation/patients/{encode(patient.pk)}/"
    assert cabinet.client(cabinet.secretary).get(path).status_code == 200
    Practice.objects.filter(pk=cabinet.practice.pk).update(secretary_billing=False)
    assert cabinet.client(cabinet.secretary).get(path).status_code == 403


def test_the_accounting_helper_sees_amounts_and_no_name(cabinet):
    row = claim(cabinet, cabinet.patient(birth_family_name="Inoubliable"))
    with cabinet.at_work(cabinet.doctor):
        services.take_payment(
            author=cabinet.doctor, claim_id=row.pk, amount_cents=3000, mode="card", request_key="p"
        )
    page = cabinet.client(cabinet.accounting).get("/facturation/").content.decode()
    assert "30,00" in page and "INOUBLIABLE" not in page.upper()
    with cabinet.at_work(cabinet.accounting) as keyring, pytest.raises(NoKey):
        selectors.one(keyring=keyring, claim=row)


def test_the_note_and_the_till_print(cabinet):
    row = claim(cabinet, cabinet.patient())
    client = cabinet.client(cabinet.doctor)
    pdf = client.get(f"/facturation/factures/{encode(row.pk)}/note.pdf")
    assert pdf.content.startswith(b"%PDF") and pdf["Content-Type"] == "application/pdf"
    assert client.get("/facturation/caisse.pdf").content.startswith(b"%PDF")
