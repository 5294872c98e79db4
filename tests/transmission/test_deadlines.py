"""The last day to send a sheet, by the holidays of the place, seen before it passes."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from serment.billing.models import Claim
from serment.transmission import deadlines
from serment.transmission.models import Sheet


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
