"""Accounts leave by their own rule: rows go, sums stay, and what must wait waits (R7.1, R7.7, R7.8)."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from serment.billing import closing, ending, services
from serment.billing.models import Allocation, Claim, EndedYear, Payment, TillClosing
from serment.billing.payloads import ActLine
from serment.journal.models import Event
from serment.retention import holds, purges, upkeep

TODAY = date(2026, 11, 25)
LIMIT = date(2016, 11, 25)
"""Ten years before: the accounts of 2015 have ended, those of 2016 have not."""


def moment(year: int) -> datetime:
    return timezone.make_aware(datetime(year, 12, 31, 10))


@pytest.fixture
def made(cabinet):
    """``made("k", 2015, paid=2016)``: a claim of 30 € of a year, paid in another (0: not paid)."""
    patient = cabinet.patient()

    def make(key: str, year: int, paid: int, *, back: int = 0, patient_id: int = patient.pk) -> Claim:
        with cabinet.at_work(cabinet.doctor) as keyring:
            claim = services.establish_claim(
                keyring=keyring,
                author=cabinet.doctor,
                practitioner=cabinet.doctor.practitioner,
                patient_id=patient_id,
                lines=[ActLine(code="G", label="consultation", amount_cents=3000)],
                request_key=f"c{key}",
            )
            Claim.objects.filter(pk=claim.pk).update(
                established_on=date(year, 12, 31), number=f"{year}-{key}"
            )
            if paid:
                given = {"author": cabinet.doctor}
                row = services.take_payment(
                    **given, claim_id=claim.pk, amount_cents=3000, mode="card", request_key=f"p{key}"
                )
                _date(row.pk, paid)
                if back:
                    _date(services.reverse_payment(**given, payment_id=row.pk).pk, back)
        return claim

    return make


def _date(pk: int, year: int) -> None:
    Payment.objects.filter(pk=pk).update(received_at=moment(year))
    Allocation.objects.filter(payment_id=pk).update(made_at=moment(year))


def numbers(cabinet) -> set[str]:
    with cabinet.at_work(cabinet.doctor):
        return set(Claim.objects.values_list("number", flat=True))


def test_a_year_goes_whole_and_its_sums_stay_exact(cabinet, made):
    made("a", 2015, 2015), made("b", 2015, 0), made("c", 2014, 2015, back=2015), made("d", 2016, 2016)
    with cabinet.at_work(cabinet.doctor):
        before = ending.ended(LIMIT)
        assert before.count == 3 + 3
        assert ending.end(before) == 6
        assert [row.number for row in Claim.objects.all()] == ["2016-d"] and Payment.objects.count() == 1
        rows = {row.year: row for row in EndedYear.objects.all()}
        assert (rows[2015].receipts, rows[2015].payments, rows[2015].claims) == ({"card": 3000}, 3, 2)
        assert (rows[2015].claimed_cents, rows[2014].claimed_cents, rows[2014].total_cents) == (6000, 3000, 0)
        assert ending.ended(LIMIT).count == 0


def test_what_is_tied_to_a_later_year_stays_with_it(cabinet, made):
    made("late", 2015, 2016), made("back", 2015, 2015, back=2016), made("gone", 2015, 2015)
    with cabinet.at_work(cabinet.doctor):
        ending.end(ending.ended(LIMIT))
    assert numbers(cabinet) == {"2015-late", "2015-back"}
    with cabinet.at_work(cabinet.doctor):
        assert Payment.objects.count() == 3
        ending.end(ending.ended(date(2017, 1, 1)))
        assert not Claim.objects.exists() and not Payment.objects.exists() and not Allocation.objects.exists()
        assert {row.year: row.total_cents for row in EndedYear.objects.all()} == {2015: 6000, 2016: 0}


def test_payments_of_an_archived_patient_go_by_their_own_term(cabinet, made):
    """Their claims left with the file at five years: the accounts kept the payments alone."""
    claim = made("x", 2015, 2015)
    with cabinet.at_work(cabinet.doctor):
        Allocation.objects.filter(claim=claim).delete()
        Claim.objects.filter(pk=claim.pk).delete()
        assert ending.end(ending.ended(LIMIT)) == 1 and not Payment.objects.exists()
        assert EndedYear.objects.get().receipts == {"card": 3000}


def test_a_hold_keeps_the_accounts_of_its_patient(cabinet, made):
    other = cabinet.patient(birth_family_name="Retenu")
    made("free", 2015, 2015), made("held", 2015, 2015, patient_id=other.pk)
    with cabinet.at_work(cabinet.doctor):
        held = holds.place(author=cabinet.doctor, reason="litigation", patient=other)
    page = cabinet.client(cabinet.doctor).get("/durees/").content.decode()
    assert "Factures et encaissements d’exercices anciens" in page
    row = upkeep.run(TODAY)
    assert row.ok and row.counts["accounts"] == 2 and numbers(cabinet) == {"2015-held"}
    with cabinet.at_work(cabinet.doctor):
        event = Event.objects.get(action="retention.purged", details__what="accounts")
        assert event.details["rows"] == 2 and event.actor_id is None
        holds.lift(author=cabinet.doctor, hold_id=held.pk)
    assert upkeep.run(TODAY).counts["accounts"] == 2
    page = cabinet.client(cabinet.doctor).get("/durees/").content.decode()
    assert "60,00" in page and "2015" in page, "what remains is shown"


def test_a_closing_ends_with_its_year(cabinet, made):
    made("a", 2015, 2015), made("b", 2016, 2016)
    with cabinet.at_work(cabinet.doctor) as keyring:
        for day in (date(2015, 12, 31), date(2016, 12, 31)):
            closing.close(
                keyring=keyring, author=cabinet.doctor, practitioner=cabinet.doctor.practitioner, day=day
            )
        ending.end(ending.ended(LIMIT))
        assert [row.day.year for row in TillClosing.objects.all()] == [2016]
        assert all(good for _, good in closing.holding(TillClosing.objects.all()))


def test_counting_asks_the_same_queries_for_any_number(cabinet, made):
    counts = []
    for keys in ("ab", "cdefgh"):
        for key in keys:
            made(key, 2015, 2015)
        with cabinet.at_work(cabinet.doctor), CaptureQueriesContext(connection) as asked:
            purges.PURGES["accounts"].count(timezone.make_aware(datetime(2016, 11, 25)))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8
