"""A closed day is signed, numbered without a gap, and shows any change; what is owed is counted by age."""

from __future__ import annotations

import threading
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from serment.billing import closing, giving_back, numbering, reminders, services
from serment.billing.models import Claim, Counter, Payment, TillClosing
from serment.billing.payloads import ActLine
from serment.transmission.models import Sheet
from serment.vault import crypto


@pytest.fixture
def paid(cabinet):
    """``paid(n)``: a claim of 30 €, paid by cheque."""
    patient = cabinet.patient()

    def make(number: int, *, paid: bool = True) -> Claim:
        with cabinet.at_work(cabinet.doctor) as keyring:
            claim = services.establish_claim(
                keyring=keyring,
                author=cabinet.doctor,
                practitioner=cabinet.doctor.practitioner,
                patient_id=patient.pk,
                lines=[ActLine(code="G", label="consultation", amount_cents=3000)],
                request_key=f"c{number}",
            )
            if paid:
                services.take_payment(
                    author=cabinet.doctor,
                    claim_id=claim.pk,
                    amount_cents=3000,
                    mode="cheque",
                    request_key=f"p{number}",
                )
            return claim

    return make


def close(cabinet, day):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return closing.close(
            keyring=keyring, author=cabinet.doctor, practitioner=cabinet.doctor.practitioner, day=day
        )


def holds() -> bool:
    [(_, good)] = closing.holding(list(TillClosing.objects.all()))
    return good


def test_closing_signs_the_day_and_any_change_shows(cabinet, paid):
    paid(1), paid(2)
    row = close(cabinet, timezone.localdate())
    assert (row.number, row.total_cents, row.count, row.totals) == (1, 6000, 2, {"cheque": 6000})
    with cabinet.at_work(cabinet.doctor):
        assert holds()
        Payment.objects.filter(request_key="p1").update(mode="cash")
        assert not holds()
        Payment.objects.filter(request_key="p1").update(mode="cheque")
        assert holds()
        TillClosing.objects.filter(pk=row.pk).update(total_cents=1)
        assert not holds()


def test_after_closing_money_waits_for_tomorrow(cabinet, paid):
    paid(1)
    close(cabinet, timezone.localdate())
    with pytest.raises(services.Refused, match="close"):
        paid(2)
    with cabinet.at_work(cabinet.doctor), pytest.raises(services.Refused, match="close"):
        services.reverse_payment(author=cabinet.doctor, payment_id=Payment.objects.get().pk)
    with pytest.raises(closing.Refused, match="déjà close"):
        close(cabinet, timezone.localdate())


def test_a_transfer_never_waits_for_the_till(cabinet, paid):
    paid(1)
    close(cabinet, timezone.localdate())
    claim = paid(2, paid=False)
    with cabinet.at_work(cabinet.doctor):
        services.take_payment(
            author=cabinet.doctor, claim_id=claim.pk, amount_cents=3000, mode="transfer", request_key="t"
        )
        assert holds()


def test_days_close_in_order_without_a_gap(cabinet, paid):
    paid(1)
    today = timezone.localdate()
    with cabinet.at_work(cabinet.doctor):
        Payment.objects.update(received_at=timezone.now() - timedelta(days=2))
    paid(2)
    with pytest.raises(closing.Refused, match="d’abord"):
        close(cabinet, today)
    first = close(cabinet, today - timedelta(days=2))
    assert (first.number, close(cabinet, today).number) == (1, 2)
    with pytest.raises(closing.Refused, match="pas encore"):
        close(cabinet, today + timedelta(days=1))


def test_the_screens(cabinet, paid):
    paid(1)
    browser = cabinet.client(cabinet.doctor)
    today = timezone.localdate()
    assert browser.get("/facturation/clore/").status_code == 302, "opened by its address, it shows the till"
    browser.post("/facturation/clore/", {"jour": str(today)})
    assert "close, n° 1" in browser.get("/facturation/").content.decode()
    page = browser.get("/facturation/argent/").content.decode()
    assert "signature et montants vérifiés" in page and "30,00" in page


def test_each_practitioner_has_a_till_of_their_own(cabinet, paid):
    paid(1)
    colleague = cabinet.colleague
    with cabinet.at_work(colleague) as keyring:
        other = services.establish_claim(
            keyring=keyring,
            author=colleague,
            practitioner=colleague.practitioner,
            patient_id=cabinet.patient().pk,
            lines=[ActLine(code="G", label="consultation", amount_cents=2000)],
            mode="cash",
            request_key="theirs",
        )
        with pytest.raises(closing.Refused, match="autre praticien"):
            closing.close(
                keyring=keyring,
                author=colleague,
                practitioner=cabinet.doctor.practitioner,
                day=timezone.localdate(),
            )
    first = close(cabinet, timezone.localdate())
    assert first.total_cents == 3000, "the colleague's money is not in it"
    with pytest.raises(services.Refused, match="close"):
        paid(2)
    with cabinet.at_work(colleague):
        giving_back.refund(
            author=colleague, claim_id=other.pk, cents=500, mode="cash", reason="overpaid", request_key="r"
        )
    desk = cabinet.client(cabinet.secretary)
    page = desk.get("/facturation/?praticien=tous").content.decode()
    assert "30,00" in page and "20,00" in page and "Clore toutes les caisses" in page
    mine = cabinet.client(colleague).get("/facturation/").content.decode()
    assert "20,00" in mine and "30,00" not in mine
    desk.post("/facturation/clore/", {"praticien": "tous"})
    with cabinet.at_work(cabinet.doctor):
        rows = closing.holding(TillClosing.objects.order_by("pk"))
        assert [(row.number, row.total_cents, good) for row, good in rows] == [
            (1, 3000, True),
            (1, 1500, True),
        ]


