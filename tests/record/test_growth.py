"""Growth against the WHO's standards: known points, a z-score and back, curves in order."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.record import growth
from serment.vault.ids import encode
from serment.vault.marks import mark

BORN = date(2024, 1, 1)


@pytest.mark.parametrize(
    ("measure", "sex", "months", "median"),
    [
        ("weight", "M", 0, 3.3464),
        ("weight", "F", 0, 3.2322),
        ("height", "M", 0, 49.8842),
        ("height", "F", 24, 86.4153),
        ("head", "M", 0, 34.4618),
        ("weight", "M", 24, 12.1515),
    ],
)
def test_medians_are_the_standards(measure, sex, months, median):
    found = growth.lms(measure, sex, months)
    assert found.median == median and found.z(median) == pytest.approx(0)


@given(
    st.sampled_from(["weight", "height", "head"]),
    st.sampled_from("FM"),
    st.floats(0, 60),
    st.floats(-3, 3),
)
def test_a_value_and_its_z_score_go_back_and_forth(measure, sex, months, z):
    at = growth.lms(measure, sex, months)
    assert at.z(at.value(z)) == pytest.approx(z, abs=1e-6)


def test_the_place_is_said_in_words():
    at = growth.lms("weight", "M", growth.months_at(BORN, date(2025, 1, 1)))
    assert growth.place("weight", "M", BORN, date(2025, 1, 1), at.median).text.startswith(
        "50e percentile (0,00"
    )
    assert growth.place("weight", "M", BORN, date(2025, 1, 1), 2.0).text.startswith("sous le 1er")
    assert growth.place("weight", "U", BORN, date(2025, 1, 1), 9) is None
    assert growth.place("head", "M", date(2000, 1, 1), date(2025, 1, 1), 55) is None


def test_curves_are_in_order_by_age_and_end_with_the_figure():
    drawn = growth.curves("height", "F", 24)
    ends = [curve["points"][-1][1] for curve in drawn]
    assert [curve["tag"] for curve in drawn] == ["3", "15", "50", "85", "97"] and ends == sorted(ends)
    assert all(curve["points"][0][0] == 0 and curve["points"][-1][0] == 24 for curve in drawn)
    assert growth.curves("height", "U", 24) == []


def test_a_figure_is_as_long_as_the_age_wants():
    assert [growth.window(months) for months in (0, 12, 12.5, 30, 61, 300)] == [12, 12, 24, 60, 120, 228]


def test_the_page_of_a_child_has_its_curves_and_an_adults_has_not(cabinet):
    child = cabinet.patient(
        birth_family_name="Petit", birth_date=date.today().replace(year=date.today().year - 2)
    )
    adult = cabinet.patient(birth_family_name="Grand", birth_date=date(1980, 1, 1))
    browser = cabinet.client(cabinet.doctor)
    for patient, wanted in ((child, True), (adult, False)):
        base = f"/patients/{encode(patient.pk)}/dossier/"
        assert (
            browser.post(
                f"{base}ajouter/{mark('measure')}/", {"m_weight": "12,1", "confirm_unusual": "1"}
            ).status_code
            == 302
        )
        assert ("percentile (OMS)" in browser.get(f"{base}mesures/").content.decode()) is wanted


@pytest.mark.parametrize(("sex", "standing"), [("F", 85.7153), ("M", 87.1161)])
def test_nothing_is_interpolated_across_lying_and_standing(sex, standing):
    """Just after 24 months a child stands, 0.7 cm shorter: 0,2 écart-type that the child did not lose."""
    before, after = growth.lms("height", sex, 24), growth.lms("height", sex, 24.01)
    assert after.median == pytest.approx(standing, abs=0.02)
    assert before.value(1) - before.median == pytest.approx(after.value(1) - after.median, abs=0.02)
    middle = growth.lms("height", sex, 24.5).median
    assert middle == pytest.approx((after.median + growth.lms("height", sex, 25).median) / 2, abs=0.02)
    weight = [growth.lms("weight", sex, months).median for months in (24, 24.01)]
    assert weight[1] - weight[0] == pytest.approx(0, abs=0.01), "a weight has no step"
    assert growth.lms("bmi", sex, 24.01).median > growth.lms("bmi", sex, 24).median + 0.2


@pytest.mark.parametrize("until", [60, 120, 228])
def test_the_curves_have_every_month_of_the_first_two_years(until):
    months = [point[0] for point in growth.curves("bmi", "F", until)[2]["points"]]
    assert months[:25] == list(range(25)) and months == sorted(set(months)) and months[-1] == until
    assert 24.01 in months and 24.01 not in [p[0] for p in growth.curves("weight", "F", until)[0]["points"]]


def test_a_value_at_the_median_has_no_sign():
    assert growth.Place(z=-0.004, percentile=50).text == "50e percentile (0,00 écart-type)"
    assert growth.Place(z=-0.25, percentile=40).text == "40e percentile (−0,25 écart-type)"
