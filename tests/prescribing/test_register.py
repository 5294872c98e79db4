"""The register of ordonnances: what its filters refuse is said beside the field, and what was typed stays."""

from __future__ import annotations

import pytest

from tests.prescribing.test_treatments import page_of, patient  # noqa: F401

PLACE = "/ordonnances/registre/"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"du": "2026-02-31"}, "« 2026-02-31 » n’est pas une date"),
        ({"au": "hier"}, "« hier » n’est pas une date"),
        ({"au": "9999-12-31"}, "entre 2000 et 2100"),
        ({"du": "0001-01-01"}, "entre 2000 et 2100"),
        ({"du": "2026-11-20", "au": "2026-11-10"}, "La fin précède le début"),
    ],
)
def test_a_date_that_cannot_be_is_said_at_its_field(cabinet, patient, asked, said):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    assert client.post(page_of(patient), {"free": "Repos trois jours"}).status_code == 302
    page = client.get(PLACE, asked).content.decode()
    assert said in page and page.count("aria-invalid") == 1
    assert "Repos trois jours" not in page, "no list that would pass for the filtered one"
    field = page[page.index('aria-invalid="true"') - 200 : page.index('aria-invalid="true"') + 200]
    assert f'name="{"au" if "au" in asked else "du"}"' in field


def test_a_period_is_read(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    assert client.post(page_of(patient), {"free": "Repos trois jours"}).status_code == 302
    page = client.get(PLACE, {"du": "2000-01-01", "au": "2100-01-01"}).content.decode()
    assert "Repos trois jours" in page and "aria-invalid" not in page
    assert 'value="2000-01-01"' in page
