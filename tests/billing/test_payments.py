"""Money by several means on several claims, on account, given back, given up: always to the cent, always numbered."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serment.billing import giving_back, payments, selectors, services, slips
from serment.billing.models import Allocation, Claim, DepositSlip, Payment
from serment.billing.payloads import ActLine, PaymentDetails
from serment.billing.payments import Means, Refused
from serment.journal.models import Event
from serment.practice.models import Practice
from serment.vault.ids import encode


@pytest.fixture
def desk(cabinet):
    return Desk(cabinet)


class Desk:
    """A patient and the doctor who is paid; ``claim(cents)`` establishes one more."""

    def __init__(self, cabinet):
        self.cabinet, self.patient, self.count = cabinet, cabinet.patient(), 0

    def claim(self, cents=3000, practitioner=None, **more) -> Claim:
        self.count += 1
        with self.cabinet.at_work(self.cabinet.doctor) as keyring:
            return services.establish_claim(
                keyring=keyring,
                author=self.cabinet.secretary if practitioner else self.cabinet.doctor,
                practitioner=practitioner or self.cabinet.doctor.practitioner,
                patient_id=self.patient.pk,
                lines=[ActLine(code="ZZTOP", label="Consultation", amount_cents=cents)],
                request_key=f"c{self.count}",
                **more,
            )

    def receive(self, means, parts=(), on_account=0, key="k") -> list[Payment]:
        with self.cabinet.at_work(self.cabinet.secretary) as keyring:
            return payments.receive(
                keyring=keyring,
                author=self.cabinet.secretary,
                practitioner=self.cabinet.doctor.practitioner,
                patient_id=self.patient.pk,
                means=[Means(*one) for one in means],
                parts=[(claim.pk, cents) for claim, cents in parts],
                on_account=on_account,
                request_key=key,
            )

    def account(self) -> int:
        with self.cabinet.at_work(self.cabinet.doctor):
            return payments.on_account(
                patient_id=self.patient.pk, practitioner_id=self.cabinet.doctor.practitioner_id
            )


def books(claim: Claim) -> tuple[int, int, str]:
    claim.refresh_from_db()
    rows = Allocation.unscoped.filter(claim=claim)
    assert sum(r.cents for r in rows if r.payment_id) == claim.paid_cents
    assert sum(r.cents for r in rows if not r.payment_id) == claim.waived_cents
    return claim.paid_cents, claim.balance_cents, claim.state


def test_two_means_settle_two_claims_and_no_cent_twice(desk):
    first, second = desk.claim(3000), desk.claim(2550)
    made = desk.receive([("card", 3500), ("cheque", 2050)], [(first, 3000), (second, 2550)])
    assert [row.amount_cents for row in made] == [3500, 2050] and made[1].number == made[0].number + 1
    assert {row.gesture for row in made} == {made[0].pk}
    assert books(first) == (3000, 0, "paid") and books(second) == (2550, 0, "paid")
    assert [r.cents for r in Allocation.unscoped.order_by("pk")] == [3000, 500, 2050]
    assert len(desk.receive([("card", 3500)], [(first, 3500)])) == 1, "the same form sent twice receives once"
    assert Payment.unscoped.count() == 2


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.integers(1, 9000), min_size=1, max_size=4),
    st.lists(st.integers(1, 9000), min_size=1, max_size=4),
)
def test_what_is_given_is_what_is_shared_out(desk, given_cents, owed_cents):
    claims = [desk.claim(cents) for cents in owed_cents]
    left, parts = sum(given_cents), []
    for claim in claims:
        if taken := min(left, claim.total_cents):
            parts.append((claim, taken))
            left -= taken
    before = desk.account()
    made = desk.receive([("cash", cents) for cents in given_cents], parts, left, key=f"h{desk.count}")
    shared = Allocation.unscoped.filter(payment__in=made)
    assert sum(row.cents for row in shared) + left == sum(given_cents)
    assert desk.account() == before + left
    for payment in made:
        assert 0 <= sum(row.cents for row in shared if row.payment_id == payment.pk) <= payment.amount_cents
    for claim, cents in parts:
        assert books(claim)[0] == cents


@pytest.mark.parametrize(
    "means, parts, over, why",
    [
        ([], 3000, 0, "au moins un moyen"),
        ([("card", 0)], 0, 0, "au moins un moyen"),
        ([("card", 3000)], 2000, 0, "doit égaler"),
        ([("card", 4000)], 4000, 0, "dépasse"),
        ([("beads", 3000)], 3000, 0, "mode de règlement"),
        ([("card", 3000)], -1, 3001, "doit égaler"),
    ],
)
def test_a_gesture_that_does_not_add_up_writes_nothing(desk, means, parts, over, why):
    claim = desk.claim(3000)
    with pytest.raises(Refused, match=why):
        desk.receive(means, [(claim, parts)] if parts else [], over)
    assert Payment.unscoped.count() == 0 and books(claim) == (0, 3000, "established")


def test_another_practitioner_s_claim_is_not_paid_here(desk):
    claim = desk.claim(3000, desk.cabinet.colleague.practitioner)
    with pytest.raises(Refused, match="pas de ce patient"):
        desk.receive([("card", 3000)], [(claim, 3000)])


def test_a_deposit_before_the_act_serves_later_and_the_till_counts_it_once(desk):
    desk.receive([("cash", 5000)], on_account=5000)
    claim = desk.claim(3000)
    with desk.cabinet.at_work(desk.cabinet.doctor) as keyring:
        with pytest.raises(Refused, match="suffit pas"):
            payments.use_account(author=desk.cabinet.doctor, claim_id=desk.claim(9000).pk, cents=5001)
        payments.use_account(author=desk.cabinet.doctor, claim_id=claim.pk, cents=3000)
        till = selectors.till(keyring=keyring, day=timezone.localdate())
        assert till.total == 5000
    assert books(claim) == (3000, 0, "paid") and desk.account() == 2000
    with desk.cabinet.at_work(desk.cabinet.doctor):
        for _ in range(2):
            giving_back.refund_account(
                author=desk.cabinet.doctor,
                patient_id=desk.patient.pk,
                practitioner_id=desk.cabinet.doctor.practitioner_id,
                cents=2000,
                mode="cash",
                request_key="back",
            )
        with pytest.raises(Refused, match="suffit pas"):
            giving_back.refund_account(
                author=desk.cabinet.doctor,
                patient_id=desk.patient.pk,
                practitioner_id=desk.cabinet.doctor.practitioner_id,
                cents=1,
                mode="cash",
                request_key="more",
            )
    assert desk.account() == 0 and sum(p.amount_cents for p in Payment.unscoped.all()) == 3000


def test_a_reversal_undoes_every_claim_that_the_payment_settled(desk):
    first, second = desk.claim(3000), desk.claim(2000)
    (payment,) = desk.receive([("cheque", 5000)], [(first, 3000), (second, 2000)])
    with desk.cabinet.at_work(desk.cabinet.doctor):
        opposite = giving_back.reverse_payment(
            author=desk.cabinet.doctor, payment_id=payment.pk, reason="unpaid"
        )
        with pytest.raises(Refused, match="s’annule"):
            giving_back.reverse_payment(author=desk.cabinet.doctor, payment_id=opposite.pk)
    assert opposite.amount_cents == -5000 and opposite.number == payment.number + 1
    assert books(first) == (0, 3000, "established") and books(second) == (0, 2000, "established")
    assert desk.account() == 0


def test_what_was_refunded_is_not_given_back_again_by_a_reversal(desk):
    claim = desk.claim(5000)
    (payment,) = desk.receive([("card", 5000)], [(claim, 5000)])
    with desk.cabinet.at_work(desk.cabinet.doctor):
        giving_back.refund(
            author=desk.cabinet.doctor,
            claim_id=claim.pk,
            cents=5000,
            mode="card",
            reason="overpaid",
            request_key="r1",
        )
        with pytest.raises(Refused, match="deux fois"):
            giving_back.reverse_payment(author=desk.cabinet.doctor, payment_id=payment.pk)
    assert books(claim) == (0, 5000, "established")


def test_money_given_back_and_no_longer_claimed(desk):
    claim = desk.claim(3000, mode="card")
    assert books(claim) == (3000, 0, "paid")
    with desk.cabinet.at_work(desk.cabinet.doctor):
        with pytest.raises(Refused, match="plus que"):
            giving_back.refund(
                author=desk.cabinet.doctor,
                claim_id=claim.pk,
                cents=3001,
                mode="cash",
                reason="overpaid",
                request_key="r0",
            )
        for _ in range(2):
            giving_back.refund(
                author=desk.cabinet.doctor,
                claim_id=claim.pk,
                cents=1000,
                mode="cash",
                reason="overpaid",
                give_up=True,
                request_key="r",
            )
    assert books(claim) == (2000, 0, "paid") and claim.waived_cents == 1000
    with desk.cabinet.at_work(desk.cabinet.doctor):
        giving_back.take_up_again(author=desk.cabinet.doctor, claim_id=claim.pk)
    assert books(claim) == (2000, 1000, "part_paid")


def test_a_sum_is_given_up_with_a_reason_and_leaves_the_debts(desk):
    claim = desk.claim(3000)
    with desk.cabinet.at_work(desk.cabinet.doctor):
        with pytest.raises(Refused, match="pourquoi"):
            giving_back.write_off(author=desk.cabinet.doctor, claim_id=claim.pk, cents=3000, reason="")
        giving_back.write_off(author=desk.cabinet.doctor, claim_id=claim.pk, cents=3000, reason="lost")
        assert Payment.objects.count() == 0, "no money moved"
        with pytest.raises(Refused):
            services.cancel_claim(author=desk.cabinet.doctor, claim_id=claim.pk)
        assert Event.objects.filter(action="billing.waived").count() == 1
    assert books(claim) == (0, 0, "paid")


def test_numbers_have_no_gap_and_each_practitioner_their_own(desk):
    mine, theirs = desk.claim(1000), desk.claim(1000, desk.cabinet.colleague.practitioner)
    with desk.cabinet.at_work(desk.cabinet.doctor):
        for number, claim in enumerate((mine, theirs, mine)):
            services.take_payment(
                author=desk.cabinet.secretary,
                claim_id=claim.pk,
                amount_cents=100,
                mode="cash",
                request_key=f"n{number}",
            )
        with pytest.raises(Refused):
            services.take_payment(
                author=desk.cabinet.secretary,
                claim_id=mine.pk,
                amount_cents=9999,
                mode="cash",
                request_key="no",
            )
        services.take_payment(
            author=desk.cabinet.secretary, claim_id=mine.pk, amount_cents=100, mode="cash", request_key="n9"
        )
        numbers = Payment.objects.order_by("pk").values_list("practitioner_id", "number")
    one, other = desk.cabinet.doctor.practitioner_id, desk.cabinet.colleague.practitioner_id
    assert list(numbers) == [(one, 1), (other, 1), (one, 2), (one, 3)]


def test_cheques_go_to_the_bank_once_each_on_a_numbered_slip(desk):
    claim = desk.claim(9000)
    made = desk.receive(
        [("cheque", 4000, PaymentDetails(drawer="Mme Trublion", bank="Banque du Port", cheque="123"))],
        [(claim, 4000)],
    ) + desk.receive([("cheque", 1000)], [(claim, 1000)], key="k2")
    lost = desk.receive([("cheque", 500)], [(claim, 500)], key="k3")
    assert b"Trublion" not in bytes(made[0].details)
    doctor, colleague = desk.cabinet.doctor, desk.cabinet.colleague
    with desk.cabinet.at_work(doctor) as keyring:
        giving_back.reverse_payment(author=doctor, payment_id=lost[0].pk, reason="unpaid")
        assert [row.pk for row in slips.waiting()] == [row.pk for row in made]
        with pytest.raises(Refused, match="autre praticien"):
            slips.make(author=colleague, practitioner=doctor.practitioner, payment_ids=[made[0].pk])
        with pytest.raises(Refused, match="déjà remis"):
            slips.make(author=doctor, practitioner=doctor.practitioner, payment_ids=[lost[0].pk])
        slip = slips.make(
            author=doctor, practitioner=doctor.practitioner, payment_ids=[row.pk for row in made]
        )
        assert (slip.number, slip.count, slip.total_cents) == (1, 2, 5000) and slips.waiting() == []
        with pytest.raises(Refused, match="déjà remis"):
            slips.make(author=doctor, practitioner=doctor.practitioner, payment_ids=[made[0].pk])
        text = pdf_text(slips.paper(keyring=keyring, practice=desk.cabinet.practice, slip=slip))
    assert "Mme Trublion" in text and "Banque du Port" in text and "50,00" in text and "ZZTOP" not in text


def pdf_text(content: bytes) -> str:
    from io import BytesIO

    from pypdf import PdfReader

    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_the_page_takes_a_split_payment_keeps_what_was_typed_and_gives_a_receipt(desk):
    desk.claim(3000), desk.claim(2500)
    browser = desk.cabinet.client(desk.cabinet.secretary)
    path = reverse("billing:collect", args=[desk.patient.pk])
    page = browser.get(path).content.decode()
    assert "55,00" in page
    claims = list(Claim.unscoped.order_by("pk"))
    sent = {
        "request_key": "form",
        "praticien": encode(desk.cabinet.doctor.practitioner_id),
        "claim": [str(row.pk) for row in claims],
        "mode": ["card", "cheque", "cash"],
        "amount": ["30", "35", ""],
        "drawer": ["", "M. Le Goff", ""],
        "bank": ["", "", ""],
        "cheque": ["", "77", ""],
    }
    counted = browser.post(reverse("billing:count", args=[desk.patient.pk]), sent).content.decode()
    assert "surplus" in counted and "10,00" in counted
    refused = browser.post(path, sent)
    assert refused.status_code == 422 and "M. Le Goff" in refused.content.decode()
    assert "surplus" in refused.content.decode() and Payment.unscoped.count() == 0
    done = browser.post(path, {**sent, "keep": "1"}, follow=True)
    text = done.content.decode()
    assert "Acompte à valoir" in text and "10,00" in text
    first = Payment.unscoped.order_by("pk")[0]
    receipt = browser.get(reverse("billing:payment_receipt", args=[first.pk])).content
    words = pdf_text(receipt).replace("\u202f", " ").replace("\u00a0", " ")
    assert "65,00 €" in words and "Acompte" in words and "Consultation" not in words


def test_a_refused_gesture_on_a_claim_keeps_what_was_typed(desk):
    claim = desk.claim(3000)
    browser = desk.cabinet.client(desk.cabinet.secretary)
    page = browser.post(reverse("billing:write_off", args=[claim.pk]), {"amount": "45,00", "reason": "small"})
    assert page.status_code == 422 and 'value="45,00"' in page.content.decode()
    assert '<option value="small" selected>' in page.content.decode()


def test_a_secretary_may_take_money_without_seeing_an_act(desk):
    claim = desk.claim(3000)
    Practice.objects.filter(pk=desk.cabinet.practice.pk).update(secretary_billing=False, secretary_cash=True)
    from serment.access.team import apply_secretary_billing

    with desk.cabinet.at_work(desk.cabinet.doctor) as keyring:
        apply_secretary_billing(keyring=keyring, practice=Practice.objects.get(pk=desk.cabinet.practice.pk))
    desk.cabinet._keyrings.clear()
    browser = desk.cabinet.client(desk.cabinet.secretary)
    page = browser.get(reverse("billing:claim", args=[claim.pk]))
    assert (
        page.status_code == 200 and "ZZTOP" not in page.content.decode() and "30,00" in page.content.decode()
    )
    tab = browser.get(reverse("billing:patient", args=[desk.patient.pk])).content.decode()
    assert claim.number in tab and "ZZTOP" not in tab
    paid = browser.post(
        reverse("billing:pay", args=[claim.pk]), {"amount": "30", "mode": "card", "request_key": "s"}
    )
    assert paid.status_code == 302 and books(claim) == (3000, 0, "paid")
    assert browser.get(reverse("billing:receipt", args=[claim.pk])).status_code == 403
    assert browser.get(reverse("billing:new", args=[desk.patient.pk])).status_code == 403
    assert DepositSlip.unscoped.count() == 0 and browser.get("/facturation/cheques/").status_code == 200


def test_a_slip_made_leaves_one_on_the_view_one_was_on(desk):
    claim = desk.claim(9000)
    doctor = desk.cabinet.doctor.practitioner
    browser, page = desk.cabinet.client(desk.cabinet.secretary), reverse("billing:cheques")
    for key, view in (("k1", "tous"), ("k2", encode(doctor.pk))):
        (cheque,) = desk.receive([("cheque", 1000)], [(claim, 1000)], key=key)
        shown = browser.get(f"{page}?praticien={view}").content.decode()
        assert f'name="vue" value="{view}"' in shown
        sent = {"praticien": encode(doctor.pk), "vue": view, "cheque": encode(cheque.pk)}
        done = browser.post(reverse("billing:make_slip"), sent)
        assert done.url == f"{page}?praticien={view}"
        text = browser.get(done.url).content.decode()
        assert (f"Aucun chèque n’attend pour {doctor.display_name}." in text) == (view != "tous")
        assert "Aucun chèque n’attend" in text


def test_an_acompte_spent_while_one_waited_serves_once(desk, monkeypatch):
    """As on PostgreSQL, where the second claim waits for the receipts that the first one holds."""
    desk.receive([("cash", 3000)], on_account=3000)
    first, second = desk.claim(3000), desk.claim(3000)
    read, author = payments.free_payments, desk.cabinet.doctor

    def waits(*whose):
        monkeypatch.setattr(payments, "free_payments", read)
        payments.use_account(author=author, claim_id=first.pk, cents=3000)
        return read(*whose)

    monkeypatch.setattr(payments, "free_payments", waits)
    with desk.cabinet.at_work(author), pytest.raises(Refused, match="suffit pas"):
        payments.use_account(author=author, claim_id=second.pk, cents=3000)
    assert desk.account() >= 0 and books(second)[0] == 0
