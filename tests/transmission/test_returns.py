"""What the funds answer: each sum credited once, what fits nothing waits for a person who may decide it."""

from __future__ import annotations

import pytest

from serment.billing import services as billing
from serment.billing.models import Claim, Payment, Transfer
from serment.connectors.fse import frontal as simulated
from serment.formats.fse import noemie
from serment.transmission import files, returns, treating
from serment.transmission.insured import Refused
from serment.transmission.models import Lot, Return, ReturnLine, Sheet
from tests.transmission.conftest import states_now, text


@pytest.mark.parametrize("how", ["truncates", "corrupts", "late", "doubles"])
def test_a_frontal_that_misbehaves_changes_nothing_twice(practice, at_post, frontal, how):
    practice.claims(3)
    at_post.sent()
    frontal.behave(how)
    found = at_post.fetch()
    if how in ("truncates", "corrupts"):
        assert found[0].trouble and found[0].file and Payment.objects.count() == 0
        assert states_now() == {"acknowledged"}
        returns.dismiss_file(author=practice.doctor, return_id=found[0].pk)
        assert Return.objects.get().treated_at and Return.objects.get().file
    elif how == "late":
        assert found == []
    else:
        assert len(found) == 2 and Payment.objects.count() == 3
        assert [line.trouble for line in returns.to_treat()] == ["repeated"] * 3
    frontal.behave("")
    at_post.fetch()
    assert Payment.objects.count() == 3 and states_now() == {"paid"}


def test_an_unknown_claim_waits_for_a_person_who_names_it(practice, at_post):
    practice.claims(2)
    at_post.sent()
    sheet = Sheet.objects.get(claim__number__endswith="1")
    Claim.objects.filter(pk=sheet.claim_id).update(number="2020-00099")
    (row,) = at_post.fetch()
    assert row.matched == 1 and row.surplus_cents == 2100
    (line,) = returns.to_treat()
    given = {**at_post.asked, "line_id": line.pk}
    for wrong in ("2026-99999", "n’importe quoi", ""):
        with pytest.raises(Refused, match="ne porte ce numéro"):
            returns.attach(**given, number=wrong)
    returns.attach(**given, number="2020-00099")
    row.refresh_from_db()
    assert (row.matched, row.surplus_cents, row.practice_cents) == (2, 0, 4200)
    assert states_now() == {"paid"} and returns.to_treat() == []
    with pytest.raises(Refused, match="déjà traitée"):
        returns.attach(**given, number="2020-00099")
    assert Payment.objects.count() == 2


def test_what_goes_to_a_patient_who_had_paid_is_shown_apart(practice, at_post):
    paid, owed = practice.claims(2)
    billing.take_payment(
        author=practice.doctor, claim_id=paid.pk, amount_cents=3000, mode="card", request_key="card"
    )
    at_post.sent()
    (row,) = at_post.fetch()
    assert (row.paid_cents, row.patient_cents, row.practice_cents, row.surplus_cents) == (4200, 2100, 2100, 0)
    assert states_now() == {"paid"} and returns.to_treat() == []
    assert Claim.objects.get(pk=owed.pk).balance_cents == 900


def test_more_than_what_was_owed_waits_for_a_person(practice, at_post):
    (claim,) = practice.claims(1)
    at_post.sent()
    billing.take_payment(
        author=practice.doctor, claim_id=claim.pk, amount_cents=2000, mode="card", request_key="card"
    )
    (row,) = at_post.fetch()
    assert (row.practice_cents, row.surplus_cents) == (1000, 1100)
    (line,) = returns.to_treat()
    assert line.trouble == "surplus"
    with pytest.raises(Refused):
        returns.dismiss(author=practice.doctor, line_id=line.pk, how="")
    returns.dismiss(author=practice.doctor, line_id=line.pk, how="given_back")
    assert returns.to_treat() == [] and ReturnLine.objects.get().treated_how == "given_back"


