"""What came in at the bank is matched, by a person, to what was awaited; importing twice changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from serment.billing import bank, bank_candidates, giving_back, services, slips, transfers
from serment.billing.models import BankAccount, BankLine, BankMatch, Payment
from serment.billing.payloads import ActLine
from serment.billing.refusal import Refused
from serment.vault.ids import encode
from serment.vault.keyring import NoKey
from tests.formats.test_bank import camt, entry, ofx


def day(shift: int = 0) -> str:
    return f"{timezone.localdate() + timedelta(days=shift):%Y%m%d}"


def bring(cabinet, raw, *, by=None, owner=None):
    person = by or cabinet.doctor
    with cabinet.at_work(person) as keyring:
        return bank.bring(keyring=keyring, author=person, raw=raw, practitioner=owner)


@pytest.fixture
def mine(cabinet):
    return cabinet.doctor.practitioner


def claim(cabinet, cents, key, patient=None, **more):
    patient = patient or cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        return services.establish_claim(
            keyring=keyring,
            author=cabinet.doctor,
            practitioner=cabinet.doctor.practitioner,
            patient_id=patient.pk,
            lines=[ActLine(code="ZZTOP", label="Consultation", amount_cents=cents)],
            request_key=key,
            **more,
        )


def test_a_new_account_asks_whose_it_is_and_is_then_known(cabinet, mine):
    raw = ofx((day(), "63.00", "A1", "CAISSE FICTIVE"), (day(), "-20.00", "A2", "LOYER"))
    with pytest.raises(bank.UnknownAccount):
        bring(cabinet, raw)
    assert BankLine.unscoped.count() == 0
    assert bring(cabinet, raw, owner=mine) == bank.Brought("OFX", 1, 0, 1)
    assert bring(cabinet, raw) == bank.Brought("OFX", 0, 1, 1), "twice the same file changes nothing"
    again = ofx((day(), "63.00", "A1", "CAISSE FICTIVE"), (day(), "63.00", "A3", "CAISSE FICTIVE"))
    assert bring(cabinet, again).new == 1, "an overlapping statement brings what is new"
    row = BankLine.unscoped.first()
    assert b"FICTIVE" not in bytes(row.payload) and "A1" not in row.key
    assert b"00000000001" not in bytes(BankAccount.unscoped.get().payload)


def test_lines_without_reference_are_told_apart_and_still_known(cabinet, mine):
    raw = camt(entry(ref=""), entry(ref=""), entry("5.00", ref=""))
    assert bring(cabinet, raw, owner=mine).new == 3
    assert bring(cabinet, raw).new == 0


def test_a_colleague_s_account_is_theirs(cabinet, mine):
    bring(cabinet, ofx((day(), "63.00", "A1", "X")), owner=mine)
    with pytest.raises(Refused, match="autre praticien"):
        bring(cabinet, ofx((day(), "64.00", "A9", "X")), by=cabinet.colleague)
    line = BankLine.unscoped.get()
    with cabinet.at_work(cabinet.colleague), pytest.raises(Refused, match="autre praticien"):
        bank.put_aside(author=cabinet.colleague, line_id=line.pk, reason="own")
    with pytest.raises(NoKey):
        bring(cabinet, ofx((day(), "63.00", "A1", "X")), by=cabinet.accounting)


def test_a_return_a_slip_and_a_line_meet(cabinet, mine):
    with cabinet.at_work(cabinet.doctor):
        for _ in range(2):
            announced = transfers.announce(
                practitioner_id=mine.pk,
                source_key="return-1",
                reference="VIREMENT 42",
                payer_code="01351",
                announced_on=timezone.localdate(),
                cents=6300,
                repaid_cents=2100,
            )
    paid = claim(cabinet, 4000, "c1", mode="cheque")
    with cabinet.at_work(cabinet.doctor):
        cheque = Payment.objects.get(allocations__claim=paid)
        slip = slips.make(author=cabinet.doctor, practitioner=mine, payment_ids=[cheque.pk])
    bring(cabinet, ofx((day(), "63.00", "A1", "X"), (day(1), "40.00", "A2", "REMISE")), owner=mine)
    first, second = BankLine.unscoped.order_by("cents").reverse()
    with cabinet.at_work(cabinet.doctor):
        offers = bank_candidates.awaited(mine.pk)
        assert [one.kind for one in offers] == ["slip", "transfer"]
        assert offers[1].cents == 6300, "what was repaid to patients never comes here"
        ((best, ticked), *_) = bank_candidates.proposals(first, offers)
        assert (best.code, ticked) == (f"transfer-{announced.pk}", True)
        with pytest.raises(Refused, match="pas celle"):
            bank.match(author=cabinet.doctor, line_id=first.pk, chosen=[f"slip-{slip.pk}"])
        with pytest.raises(Refused, match="Choisissez"):
            bank.match(author=cabinet.doctor, line_id=first.pk, chosen=["transfer-1"])
        bank.match(author=cabinet.doctor, line_id=first.pk, chosen=[best.code])
        with pytest.raises(Refused, match="déjà"):
            bank.match(author=cabinet.doctor, line_id=first.pk, chosen=[best.code])
        bank.match(author=cabinet.doctor, line_id=second.pk, chosen=[f"slip-{slip.pk}"])
        assert bank_candidates.awaited(mine.pk) == [] and BankMatch.objects.count() == 2
        bank.undo(author=cabinet.doctor, line_id=first.pk)
        assert [one.kind for one in bank_candidates.awaited(mine.pk)] == ["transfer"]


def test_cards_of_a_day_come_less_the_bank_s_commission(cabinet, mine):
    claim(cabinet, 3000, "c1", mode="card"), claim(cabinet, 2500, "c2", mode="card")
    bring(cabinet, ofx((day(1), "54.20", "A1", "REMISE CB")), owner=mine)
    line = BankLine.unscoped.get()
    code = f"card-{timezone.localdate()}"
    with cabinet.at_work(cabinet.doctor):
        (offer,) = bank_candidates.awaited(mine.pk)
        assert (offer.code, offer.cents) == (code, 5500)
        with pytest.raises(Refused, match="pas celle"):
            bank.match(author=cabinet.doctor, line_id=line.pk, chosen=[code])
        bank.match(author=cabinet.doctor, line_id=line.pk, chosen=[code], gap_accepted=True)
        assert BankMatch.objects.filter(line=line).count() == 2 and bank_candidates.awaited(mine.pk) == []


def test_a_patient_s_transfer_is_received_from_the_line_at_the_bank_s_day(cabinet, mine):
    owed = claim(cabinet, 3000, "c1")
    type(owed).unscoped.filter(pk=owed.pk).update(established_on=timezone.localdate() - timedelta(days=9))
    bring(cabinet, ofx((day(-2), "30.00", "A1", "VIR M DUPONT")), owner=mine)
    line = BankLine.unscoped.get()
    browser = cabinet.client(cabinet.doctor)
    page = browser.get(reverse("billing:bank_line", args=[line.pk])).content.decode()
    assert "LESTRANGE" in page and "VIR M DUPONT" in page
    done = browser.post(reverse("billing:bank_collect", args=[line.pk]), {"claim": encode(owed.pk)})
    assert done.status_code == 302
    payment = Payment.unscoped.get()
    assert timezone.localtime(payment.received_at).date() == line.booked_on and payment.mode == "transfer"
    owed.refresh_from_db()
    assert owed.state == "paid"
    with cabinet.at_work(cabinet.doctor):
        with pytest.raises(Refused, match="Annulez d’abord"):
            bank.undo(author=cabinet.doctor, line_id=line.pk)
        giving_back.reverse_payment(author=cabinet.doctor, payment_id=payment.pk)
        assert bank.undo(author=cabinet.doctor, line_id=line.pk).state == "open"
        again = claim(cabinet, 3000, "c2")
        other = bank.collect(author=cabinet.doctor, line_id=line.pk, claim_id=again.pk)
    again.refresh_from_db()
    assert other.pk != payment.pk and again.state == "paid"


def test_the_pages(cabinet, mine):
    browser = cabinet.client(cabinet.secretary)
    home = reverse("billing:bank")
    assert "Aucune" in browser.get(home).content.decode()
    refused = browser.post(reverse("billing:bring"), {"file": SimpleUploadedFile("r.ofx", b"nothing")})
    assert refused.status_code == 422 and "ni un relevé" in refused.content.decode()
    raw = ofx((day(), "63.00", "A1", "CAISSE FICTIVE"))
    asked = browser.post(reverse("billing:bring"), {"file": SimpleUploadedFile("r.ofx", raw)})
    assert asked.status_code == 422 and 'name="owner"' in asked.content.decode()
    browser.post(
        reverse("billing:bring"), {"file": SimpleUploadedFile("r.ofx", raw), "owner": encode(mine.pk)}
    )
    page = browser.get(home).content.decode()
    assert "CAISSE FICTIVE" in page and "à rapprocher" in page
    line = BankLine.unscoped.get()
    wrong = browser.post(reverse("billing:bank_match", args=[line.pk]), {"chosen": "slip-3"})
    assert wrong.status_code == 422
    aside = browser.post(reverse("billing:bank_aside", args=[line.pk]), {"reason": "own"}, follow=True)
    assert "hors recettes" in aside.content.decode()


def test_a_hundred_lines_cost_no_more_queries_than_one(cabinet, mine, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        bring(cabinet, ofx(*((day(), "1.00", f"B{n}", "X") for n in range(100))), owner=mine)
    assert BankLine.unscoped.count() == 100


def test_a_colleague_reads_nothing_of_an_account_that_is_not_theirs(cabinet, mine):
    bring(cabinet, ofx((day(), "63.00", "A1", "VIR M DUPONT")), owner=mine)
    line = BankLine.unscoped.get()
    colleague, secretary = cabinet.client(cabinet.colleague), cabinet.client(cabinet.secretary)
    path = reverse("billing:bank_line", args=[line.pk])
    assert "VIR M DUPONT" in secretary.get(path).content.decode()
    assert colleague.get(path).status_code == 404
    refused = colleague.post(reverse("billing:bank_aside", args=[line.pk]), {"reason": "own"})
    assert refused.status_code == 404 and "DUPONT" not in refused.content.decode()
    for whose in ("", "?praticien=tous", f"?praticien={encode(mine.pk)}"):
        page = colleague.get(reverse("billing:bank") + whose)
        assert page.status_code == 200 and "DUPONT" not in page.content.decode(), whose


def test_a_line_received_before_its_payments_had_a_rank_still_counts(cabinet, mine):
    first = claim(cabinet, 3000, "c1")
    bring(cabinet, ofx((day(), "30.00", "A1", "VIR M DUPONT")), owner=mine)
    line = BankLine.unscoped.get()
    with cabinet.at_work(cabinet.doctor):
        payment = bank.collect(author=cabinet.doctor, line_id=line.pk, claim_id=first.pk)
        Payment.objects.filter(pk=payment.pk).update(request_key=f"bank-{line.pk}")
        with pytest.raises(Refused, match="Annulez d’abord"):
            bank.undo(author=cabinet.doctor, line_id=line.pk)