def test_a_closing_from_before_still_holds(cabinet, paid):
    """Made when the practice had one till: its signature names no practitioner, its totals are those of all."""
    paid(1)
    row = close(cabinet, timezone.localdate())
    with cabinet.at_work(cabinet.doctor) as keyring:
        row.scheme, row.practitioner, row.digest = 1, None, "0" * 64
        row.signature = crypto.sign(keyring.signing_seed, closing.message(row))
        row.save()
        assert holds()
        Payment.objects.update(amount_cents=1)
        assert not holds()


def test_a_form_that_comes_back_keeps_how_it_is_paid(cabinet):
    patient = cabinet.patient()
    browser = cabinet.client(cabinet.doctor)
    page = browser.post(reverse("billing:new", args=[patient.pk]), {"mode": ""})
    assert page.status_code == 422 and b'name="mode" value="" checked' in page.content
    assert page.content.count(b'type="radio"') == 5 and page.content.count(b'name="mode" value="card">') == 1


@pytest.mark.parametrize(
    "path",
    [
        "?jour=0001-01-01",
        "?jour=9999-12-31",
        "recettes/?mois=9999-12",
        "recettes/?annee=9999",
        "caisse.pdf?jour=0001-01-01",
    ],
)
def test_a_day_no_till_can_have_is_today(cabinet, path):
    assert cabinet.client(cabinet.doctor).get(f"/facturation/{path}").status_code == 200


def test_a_reminder_asks_the_patient_for_their_part_and_names_no_act(cabinet, paid):
    claims = [paid(number, paid=False) for number in range(2)]
    browser = cabinet.client(cabinet.doctor)
    with cabinet.at_work(cabinet.doctor):
        assert reminders.debts() == [], "too young to be reminded"
        Claim.objects.update(established_on=timezone.localdate() - timedelta(days=31))
        (debt,) = reminders.debts()
        assert debt.cents == 6000
        sheet = Sheet.objects.create(claim=claims[0], due_on=timezone.localdate())
        (debt,) = reminders.debts()
        assert debt.cents == 6000, "a sheet not signed yet makes nobody else owe"
        sheet.state = "signed"
        sheet.save()
        (debt,) = reminders.debts()
        assert debt.cents == 3000 + 900, "the fund's 70 % are on their way"
    assert "39,00" in browser.get("/facturation/argent/").content.decode()
    path = reverse("billing:reminder", args=[debt.patient_id, debt.practitioner.pk])
    text = PdfReader(BytesIO(browser.get(path).content)).pages[0].extract_text()
    assert "Rappel de paiement" in text and "39,00" in text.replace("\u202f", " ")
    assert "consultation" not in text.lower()
    with cabinet.at_work(cabinet.doctor):
        Claim.objects.update(established_on=timezone.localdate())
    assert browser.get(path).status_code == 404


def test_a_till_closed_while_a_payment_waited_takes_no_more(cabinet, paid, monkeypatch):
    """As on PostgreSQL, where a payment waits for its number until the closing has ended."""
    paid(1)
    take = numbering.take

    def waits(kind, **series):
        if kind == "payment":
            monkeypatch.setattr(numbering, "take", take)
            close(cabinet, timezone.localdate())
        return take(kind, **series)

    claim = paid(2, paid=False)
    monkeypatch.setattr(numbering, "take", waits)
    with cabinet.at_work(cabinet.doctor), pytest.raises(services.Refused, match="close"):
        services.take_payment(
            author=cabinet.doctor, claim_id=claim.pk, amount_cents=3000, mode="cheque", request_key="p2"
        )


def test_a_closing_waits_for_payments_under_way(cabinet, paid, monkeypatch):
    """As on PostgreSQL, where the numbers of a practitioner are held until the payment is written."""
    paid(1)
    lock = numbering.lock

    def waits(kind, **series):
        paid(2)
        lock(kind, **series)

    monkeypatch.setattr(numbering, "lock", waits)
    row = close(cabinet, timezone.localdate())
    assert (row.count, row.total_cents) == (2, 6000)
    with cabinet.at_work(cabinet.doctor):
        assert holds()


def test_a_series_that_is_held_gives_the_same_numbers(cabinet):
    with cabinet.at_work(cabinet.doctor):
        numbering.lock(Counter.Kind.PAYMENT, practitioner_id=7)
        assert numbering.take(Counter.Kind.PAYMENT, practitioner_id=7) == 1
        numbering.lock(Counter.Kind.PAYMENT, practitioner_id=7)
        assert numbering.take(Counter.Kind.PAYMENT, practitioner_id=7) == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_closing_and_a_payment_at_once(cabinet, paid):
    """The payment has its number and is not committed: the closing waits, and counts it."""
    paid(1)
    claim = paid(2, paid=False)
    written, results = threading.Event(), []

    def closes():
        try:
            written.wait(10)
            results.append(close(cabinet, timezone.localdate()))
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=closes)
    thread.start()
    with cabinet.at_work(cabinet.doctor), transaction.atomic():
        services.take_payment(
            author=cabinet.doctor, claim_id=claim.pk, amount_cents=3000, mode="cheque", request_key="p2"
        )
        written.set()
        thread.join(1)
        assert thread.is_alive(), "the closing did not wait"
    thread.join(30)
    assert results[0].count == 2
    with cabinet.at_work(cabinet.doctor):
        assert holds()
