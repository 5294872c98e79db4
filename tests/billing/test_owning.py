"""Each practitioner bills and keeps their own money; a colleague is refused by every verb, the desk helps all."""

from __future__ import annotations

import pytest

from serment.billing import giving_back, payments, services, slips
from serment.billing.models import Allocation, Claim, DepositSlip, Payment
from serment.billing.payloads import ActLine
from serment.billing.payments import Means, Refused
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
    assert theirs.number in cabinet.client(cabinet.doctor).get(path).content.decode()
    assert link not in cabinet.client(cabinet.doctor).get(path).content.decode()
    assert link in cabinet.client(cabinet.secretary).get(path).content.decode()


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
