"""A justified gap needs a motive, a measure and a review day; it never turns into « met » (R2.6)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from serment.conformity import services
from serment.conformity.models import Justification

ADDRESS = "/conformite/justifier/R6_3/"


def line(cabinet, code: str) -> services.Line:
    with cabinet.at_work(cabinet.doctor):
        return next(found for found in services.lines() if found.requirement.id == code)


def test_all_three_are_asked_for(cabinet):
    browser = cabinet.client(cabinet.doctor)
    soon = f"{timezone.localdate() + timedelta(days=90):%Y-%m-%d}"
    for given in (
        {"measure": "déclaration sur papier", "review_on": soon},
        {"motive": "pas encore dans le logiciel", "review_on": soon},
        {"motive": "pas encore dans le logiciel", "measure": "papier", "review_on": "2020-01-01"},
    ):
        assert browser.post(ADDRESS, given).status_code == 422
    with cabinet.at_work(cabinet.doctor):
        assert Justification.objects.count() == 0


def test_it_shows_and_stays_not_met_and_ends_with_its_review_day(cabinet):
    browser = cabinet.client(cabinet.doctor)
    day = timezone.localdate() + timedelta(days=90)
    given = {"motive": "rare ici", "measure": "déclaration sur papier", "review_on": f"{day:%Y-%m-%d}"}
    assert browser.post(ADDRESS, given).status_code == 302
    found = line(cabinet, "R6.3")
    assert (found.state, found.label) == (services.NOT_MET, "écart justifié")
    assert "déclaration sur papier" in browser.get("/conformite/").content.decode()
    with cabinet.at_work(cabinet.doctor):
        Justification.objects.update(review_on=timezone.localdate() - timedelta(days=1))
    assert line(cabinet, "R6.3").gap is None
    assert line(cabinet, "R2.6").state == services.NOT_MET
