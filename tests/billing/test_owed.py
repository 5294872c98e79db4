"""Who owes what: by payer and by age, to the cent; what is to come; who is reminded; and what the accounting sees."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from serment.billing import figures, giving_back, owed, reminders, services, slips, transfers
from serment.billing.figures import Period
from serment.billing.models import Claim, Payment, TillClosing
from serment.billing.payloads import ActLine
from serment.patients.payloads import Coverage
from serment.patients.services import create_patient
from serment.transmission.models import Sheet


class Ledger:
    def __init__(self, cabinet):
        self.cabinet, self.patient, self.count = cabinet, cabinet.patient(birth_family_name="Inoubliable"), 0

    def claim(self, days=0, *, cents=3000, shares=(2100, 0), sheet="", mode=""):
        self.count += 1
        with self.cabinet.at_work(self.cabinet.doctor) as keyring:
            row = services.establish_claim(
                keyring=keyring,
                author=self.cabinet.doctor,
                practitioner=self.cabinet.doctor.practitioner,
                patient_id=self.patient.pk,
                lines=[ActLine(code="ZZTOP", label="Zygomatique", amount_cents=cents)],
                shares=shares,
                mode=mode,
                request_key=f"o{self.count}",
            )
            Claim.objects.filter(pk=row.pk).update(established_on=timezone.localdate() - timedelta(days=days))
            if sheet:
                Sheet.objects.create(claim=row, due_on=timezone.localdate(), state=sheet)
        row.refresh_from_db()
        return row

    def fund_pays(self, claim, cents, days_ago=0):
        with self.cabinet.at_work(self.cabinet.doctor):
            services.take_payment(
                author=self.cabinet.doctor,
                claim_id=claim.pk,
                amount_cents=cents,
                mode="transfer",
                payer="amo",
                request_key=f"f{claim.pk}",
                received_at=timezone.now() - timedelta(days=days_ago),
            )


@pytest.fixture
def ledger(cabinet):
    return Ledger(cabinet)


def told(found):
    return {line.label: (line.ages, line.count) for line in owed.by_payer(found)}


def test_each_payer_owes_its_part_by_age(cabinet, ledger):
    ledger.claim(0)  # no sheet: the patient owes it all
    ledger.claim(45, sheet="acknowledged")
    ledger.claim(75, sheet="rejected")
    ledger.claim(400, sheet="closed")
    ledger.claim(10, mode="card", sheet="acknowledged")
    part = ledger.claim(95, sheet="part_paid")
    ledger.fund_pays(part, 1000)
    with cabinet.at_work(cabinet.doctor):
        found = owed.shares()
        lines = told(found)
    fund = "Assurance maladie, à envoyer"
    assert lines[fund] == ([0, 2100, 2100, 1100], 3)
    assert lines["Patients"] == ([3000, 900, 900, 3000 + 900], 5)
    assert sum(sum(ages) for ages, _ in lines.values()) == sum(s.claim.balance_cents for s in found)
    assert owed.rejected(found) == (2, 2100 + 1100)


def test_who_is_paid_as_signed_decides_who_owes(cabinet, ledger):
    claims = [ledger.claim(1, shares=(2100, 900)) for _ in range(4)]
    with cabinet.at_work(cabinet.doctor):
        for claim, payee in zip(claims, ("00", "05", "25", "15"), strict=True):
            Sheet.objects.create(claim=claim, payee=payee, state="acknowledged", due_on=timezone.localdate())
        found = [(s.amo, s.amc, s.patient) for s in owed.shares()]
        assert found == [(0, 0, 3000), (2100, 0, 900), (0, 900, 2100), (2100, 900, 0)]
        dre = Sheet.objects.create(
            claim=claims[1], part="amc", payee="05", state="sent", due_on=timezone.localdate()
        )
        assert owed.shares()[1].amc == 0
        Sheet.objects.filter(pk=dre.pk).update(payee="")
        assert owed.shares()[1].amc == 900


def test_a_constant_number_of_queries(cabinet, ledger, django_assert_num_queries):
    for _ in range(12):
        ledger.claim(40, sheet="acknowledged")
    with cabinet.at_work(cabinet.doctor), django_assert_num_queries(3):
        assert len(owed.by_payer(owed.shares())) == 2


def test_the_forecast_follows_the_delay_measured_here(cabinet, ledger):
    waiting = [ledger.claim(days, sheet="acknowledged") for days in (0, 0, 20)]
    with cabinet.at_work(cabinet.doctor):
        assert owed.delay_days() is None, "nothing is invented before five payments"
        (week,) = owed.forecast(owed.shares(), None)
        assert (week.first, week.cents, week.count) == (None, 6300, 3)
    for _ in range(5):
        ledger.fund_pays(ledger.claim(30, sheet="paid"), 2100, days_ago=20)
    with cabinet.at_work(cabinet.doctor):
        assert owed.delay_days() == 10
        late, soon = owed.forecast(owed.shares(), 10)
    assert (late.first, late.cents) == (None, 2100) and soon.cents == 4200
    assert 0 <= (timezone.localdate() + timedelta(days=10) - soon.first).days < 7 and len(waiting) == 3


def test_what_a_fund_repaid_to_patients_is_told_apart(cabinet, ledger):
    with cabinet.at_work(cabinet.doctor):
        transfers.announce(
            practitioner_id=cabinet.doctor.practitioner_id,
            source_key="r1",
            reference="VIR",
            announced_on=timezone.localdate(),
            cents=0,
            repaid_cents=4200,
        )
        assert owed.announced() == (0, 0, 4200)
    page = cabinet.client(cabinet.secretary).get("/facturation/argent/").content.decode()
    assert "42,00" in page and "n’est pas une recette" in page


@pytest.mark.parametrize(
    "insured, expected",
    [("", "Aux représentants légaux de"), ("Mme Rozenn Kermorvan", "Mme Rozenn Kermorvan")],
)
def test_a_child_is_never_asked_to_pay(cabinet, insured, expected):
    with cabinet.at_work(cabinet.doctor) as keyring:
        adult = cabinet.patient()
        identity = _identity(keyring, adult.pk)
        child = create_patient(
            keyring=keyring,
            author=cabinet.doctor,
            identity=identity.model_copy(
                update={
                    "birth_family_name": "Petit",
                    "first_given_name": "Malo",
                    "birth_date": timezone.localdate() - timedelta(days=2500),
                }
            ),
            coverage=Coverage(insured_is_patient=not insured, insured_name=insured),
            circle_ids=[cabinet.circle.pk],
        )
        services.establish_claim(
            keyring=keyring,
            author=cabinet.doctor,
            practitioner=cabinet.doctor.practitioner,
            patient_id=child.pk,
            lines=[ActLine(code="G", label="Consultation", amount_cents=3000)],
            request_key="child",
        )
        Claim.objects.update(established_on=timezone.localdate() - timedelta(days=60))
        (debt,) = reminders.debts()
        letter = reminders.letter(keyring=keyring, practice=cabinet.practice, debt=debt)
    text = PdfReader(BytesIO(letter)).pages[0].extract_text()
    assert expected in text and "PETIT Malo" in text


def _identity(keyring, patient_id):
    from serment.patients.selectors import card

    return card(keyring=keyring, patient_id=patient_id).identity


def test_the_figures_are_exact_to_the_till(cabinet, ledger):
    from serment.billing import closing

    ledger.claim(mode="card"), ledger.claim(mode="cheque", cents=2550), ledger.claim(mode="cash", cents=1000)
    refunded = ledger.claim(mode="cash", cents=500)
    ledger.fund_pays(ledger.claim(sheet="acknowledged"), 2100)
    with cabinet.at_work(cabinet.doctor) as keyring:
        giving_back.refund(
            author=cabinet.doctor,
            claim_id=refunded.pk,
            cents=200,
            mode="cash",
            reason="overpaid",
            request_key="r",
            give_up=True,
        )
        today = timezone.localdate()
        closing.close(
            keyring=keyring, author=cabinet.doctor, practitioner=cabinet.doctor.practitioner, day=today
        )
        for period in (Period.month(today.replace(day=1)), Period.year(today.year)):
            found = figures.receipts(period)
            assert found.total == sum(Payment.objects.values_list("amount_cents", flat=True)) == 8950
            assert found.closed == TillClosing.objects.get().total_cents == 6850
            assert (found.open_, found.transfers, found.refunds, found.waived) == (0, 2100, 200, 200)
            assert sum(sum(held.values()) for _, held in found.rows) == found.total
        other = figures.receipts(Period.month(today.replace(day=1)), cabinet.colleague.practitioner_id)
        assert other.total == 0
        mix = figures.mix(keyring=keyring, period=Period.month(today.replace(day=1)))
        assert [(act.code, act.count, act.cents) for act in mix.acts] == [("ZZTOP", 5, 10050)]
        assert mix.cents == sum(Claim.objects.values_list("total_cents", flat=True))
        assert figures.mix(keyring=keyring, period=Period.year(today.year)) == mix
        (patient, fund) = figures.delays(Period.year(today.year))
        assert (patient.count, fund.count, fund.mean) == (4, 1, 0)
    page = cabinet.client(cabinet.doctor).get(f"/facturation/recettes/?annee={today.year}").content.decode()
    assert "Actes facturés cette année" in page and "100,50" in page and "Actes facturés ce mois" not in page


def test_the_export_holds_every_cent_and_nothing_of_care(cabinet, ledger):
    ledger.claim(mode="card"), ledger.claim(mode="cheque", cents=2550)
    answer = cabinet.client(cabinet.accounting).get("/facturation/recettes.csv")
    text = b"".join(answer.streaming_content).decode()
    lines = text.lstrip("\ufeff").splitlines()
    assert len(lines) == 3 and lines[0].startswith("date;praticien")
    cents = sum(round(float(line.split(";")[6].replace(",", ".")) * 100) for line in lines[1:])
    assert cents == 5550
    for word in ("ZZTOP", "ZYGOMATIQUE", "INOUBLIABLE"):
        assert word not in text.upper()


def test_the_accounting_profile_sees_no_act_and_no_name_anywhere(cabinet, ledger):
    """Every page and paper of the room that this profile may open (R6.10)."""
    paid = ledger.claim(mode="cheque")
    ledger.claim(60)
    with cabinet.at_work(cabinet.doctor):
        cheque = Payment.objects.get(allocations__claim=paid)
        slip = slips.make(
            author=cabinet.doctor, practitioner=cabinet.doctor.practitioner, payment_ids=[cheque.pk]
        )
    browser = cabinet.client(cabinet.accounting)
    pages = (
        "till",
        "till_pdf",
        "cheques",
        "money",
        "figures",
        "export",
        ("slip_pdf", slip.pk),
    )
    for page in pages:
        name, *args = page if isinstance(page, tuple) else (page,)
        answer = browser.get(reverse(f"billing:{name}", args=args))
        assert answer.status_code == 200, name
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = (
            "".join(part.extract_text() for part in PdfReader(BytesIO(body)).pages)
            if body.startswith(b"%PDF")
            else body.decode()
        ).upper()
        assert "30,00" in text.replace("\u202f", " "), name
        for word in ("ZZTOP", "ZYGOMATIQUE", "INOUBLIABLE", "APOLLINE"):
            assert word not in text, (name, word)
    for refused in (
        reverse("billing:claim", args=[paid.pk]),
        reverse("billing:patient", args=[ledger.patient.pk]),
        reverse("billing:receipt", args=[paid.pk]),
        reverse("billing:payment_receipt", args=[cheque.pk]),
        reverse("billing:collect", args=[ledger.patient.pk]),
        reverse("billing:bank"),
    ):
        assert browser.get(refused).status_code == 403, refused


def test_the_desk_asks_the_patient_for_their_part_alone(cabinet, ledger):
    claim = ledger.claim(3, sheet="acknowledged")
    browser = cabinet.client(cabinet.secretary)
    page = browser.get(reverse("billing:collect", args=[ledger.patient.pk])).content.decode()
    assert "part du patient" in page and 'value="9,00' in page and "30,00" not in page
    till = browser.get("/facturation/").content.decode()
    assert "9,00" in till and "30,00" not in till
    told = browser.get(reverse("billing:claim", args=[claim.pk])).content.decode()
    assert "assurance maladie 21,00" in told.replace("\u00a0", " ").replace("\u202f", " ")