def told(number: int, *parts: tuple[str, int, int], transfer: str = "CPAM 42", edition: str = "") -> bytes:
    """A return for one claim: (198 or 199, asked, paid) for each scheme that answers."""
    paid = sum(cents for _, _, cents in parts)
    head = {"type": "000", "norm": "PS", "message": f"essai {edition}"}
    made = [
        ("071", {"level": "02", "day": "261120", "label1": transfer, "payer": "01351"}),
        ("102", {"level": "03", "invoice": f"{number:09d}", "lot": "001", "kind": "F"}),
    ]
    for entity, asked, cents in parts:
        made.append((entity, {"level": "03", "asked": asked, "state": "P", "paid": cents, "sign": "P"}))
    made.append(("990", {"level": "99", "count": 1, "amount": paid, "sign": "P"}))
    made.append(("999", {"records": len(made) + 2, "lots": 1, "amount": paid, "sign": "P"}))
    return noemie.write(head, made)


def number_of(claim) -> int:
    return files.invoice_number(claim)


def test_a_partial_payment_told_twice_is_credited_once(practice, at_post):
    (claim,) = practice.claims(1)
    at_post.sent()
    first = at_post.take(told(number_of(claim), ("198", 2100, 900)))
    again = at_post.take(told(number_of(claim), ("198", 2100, 900), edition="BIS"))
    assert (first.practice_cents, again.practice_cents, again.surplus_cents) == (900, 0, 900)
    assert Payment.objects.count() == 1 and states_now() == {"part_paid"}
    assert sum(Transfer.objects.values_list("cents", flat=True)) == 900, "nor is it awaited at the bank twice"
    (line,) = returns.to_treat()
    assert line.trouble == "repeated"
    rest = at_post.take(told(number_of(claim), ("198", 2100, 1200), transfer="CPAM 43"))
    assert rest.practice_cents == 1200 and states_now() == {"paid"}


def test_two_partial_payments_of_one_sum_by_two_transfers_both_count(practice, at_post):
    (claim,) = practice.claims(1)
    at_post.sent()
    at_post.take(told(number_of(claim), ("198", 2100, 1050)))
    at_post.take(told(number_of(claim), ("198", 2100, 1050), transfer="CPAM 43"))
    assert Payment.objects.count() == 2 and states_now() == {"paid"} and returns.to_treat() == []


def test_a_rejection_told_again_does_not_reject_what_was_corrected_since(practice, at_post, frontal):
    practice.claims(7)
    at_post.sent()
    at_post.fetch()
    sheet = Sheet.objects.get(state="rejected")
    treating.recycle(**at_post.whole, sheet_id=sheet.pk)
    for lot in at_post.prepare():
        at_post.send(lot)
    first = sheet.lot_id
    stale = next(kept for kept in frontal._received() if kept[0] == Lot.objects.get(pk=first).message)
    row = at_post.take(simulated._return(*stale, "BIS"))
    assert {line.trouble for line in ReturnLine.objects.filter(back=row)} == {"repeated"}
    sheet.refresh_from_db()
    assert sheet.state == "acknowledged"
    at_post.fetch()
    sheet.refresh_from_db()
    assert sheet.state == "paid" and Payment.objects.count() == 7


def test_a_repeated_line_that_is_a_second_payment_is_counted_by_a_person(practice, at_post):
    (claim,) = practice.claims(1)
    at_post.sent()
    at_post.take(told(number_of(claim), ("198", 2100, 1050)))
    row = at_post.take(told(number_of(claim), ("198", 2100, 1050), edition="BIS"))
    (line,) = returns.to_treat()
    returns.attach(**at_post.asked, line_id=line.pk, number=claim.number)
    row.refresh_from_db()
    assert (row.practice_cents, row.surplus_cents, row.matched) == (1050, 0, 1)
    assert Payment.objects.count() == 2 and states_now() == {"paid"} and returns.to_treat() == []


def test_what_the_fund_pays_for_a_complementary_body_is_credited_once(practice, at_post):
    """The body has no sheet of its own to say that it was settled: its share of the claim does."""
    (claim,) = practice.claims(1, shares=(2100, 900))
    at_post.sent()
    assert set(Sheet.objects.values_list("part", flat=True)) == {"amo"}
    at_post.take(told(number_of(claim), ("198", 2100, 2100), ("199", 900, 900)))
    claim.refresh_from_db()
    assert claim.balance_cents == 0 and states_now() == {"paid"}
    other = at_post.take(told(number_of(claim), ("199", 900, 900), transfer="CPAM 43"))
    claim.refresh_from_db()
    assert (other.practice_cents, other.surplus_cents) == (0, 900)
    assert claim.paid_cents == 3000 and Payment.objects.count() == 2
    assert [line.trouble for line in returns.to_treat()] == ["settled"]


