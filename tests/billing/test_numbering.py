"""Numbers without a gap, each practitioner's own, and none used twice in the practice."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from serment.billing import numbering
from serment.billing.models import Claim, Counter
from serment.billing.refusal import Refused
from serment.transmission import files

YEAR = 2026


def numbers(practitioner, count: int) -> list[str]:
    return [numbering.claim_number(practitioner.pk, YEAR) for _ in range(count)]


def test_each_practitioner_has_a_series_without_a_gap(cabinet):
    first, other = cabinet.doctor.practitioner, cabinet.colleague.practitioner
    with cabinet.at_work(cabinet.doctor):
        assert numbers(first, 2) == ["2026-00001", "2026-00002"]
        assert numbers(other, 1) == ["2026-01-00001"]
        assert numbers(first, 1) == ["2026-00003"]
        assert numbers(other, 1) == ["2026-01-00002"]
        assert numbering.claim_number(other.pk, 2027) == "2027-01-00001"


def test_what_fails_gives_its_number_and_its_series_back(cabinet):
    other = cabinet.colleague.practitioner
    with cabinet.at_work(cabinet.doctor):
        numbers(cabinet.doctor.practitioner, 1)
        with transaction.atomic():
            assert numbers(other, 1) == ["2026-01-00001"]
            transaction.set_rollback(True)
        assert numbers(cabinet.outsider.practitioner, 1) == ["2026-01-00001"]
        assert numbers(other, 1) == ["2026-02-00001"]


def test_a_practice_of_before_goes_on_with_its_series(cabinet):
    with cabinet.at_work(cabinet.doctor):
        for _ in range(41):
            numbering.take(Counter.Kind.CLAIM, year=YEAR)
        assert numbers(cabinet.colleague.practitioner, 1) == ["2026-00042"]
        assert numbers(cabinet.doctor.practitioner, 1) == ["2026-01-00001"]


def test_a_hundred_series_are_refused_in_words(cabinet):
    with cabinet.at_work(cabinet.doctor):
        numbering.lock(Counter.Kind.SERIES)
        Counter.objects.filter(kind=Counter.Kind.SERIES).update(last=100)
        with pytest.raises(Refused, match="cent séries"), transaction.atomic():
            numbers(cabinet.doctor.practitioner, 1)


@pytest.mark.parametrize("number", ["2026-00001", "2026-99999", "2031-07-00042", "2099-99-99999"])
def test_a_fund_s_nine_digits_lead_back_to_the_claim(number):
    digits = f"{files.invoice_number(Claim(number=number)):09d}"
    assert len(digits) == 9 and files.claim_number(digits) == number


def test_no_two_claims_of_the_practice_share_a_number(cabinet):
    given = {"established_on": timezone.localdate(), "total_cents": 1, "practice_id": cabinet.practice.pk}
    with cabinet.at_work(cabinet.doctor):
        made = {*numbers(cabinet.doctor.practitioner, 3), *numbers(cabinet.colleague.practitioner, 3)}
    assert len(made) == 6 and len({files.invoice_number(Claim(number=n, **given)) for n in made}) == 6


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "take", [lambda pk: numbering.claim_number(pk, YEAR), lambda pk: numbering.take(Counter.Kind.LOT)]
)
def test_two_at_once_wait_for_each_other_and_take_two_numbers(cabinet, take):
    """A first claim of one practitioner by two hands, two lots prepared at once: no series, no number twice."""
    pk, begun, found = cabinet.colleague.practitioner_id, threading.Event(), []

    def other():
        try:
            begun.wait(10)
            with cabinet.at_work(cabinet.doctor), transaction.atomic():
                found.append(take(pk))
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    with cabinet.at_work(cabinet.doctor), transaction.atomic():
        first = take(pk)
        begun.set()
        thread.join(1)
        assert thread.is_alive(), "the second did not wait"
    thread.join(30)
    assert [first, *found] in (["2026-00001", "2026-00002"], [1, 2])
