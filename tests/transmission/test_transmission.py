"""Sheets signed, put in lots, sent, settled by their return; a crash anywhere neither loses nor doubles one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from serment.billing import services as billing
from serment.billing.models import Claim, Payment
from serment.formats.fse import b2
from serment.patients.payloads import Coverage
from serment.patients.services import update_patient
from serment.practice.models import Practice
from serment.retention import holds, purges
from serment.transmission import deadlines, lots, returns, sending, signing, states, treating
from serment.transmission.insured import Refused
from serment.transmission.models import Lot, Return, ReturnLine, Sheet, SheetEvent
from tests.transmission.conftest import NIR


def states_now() -> set[str]:
    return set(Sheet.objects.values_list("state", flat=True))


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


def test_a_lot_that_may_have_been_received_is_not_undone(practice, at_post, frontal):
    practice.claims(1)
    frontal.behave("down")
    with pytest.raises(Refused):
        at_post.sent()
    with pytest.raises(Refused, match="a pu être reçu"):
        lots.undo(author=practice.doctor, lot_id=Lot.objects.get().pk)


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


def test_lots_stay_within_their_size_and_their_queries(practice, at_post, monkeypatch):
    monkeypatch.setattr(lots, "LOT_SIZE", 4)
    practice.claims(9)
    at_post.sign_all()
    assert [lot.sheets_count for lot in at_post.prepare()] == [4, 4, 1]
    monkeypatch.setattr(lots, "LOT_SIZE", 100)
    counts = []
    for count in (3, 40):
        practice.claims(count)
        at_post.sign_all()
        with CaptureQueriesContext(connection) as seen:
            at_post.prepare()
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_network_that_is_down_keeps_the_lot_and_waits_longer_each_time(practice, at_post, frontal):
    practice.claims(2)
    frontal.behave("down")
    with pytest.raises(Refused, match=r"ne répond pas.*1 min"):
        at_post.sent()
    lot = Lot.objects.get()
    assert (lot.state, lot.tries) == ("prepared", 1) and lot.next_try_at > timezone.now()
    assert sending.send_due(**at_post.whole) == (0, []), "its time has not come"
    with pytest.raises(Refused, match="5 min"):
        at_post.send(lot)
    frontal.behave("")
    assert at_post.send(lot).state == "acknowledged"
    assert Lot.objects.get().trouble == ""


def test_a_lot_that_is_refused_is_kept_and_may_be_sent_again_or_undone(practice, at_post, frontal):
    practice.claims(1)
    frontal.behave("refuses")
    at_post.sign_all()
    gone, troubles = sending.send_due(**at_post.whole)
    assert gone == 0 and "refuse le lot" in troubles[0]
    lot = Lot.objects.get()
    assert lot.state == "refused" and sending.progress().stuck == 1
    frontal.behave("")
    assert at_post.send(lot).state == "acknowledged"


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
        assert [line.trouble for line in returns.to_treat()] == ["settled"] * 3
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


def test_working_days_skip_sundays_and_holidays_of_the_place():
    assert deadlines.working_day(date(2026, 11, 9), 3) == date(2026, 11, 13), "the eleventh is a holiday"
    assert deadlines.working_day(date(2026, 11, 20), 3) == date(2026, 11, 24)
    assert deadlines.place_of("97440") == "974" and deadlines.place_of("67000") == "6AE"
    assert deadlines.place_of("97133") == "BL" and deadlines.place_of("35000") == ""
    before = date(2026, 12, 18)
    assert deadlines.working_day(before, 2, "974") == date(2026, 12, 21), "the nineteenth counts"
    assert deadlines.working_day(date(2026, 12, 19), 1, "974") == date(2026, 12, 21), (
        "the twentieth, a Sunday, is the abolition of slavery in La Réunion"
    )
    assert deadlines.working_day(date(2025, 12, 25), 1, "6AE") == date(2025, 12, 27), "Saint Stephen"
    assert deadlines.working_day(date(2025, 12, 25), 1) == date(2025, 12, 26)


def test_deadlines_are_seen_before_they_pass(practice, at_post):
    practice.claims(2)
    today = timezone.localdate()
    assert deadlines.watch(practice.practice) == deadlines.Watched(0, 0)
    at_post.sign_all()
    Sheet.objects.update(due_on=today)
    assert deadlines.watch(practice.practice) == deadlines.Watched(0, 2)
    Sheet.objects.update(due_on=today - timedelta(days=1))
    assert deadlines.watch(practice.practice, practice.doctor.practitioner_id).late == 2
    assert deadlines.watch(practice.practice, practice.colleague.practitioner_id).late == 0
    Sheet.objects.all().delete()
    Claim.objects.update(established_on=today - timedelta(days=20))
    assert deadlines.watch(practice.practice).late == 2, "what was never signed is late too"


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
