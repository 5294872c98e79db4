"""Lots: numbered without a gap, kept whatever the network says, taken apart only while nobody can have them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from serment.billing.models import Counter
from serment.journal.models import Event
from serment.transmission import lots, sending
from serment.transmission.insured import Refused
from serment.transmission.models import Lot, Sheet
from tests.transmission.conftest import states_now


def test_a_lot_that_may_have_been_received_is_not_undone(practice, at_post, frontal):
    practice.claims(1)
    frontal.behave("down")
    with pytest.raises(Refused):
        at_post.sent()
    with pytest.raises(Refused, match="a pu être reçu"):
        lots.undo(author=practice.doctor, lot_id=Lot.objects.get().pk)


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


def told(action: str) -> int:
    return Event.objects.filter(action=action).count()


def test_a_refusal_is_told_once_in_the_journal_and_loses_no_sheet(practice, at_post, frontal):
    practice.claims(2)
    frontal.behave("refuses")
    with pytest.raises(Refused, match="refuse le lot"):
        at_post.sent()
    lot = Lot.objects.get()
    assert (lot.state, lot.next_try_at, told("fse.refused_simulated")) == ("refused", None, 1)
    lots.undo(author=practice.doctor, lot_id=lot.pk)
    assert states_now() == {"signed"} and told("fse.undone") == 1


def test_a_lot_sent_once_stays_sent_whatever_its_second_try_meets(practice, at_post, frontal, monkeypatch):
    """It may have been received the first time: taken apart, its sheets would be paid twice."""
    practice.claims(2)
    at_post.sign_all()
    (lot,) = at_post.prepare()
    sending._sent(lot.pk, practice.doctor)
    Lot.objects.update(sent_at=timezone.now() - sending.RESEND_AFTER - timedelta(hours=1))
    frontal.behave("refuses")
    with pytest.raises(Refused, match="refuse le lot"):
        at_post.send(lot)
    lot.refresh_from_db()
    assert lot.state == "sent" and "refus simulé" in lot.trouble and states_now() == {"sent"}
    assert told("fse.refused_simulated") == 1
    with pytest.raises(Refused, match="a pu être reçu"):
        lots.undo(author=practice.doctor, lot_id=lot.pk)
    Lot.objects.update(state=Lot.State.REFUSED)
    with pytest.raises(Refused, match="ne se défait plus"):
        lots.undo(author=practice.doctor, lot_id=lot.pk)
    assert states_now() == {"sent"} and Sheet.objects.filter(lot=lot).count() == 2


def test_what_stops_while_a_refusal_is_written_leaves_the_lot_as_it_was(
    practice, at_post, frontal, monkeypatch
):
    practice.claims(1)
    frontal.behave("refuses")
    at_post.sign_all()
    (lot,) = at_post.prepare()

    def stop(*args, **given):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(sending.journal, "record", stop)
        with pytest.raises(KeyboardInterrupt):
            at_post.send(lot)
    lot.refresh_from_db()
    assert (lot.state, lot.trouble) == ("prepared", "")


def test_lots_are_numbered_by_a_series_that_a_failed_preparation_gives_back(practice, at_post, monkeypatch):
    practice.claims(2)
    at_post.sign_all()

    def stop(*args, **given):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(lots, "move_all", stop)
        with pytest.raises(KeyboardInterrupt):
            at_post.prepare()
    at_post.prepare()
    practice.claims(1)
    at_post.sign_all()
    at_post.prepare()
    assert list(Lot.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert Counter.objects.get(kind=Counter.Kind.LOT).last == 2
