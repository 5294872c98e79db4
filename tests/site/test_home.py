"""« Ma journée »: what waits is what each room registered, the pressing first, and only what the person may do."""

from __future__ import annotations

from types import SimpleNamespace

from django.urls import reverse

from serment.access import desk
from serment.record import drafts


def test_urgent_lines_come_first_then_by_order(monkeypatch) -> None:
    monkeypatch.setattr(desk, "_sources", [])
    desk.register(
        lambda request: [desk.Waiting("plus tard", "/", order=60), desk.Waiting("bientôt", "/", order=10)]
    )
    desk.register(lambda request: [desk.Waiting("tout de suite", "/", urgent=True, order=90)])
    found = [item.text for item in desk.waiting_for(SimpleNamespace())]
    assert found == ["tout de suite", "bientôt", "plus tard"]


def test_a_consultation_begun_is_named_to_its_author_alone(cabinet) -> None:
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor):
        drafts.save(
            person=cabinet.doctor, patient_id=patient.pk, data={"reason": ["Toux"]}, page="a", opened=None
        )
    mine = cabinet.client(cabinet.doctor).get(reverse("site:home")).content.decode()
    assert "Consultation à signer" in mine
    assert "LESTRANGE" in mine
    assert "Toux" not in mine
    for other in (cabinet.colleague, cabinet.secretary):
        assert "Consultation à signer" not in cabinet.client(other).get(reverse("site:home")).content.decode()


def test_the_practice_s_duties_are_for_whoever_answers_for_it(cabinet) -> None:
    late = "Sauvegarde à faire"
    assert late in cabinet.client(cabinet.doctor).get(reverse("site:home")).content.decode()
    assert late not in cabinet.client(cabinet.secretary).get(reverse("site:home")).content.decode()


def test_the_page_costs_the_same_whatever_waits(cabinet, django_assert_max_num_queries) -> None:
    client = cabinet.client(cabinet.doctor)
    client.get(reverse("site:home"))
    with django_assert_max_num_queries(33):
        client.get(reverse("site:home"))