def test_a_complementary_share_is_never_paid_out_of_the_patient_s(practice, at_post):
    """Told twice by two transfers, it would otherwise be credited on what the patient still owes."""
    (claim,) = practice.claims(1, shares=(1800, 600))
    at_post.sent()
    at_post.take(told(number_of(claim), ("198", 1800, 1800), ("199", 600, 600)))
    at_post.take(told(number_of(claim), ("199", 600, 600), transfer="CPAM 43"))
    claim.refresh_from_db()
    assert claim.balance_cents == 600, "the patient's own part"
    by_payer = dict(Payment.objects.values_list("payer", "amount_cents"))
    assert by_payer == {"amo": 1800, "amc": 600} and Payment.objects.count() == 2


def test_a_practitioner_treats_their_own_returns_alone(practice, at_post):
    practice.claims(1)
    (theirs,) = practice.claims(1, by=practice.colleague)
    at_post.sent()
    with practice.at_work(practice.colleague) as keyring:
        practice.post(keyring, practice.colleague).sent()
    at_post.take(told(number_of(theirs), ("198", 2100, 1050)))
    at_post.take(told(number_of(theirs), ("198", 2100, 1050), edition="BIS"))
    at_post.take(told(99_00001, ("198", 2100, 2100)))
    at_post.take(b"no return")
    named, unknown = returns.to_treat()
    assert [line.pk for line in returns.to_treat(practice.doctor.practitioner_id)] == [unknown.pk]
    with pytest.raises(Refused, match="autre praticien"):
        returns.dismiss(author=practice.doctor, line_id=named.pk, how="seen")
    for line in (named, unknown):
        with pytest.raises(Refused, match="autre praticien"):
            returns.attach(**at_post.asked, line_id=line.pk, number=theirs.number)
    bad = Return.objects.exclude(trouble="").get()
    with pytest.raises(Refused, match="au secrétariat"):
        returns.dismiss(author=practice.colleague, line_id=unknown.pk, how="seen")
    with pytest.raises(Refused, match="au secrétariat"):
        returns.dismiss_file(author=practice.colleague, return_id=bad.pk)
    assert not ReturnLine.objects.exclude(treated_at=None).exists() and Payment.objects.count() == 1
    returns.dismiss_file(author=practice.secretary, return_id=bad.pk)
    returns.dismiss(author=practice.secretary, line_id=unknown.pk, how="seen")
    returns.dismiss(author=practice.colleague, line_id=named.pk, how="asked")
    assert returns.to_treat() == [] and Return.objects.get(pk=bad.pk).treated_at


def test_the_queue_shows_each_practitioner_their_own(practice, at_post, browser):
    (theirs,) = practice.claims(1, by=practice.colleague)
    with practice.at_work(practice.colleague) as keyring:
        practice.post(keyring, practice.colleague).sent()
    for edition in ("", "BIS"):
        at_post.take(told(number_of(theirs), ("198", 2100, 1050), edition=edition))
    assert "À rapprocher (0)" in text(browser.get("/teletransmission/retours/"))
    page = text(practice.client(practice.colleague).get("/teletransmission/retours/"))
    assert "À rapprocher (1)" in page and "déjà dite" in page and "Compter quand même" in page


def test_only_who_may_put_a_file_away_is_offered_to(practice, at_post):
    at_post.take(b"no return")
    at_post.take(told(99_00001, ("198", 2100, 2100)))

    def offered(person) -> tuple[bool, bool]:
        page = text(practice.client(person).get("/teletransmission/retours/"))
        return "Vu : demandé de nouveau" in page, "Ce qui a été fait" in page

    assert offered(practice.colleague) == (False, False)
    assert offered(practice.secretary) == offered(practice.doctor) == (True, True)
