"""What belongs to a pregnancy is not offered to a man; to a woman it is, and where the sex is not known."""

from __future__ import annotations

from datetime import date

import pytest

from serment.vault.marks import mark
from serment.vault.paths import path


@pytest.mark.parametrize(("sex", "offered"), [("M", False), ("F", True), ("U", True)])
def test_a_pregnancy_is_offered_where_it_can_be(cabinet, sex, offered):
    client = cabinet.client(cabinet.doctor)
    adult = cabinet.patient(birth_family_name="Adulte", birth_date=date(1990, 1, 1), sex=sex)

    def page(name, *more):
        return client.get(path(name, adult.pk, *more)).content.decode()

    assert ("+ Grossesse" in page("record:open")) is offered
    assert (">Grossesse<" in page("record:prevention")) is offered
    consultation = page("record:consultation")
    assert (
        "Grossesse\u00a0: consultation" in consultation or "Grossesse : consultation" in consultation
    ) is offered
    assert ("Hauteur utérine" in consultation) is offered
    assert ("Hauteur utérine" in page("record:add", "measure")) is offered
    order = client.get(f"{path('prescribing:order', adult.pk)}?nature={mark('imaging')}").content.decode()
    assert ('name="pregnancy"' in order) is offered
    assert "Motif et question posée" in order


def test_a_measure_is_still_written_for_a_man_and_an_old_draft_is_shown(cabinet):
    client = cabinet.client(cabinet.doctor)
    man = cabinet.patient(birth_family_name="Adulte", sex="M")
    assert client.post(path("record:add", man.pk, "measure"), {"m_weight": "72"}).status_code == 302
    client.get(path("record:consultation", man.pk))
    data = {"m_fundal_height": "25", "page": "p", "opened": "2020-01-01T00:00:00+00:00"}
    client.post(path("record:draft", man.pk), data)
    assert "Hauteur utérine" in client.get(path("record:consultation", man.pk)).content.decode()
