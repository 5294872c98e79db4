"""Sheets signed, put in lots, sent, settled by their return; a crash anywhere neither loses nor doubles one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from serment.billing import services as billing
from serment.billing.models import Claim, Payment
from serment.formats.fse import b2
from serment.patients.payloads import Coverage
from serment.patients.services import update_patient
from serment.practice.models import Practice
from serment.retention import holds, purges
from serment.transmission import lots, returns, sending, signing, states, treating
from serment.transmission.insured import Refused
from serment.transmission.models import Lot, Return, Sheet, SheetEvent
from tests.transmission.conftest import NIR, states_now


def purge(day: date) -> int:
    return purges.run(purges.PURGES["doubles"], day)


def without_fund(practice, keyring) -> None:
    update_patient(
        keyring=keyring,
        author=practice.doctor,
        patient_id=practice.insured.pk,
        version=1,
        identity=None,
        coverage=Coverage(nir=NIR),
    )


def test_the_whole_way(practice, at_post):
    practice.claims(12)
    (lot,) = at_post.sent()
    assert (lot.state, lot.sheets_count, lot.amo_cents, lot.centre) == ("acknowledged", 12, 12 * 2100, "0000")
    found = b2.read(lots.content(at_post.asked["keyring"], lot))
    assert (found.invoices, found.amo) == (12, 25200)
    (back,) = at_post.fetch()
    assert (back.matched, back.trouble) == (12, "")
    by_state = {s.claim.number[-2:]: s.state for s in Sheet.objects.select_related("claim")}
    assert by_state["07"] == "rejected" and by_state["11"] == "part_paid" and by_state["01"] == "paid"
    paid = sum(Payment.objects.values_list("amount_cents", flat=True))
    assert paid == back.paid_cents == back.practice_cents == 10 * 2100 + 1050
    assert at_post.fetch() == [], "read once"
    assert Payment.objects.count() == 11


def test_a_sheet_tells_its_story_in_order(practice, at_post):
    practice.claims(7)
    at_post.sent()
    at_post.fetch()
    sheet = Sheet.objects.get(state="rejected")
    treating.recycle(**at_post.whole, sheet_id=sheet.pk)
    for lot in at_post.prepare():
        at_post.send(lot)
    at_post.fetch()
    treating.close(author=practice.doctor, sheet_id=sheet.pk, reason="paid")
    told = SheetEvent.objects.filter(sheet=sheet).order_by("at", "pk")
    assert [event.state for event in told] == [
        "established",
        "signed",
        "in_lot",
        "sent",
        "acknowledged",
        "rejected",
        "corrected",
        "signed",
        "in_lot",
        "sent",
        "acknowledged",
        "paid",
        "closed",
    ]
    assert Sheet.objects.get(pk=sheet.pk).tries == 2, "the frontal takes a corrected sheet"
    with pytest.raises(states.Forbidden):
        treating.recycle(**at_post.whole, sheet_id=sheet.pk)


@pytest.mark.parametrize("number", [7, 11])
def test_what_is_rejected_or_paid_in_part_is_closed_with_a_reason(practice, at_post, number):
    practice.claims(number)
    at_post.sent()
    at_post.fetch()
    sheet = Sheet.objects.get(claim__number__endswith=f"{number:02d}")
    with pytest.raises(Refused, match="pourquoi"):
        treating.close(author=practice.doctor, sheet_id=sheet.pk, reason="tired")
    assert treating.close(author=practice.doctor, sheet_id=sheet.pk, reason="patient_pays").state == "closed"
    assert SheetEvent.objects.filter(sheet=sheet, state="closed", why="patient_pays").count() == 1


def test_paid_sheets_are_put_away_the_next_day(practice, at_post):
    practice.claims(2)
    at_post.sent()
    at_post.fetch()
    assert treating.close_paid(author=practice.doctor) == 0
    Sheet.objects.update(updated_at=timezone.now() - timedelta(days=2))
    assert treating.close_paid(author=practice.doctor) == 2 and states_now() == {"closed"}


def test_what_is_missing_is_said_with_its_field(practice, at_post):
    practice.claims(1)
    without_fund(practice, at_post.asked["keyring"])
    done = at_post.sign_all()
    assert done.count == 0 and "Organisme absent" in done.left[0][1]


def test_a_sheet_whose_patient_lost_their_fund_waits_alone(practice, at_post):
    practice.claims(2)
    at_post.sign_all()
    without_fund(practice, at_post.asked["keyring"])
    assert at_post.prepare() == []
    assert states_now() == {"signed"}


def test_a_cancelled_claim_never_leaves_and_one_that_left_is_not_cancelled(practice, at_post):
    first, second = practice.claims(2)
    at_post.sign_all()
    billing.cancel_claim(author=practice.doctor, claim_id=first.pk)
    (lot,) = at_post.prepare()
    assert lot.sheets_count == 1
    with pytest.raises(billing.Refused, match="partie"):
        billing.cancel_claim(author=practice.doctor, claim_id=second.pk)


def test_a_sheet_is_cancelled_before_it_is_sent_alone(practice, at_post):
    practice.claims(2)
    at_post.sign_all()
    first, second = Sheet.objects.order_by("pk")
    given = {"author": practice.doctor, "practice": practice.practice}
    assert signing.cancel(**given, sheet_id=first.pk).state == "cancelled"
    (lot,) = at_post.prepare()
    with pytest.raises(states.Forbidden):
        signing.cancel(**given, sheet_id=second.pk)
    lots.undo(author=practice.doctor, lot_id=lot.pk)
    assert signing.cancel(**given, sheet_id=second.pk).state == "cancelled"
    assert at_post.sign_all().count == 0, "a cancelled sheet is not signed again by the button"
    assert Lot.objects.get().state == "undone" and at_post.prepare() == []


def test_a_practitioner_signs_sends_and_recycles_their_own_alone(practice, at_post):
    practice.claims(1)
    practice.claims(1, by=practice.colleague)
    assert at_post.sign_all().count == 1, "the colleague's is theirs to sign"
    theirs = Claim.objects.exclude(practitioner=practice.doctor.practitioner).get()
    with pytest.raises(Refused, match="autre praticien"):
        signing.sign(**at_post.whole, claim_id=theirs.pk)
    with practice.at_work(practice.colleague) as keyring:
        other = practice.post(keyring, practice.colleague)
        assert other.sign_all().count == 1
        (own,) = other.prepare()
    (mine,) = at_post.prepare()
    assert mine.practitioner_id != own.practitioner_id
    with pytest.raises(Refused, match="autre praticien"):
        at_post.send(own)
    Sheet.objects.filter(lot=own).update(state="rejected")
    with pytest.raises(Refused, match="autre praticien"):
        treating.recycle(**at_post.whole, sheet_id=Sheet.objects.get(lot=own).pk)


def test_claims_that_cannot_go_never_hold_back_the_others(practice, at_post, monkeypatch):
    claims = practice.claims(5)
    pages, sign = signing.unsigned, signing._sign
    monkeypatch.setattr(signing, "unsigned", lambda **given: pages(limit=2, **given))

    def some(keyring, author, practice, claim, *rest):
        if claim.pk in {claims[0].pk, claims[1].pk}:
            raise Refused("non")
        return sign(keyring, author, practice, claim, *rest)

    monkeypatch.setattr(signing, "_sign", some)
    done = at_post.sign_all()
    assert (done.count, [number for number, _ in done.left]) == (3, [claims[0].number, claims[1].number])


@pytest.mark.parametrize("where", ["signing", "prepare", "after_deposit", "acknowledging", "settlement"])
def test_a_crash_neither_loses_nor_doubles(practice, at_post, frontal, monkeypatch, where):
    practice.claims(5)

    class Killed(BaseException):
        pass

    place = {
        "signing": (signing, "_signed"),
        "prepare": (lots, "move_all"),
        "after_deposit": (sending, "_sent"),
        "acknowledging": (sending, "acknowledge"),
        "settlement": (returns, "_settle"),
    }[where]
    real, seen = getattr(*place), []

    def third(*args, **given):
        seen.append(1)
        if len(seen) >= (3 if where in ("signing", "settlement") else 1):
            raise Killed
        return real(*args, **given)

    def everything() -> None:
        at_post.sign_all()
        sending.send_due(**at_post.whole)
        for lot in Lot.objects.filter(state="sent"):
            sending.acknowledge(lot_id=lot.pk, author=None)
        at_post.fetch()

    with monkeypatch.context() as broken:
        broken.setattr(*place, third)
        with pytest.raises(Killed):
            everything()
    if where == "settlement":
        assert Payment.objects.count() == 0 and Return.objects.count() == 0, "all of a return or nothing"
    everything()
    everything()
    assert Payment.objects.count() == 5 and states_now() == {"paid"}
    assert Sheet.objects.count() == 5 and Lot.objects.count() == 1
    assert len(list(frontal.folder.glob("*.json"))) == 1


def test_doubles_leave_after_three_months_and_amounts_stay(practice, at_post):
    practice.claims(7)
    (lot,) = at_post.sent()
    at_post.fetch()
    far = timezone.localdate() + timedelta(days=100)
    assert purge(timezone.localdate() + timedelta(days=85)) == 0
    assert purge(far) == 1, "the return; the lot waits for its rejected sheet"
    assert Sheet.objects.filter(seal__isnull=False).count() == 1, "and so does that sheet's own double"
    Sheet.objects.filter(state="rejected").update(state="closed")
    held = holds.place(author=practice.doctor, reason="litigation", patient=practice.insured)
    assert purge(far) == 0, "a motivated hold keeps it"
    held.delete()
    assert purge(far) == 1
    assert Sheet.objects.filter(seal__isnull=False).count() == 0
    with pytest.raises(Refused, match="trois mois"):
        lots.content(at_post.asked["keyring"], Lot.objects.get(pk=lot.pk))
    assert Claim.objects.count() == 7 and Payment.objects.count() == 6


def test_only_numbers_and_sums_reach_the_simulated_frontal(practice, at_post, frontal):
    practice.claims(2)
    at_post.sent()
    text = "".join(path.read_text() for path in frontal.folder.glob("*.json"))
    assert NIR not in text and NIR[:13] not in text and "KERBRAT" not in text.upper()


def test_a_real_practice_never_meets_the_simulator(practice, at_post):
    """It would write payments that no fund ever made."""
    (claim,) = practice.claims(1)
    Practice.objects.filter(pk=practice.practice.pk).update(is_demo=False)
    real = {**at_post.whole, "practice": Practice.objects.get(pk=practice.practice.pk)}
    with pytest.raises(Refused, match="moteur homologué"):
        signing.sign(**real, claim_id=claim.pk)
    for verb in (sending.send_due, returns.fetch):
        with pytest.raises(Refused, match="Aucun transport"):
            verb(**real)
    assert signing.hand_on_paper(**real, claim_id=claim.pk).state == "paper"
    assert Return.objects.count() == 0 and Lot.objects.count() == 0
