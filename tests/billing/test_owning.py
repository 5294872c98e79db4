"""Each practitioner bills and keeps their own money; a colleague is refused by every verb, the desk helps all."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from serment.billing import giving_back, payments, perms, services, slips
from serment.billing.models import Allocation, Claim, DepositSlip, Payment
from serment.billing.payloads import ActLine
from serment.billing.payments import Means, Refused
from serment.journal.models import Event
from serment.vault.ids import encode


@pytest.fixture
def theirs(cabinet):
    """A claim of the colleague, 30 €, of which 10 € are paid in cash, and an « acompte » of 20 €."""
    patient, colleague = cabinet.patient(), cabinet.colleague
    with cabinet.at_work(colleague) as keyring:
        given = {"keyring": keyring, "author": colleague, "practitioner": colleague.practitioner}
        claim = services.establish_claim(
            **given,
            patient_id=patient.pk,
            lines=[ActLine(code="ZZTOP", label="Consultation", amount_cents=3000)],
            request_key="c",
        )
        payments.receive(
            **given,
            patient_id=patient.pk,
            means=[Means("cash", 3000)],
            parts=[(claim.pk, 1000)],
            on_account=2000,
            request_key="r",
        )
    claim.refresh_from_db()
    return claim


GESTURES = {
    "pay": lambda by, claim: payments.take_payment(
        author=by, claim_id=claim.pk, amount_cents=100, mode="card", request_key="x"
    ),
    "acompte": lambda by, claim: payments.use_account(author=by, claim_id=claim.pk, cents=100),
    "refund": lambda by, claim: giving_back.refund(
        author=by, claim_id=claim.pk, cents=100, mode="cash", reason="overpaid", request_key="x"
    ),
    "refund_account": lambda by, claim: giving_back.refund_account(
        author=by,
        patient_id=claim.patient_id,
        practitioner_id=claim.practitioner_id,
        cents=100,
        mode="cash",
        request_key="x",
    ),
    "write_off": lambda by, claim: giving_back.write_off(
        author=by, claim_id=claim.pk, cents=100, reason="small"
    ),
    "take_up_again": lambda by, claim: giving_back.take_up_again(author=by, claim_id=claim.pk),
    "cancel": lambda by, claim: services.cancel_claim(author=by, claim_id=claim.pk),
    "reverse": lambda by, claim: giving_back.reverse_payment(author=by, payment_id=Payment.objects.get().pk),
    "cash": lambda by, claim: slips.make_cash(author=by, practitioner=claim.practitioner, cents=100),
}


@pytest.mark.parametrize("gesture", GESTURES)
def test_a_colleague_s_money_is_refused_by_every_verb(cabinet, theirs, gesture):
    with cabinet.at_work(cabinet.doctor), pytest.raises(Refused, match="autre praticien"):
        GESTURES[gesture](cabinet.doctor, theirs)
    assert Payment.unscoped.count() == 1 and Allocation.unscoped.count() == 1
    assert Claim.unscoped.get().state == "part_paid" and DepositSlip.unscoped.count() == 0


@pytest.mark.parametrize("gesture", sorted(set(GESTURES) - {"take_up_again", "cancel"}))
def test_the_desk_helps_them_all(cabinet, theirs, gesture):
    with cabinet.at_work(cabinet.secretary):
        GESTURES[gesture](cabinet.secretary, theirs)


def test_nobody_bills_or_receives_in_another_s_name(cabinet, theirs):
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "author": cabinet.doctor, "practitioner": theirs.practitioner}
        given |= {"patient_id": theirs.patient_id}
        with pytest.raises(Refused, match="autre praticien"):
            services.establish_claim(
                **given, lines=[ActLine(code="ZZTOP", label="x", amount_cents=1)], request_key="y"
            )
        with pytest.raises(Refused, match="autre praticien"):
            payments.receive(**given, means=[Means("cash", 100)], parts=[], on_account=100, request_key="y")


def test_a_colleague_reads_the_claim_without_its_gestures(cabinet, theirs):
    path = f"/facturation/factures/{encode(theirs.pk)}/"
    page = cabinet.client(cabinet.doctor).get(path).content.decode()
    assert "Reste à régler" in page and "seuls ce praticien et le secrétariat" in page
    for gesture in ("encaisser", "rembourser", "abandonner", "annuler"):
        assert f"{path}{gesture}/" not in page
    assert f"{path}encaisser/" in cabinet.client(cabinet.secretary).get(path).content.decode()


def test_the_money_pages_offer_a_colleague_s_debt_to_the_desk_alone(cabinet, theirs):
    link = f"/facturation/patients/{encode(theirs.patient_id)}/encaisser/"
    path = "/facturation/?praticien=tous"
    assert theirs.number not in cabinet.client(cabinet.doctor).get(path).content.decode()
    assert link in cabinet.client(cabinet.secretary).get(path).content.decode()


MONEY = ("", "caisse.pdf", "cheques/", "argent/", "recettes/", "recettes.csv")


def pages(cabinet, person, whose):
    """(status, whether the colleague's 30 € or the number of their claim show) of each money page."""
    browser = cabinet.client(person)
    found = {}
    for page in MONEY:
        answer = browser.get(f"/facturation/{page}", {"praticien": whose} if whose else {})
        body = b"".join(answer) if answer.streaming else answer.content
        found[page] = (answer.status_code, b"30,00" in body or b"20,00" in body)
    return found


def test_a_colleague_s_till_receipts_and_debts_are_theirs_alone(cabinet, theirs):
    theirs_id = encode(theirs.practitioner_id)
    for person in (cabinet.doctor, cabinet.substitute, cabinet.outsider):
        assert {shown for _, shown in pages(cabinet, person, "").values()} == {False}, person.profile
        assert {shown for _, shown in pages(cabinet, person, "tous").values()} == {False}, person.profile
        assert {status for status, _ in pages(cabinet, person, theirs_id).values()} == {404}, person.profile
        assert (
            theirs.practitioner.display_name
            not in cabinet.client(person).get("/facturation/").content.decode()
        )
    for person in (cabinet.secretary, cabinet.manager, cabinet.accounting, cabinet.colleague):
        found = pages(cabinet, person, theirs_id)
        assert {status for status, _ in found.values()} == {200}, person.profile
        assert found[""][1] and found["recettes/"][1], person.profile


def test_a_slip_and_a_reminder_of_a_colleague_are_not_found(cabinet, theirs):
    Claim.unscoped.update(established_on=date(2020, 1, 1))
    with cabinet.at_work(cabinet.colleague):
        slip = slips.make_cash(author=cabinet.colleague, practitioner=theirs.practitioner, cents=100)
    letter = f"/facturation/patients/{encode(theirs.patient_id)}/rappel/{encode(theirs.practitioner_id)}.pdf"
    for path in (f"/facturation/cheques/remises/{encode(slip.pk)}.pdf", letter):
        assert cabinet.client(cabinet.doctor).get(path).status_code == 404
        assert cabinet.client(cabinet.secretary).get(path).status_code == 200


def test_a_practitioner_opens_their_accounts_to_a_colleague_who_still_cannot_act(cabinet, theirs):
    owner = cabinet.client(cabinet.colleague)
    page = owner.get("/facturation/partage/").content.decode()
    assert cabinet.secretary.display_name in page and cabinet.technician.display_name not in page
    helpers = [encode(one.pk) for one in (cabinet.secretary, cabinet.manager, cabinet.accounting)]
    owner.post("/facturation/partage/", {"reader": [*helpers, encode(cabinet.doctor.pk)]})
    event = Event.unscoped.filter(action="billing.shared").get()
    assert (event.object_id, event.details) == (cabinet.doctor.pk, {"allowed": True})
    assert pages(cabinet, cabinet.doctor, "tous")[""] == (200, True)
    assert pages(cabinet, cabinet.doctor, encode(theirs.practitioner_id))["recettes/"] == (200, True)
    assert pages(cabinet, cabinet.doctor, "")[""] == (200, False), "one's own first"
    with cabinet.at_work(cabinet.doctor), pytest.raises(Refused, match="autre praticien"):
        GESTURES["pay"](cabinet.doctor, theirs)
    owner.post("/facturation/partage/", {"reader": helpers})
    assert pages(cabinet, cabinet.doctor, "tous")[""] == (200, False)
    assert Event.unscoped.filter(action="billing.shared").count() == 2


def test_a_helper_who_is_refused_reads_and_handles_the_others_alone(cabinet, theirs):
    kept = [encode(one.pk) for one in (cabinet.manager, cabinet.accounting)]
    cabinet.client(cabinet.colleague).post("/facturation/partage/", {"reader": kept})
    assert pages(cabinet, cabinet.secretary, "")[""] == (200, False)
    assert pages(cabinet, cabinet.secretary, encode(theirs.practitioner_id))[""][0] == 404
    assert pages(cabinet, cabinet.secretary, encode(cabinet.doctor.practitioner_id))[""][0] == 200
    assert pages(cabinet, cabinet.manager, "tous")[""] == (200, True)
    with cabinet.at_work(cabinet.secretary), pytest.raises(Refused, match="autre praticien"):
        GESTURES["pay"](cabinet.secretary, theirs)


def test_who_has_no_accounts_has_no_page_to_share_them(cabinet):
    assert cabinet.client(cabinet.manager).get("/facturation/partage/").status_code == 404


def test_reading_whose_accounts_asks_the_same_whatever_the_team(cabinet, theirs):
    with cabinet.at_work(cabinet.doctor), CaptureQueriesContext(connection) as asked:
        perms.readable(cabinet.doctor)
        perms.readers(cabinet.doctor.practitioner_id)
    assert len(asked) == 4


def test_cash_goes_to_the_bank_once_on_a_slip_of_the_same_series(cabinet, theirs):
    owner = cabinet.colleague
    with cabinet.at_work(owner) as keyring:
        assert [(one.practitioner.pk, one.cents) for one in slips.cash()] == [(owner.practitioner_id, 3000)]
        for cents, words in ((0, "Indiquez"), (3001, "30,00")):
            with pytest.raises(Refused, match=words):
                slips.make_cash(author=owner, practitioner=owner.practitioner, cents=cents)
        slip = slips.make_cash(author=owner, practitioner=owner.practitioner, cents=2500)
        assert (slip.number, slip.kind, slip.total_cents) == (1, "cash", 2500), "a refusal leaves no gap"
        assert [one.cents for one in slips.cash(owner.practitioner_id)] == [500]
        paper = slips.paper(keyring=keyring, practice=cabinet.practice, slip=slip)
    assert paper.startswith(b"%PDF")
    desk = cabinet.client(cabinet.secretary)
    page = desk.get("/facturation/cheques/").content.decode()
    assert "Espèces en caisse" in page and "5,00" in page
    given = {"praticien": encode(owner.practitioner_id), "somme": "9"}
    refused = desk.post("/facturation/cheques/especes/", given)
    assert refused.status_code == 422 and 'value="9"' in refused.content.decode()
    assert desk.post("/facturation/cheques/especes/", given | {"somme": "5"}).status_code == 302
    assert "Aucune somme en espèces" in desk.get("/facturation/cheques/").content.decode()


def test_a_cash_deposit_is_awaited_on_the_bank_s_statement(cabinet, theirs):
    from serment.billing import bank_candidates

    owner = cabinet.colleague
    with cabinet.at_work(owner):
        slip = slips.make_cash(author=owner, practitioner=owner.practitioner, cents=2500)
        (found,) = [
            one
            for one in bank_candidates.awaited(owner.practitioner_id, until=slip.made_on)
            if one.kind == "slip"
        ]
    assert (found.cents, found.label) == (2500, "Remise d’espèces n°\u00a01")
