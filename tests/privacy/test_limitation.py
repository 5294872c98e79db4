"""Article 18: a test tries every address. What is not spared by name, for a reason, is refused while data are frozen."""

from __future__ import annotations

import inspect

import pytest
from django.urls import URLPattern

from serment.journal.models import Event
from serment.privacy import limitation, requests
from serment.transmission import insured
from tests.test_walk import ALL, path_of, rule_of
from tests.world import World, build_world

NOT_A_PATIENT = {
    "protocol_id",
    "absence_id",
    "archive_id",
    "breach_id",
    "code",
    "edition_id",
    "comeback_id",
    "equipment_id",
    "hold_id",
    "intervention_id",
    "kind",
    "line_id",
    "lot_id",
    "model_id",
    "return_id",
    "set_id",
    "word_id",
    "number",
    "passkey_id",
    "person_id",
    "practitioner_id",
    "processor_id",
    "purpose",
    "requirement",
    "restriction_id",
    "run_id",
    "slip_id",
    "topic",
    "type_id",
}
"""What an address may name besides: a new one is put here, or in `limitation.SUBJECTS`."""


def about_a_patient(pattern: URLPattern) -> bool:
    return bool(set(pattern.pattern.converters) & set(limitation.SUBJECTS))


@pytest.fixture
def world(cabinet) -> World:
    return build_world(cabinet)


@pytest.fixture
def frozen(world) -> World:
    with world.cabinet.at_work(world.cabinet.doctor):
        requests.limit(author=world.cabinet.doctor, patient_id=world.ids["patient_id"])
        limitation.Incoming.objects.update(patient_id=world.ids["patient_id"])
    return world


def test_every_address_says_whether_it_leads_to_a_patient():
    named = {name for _, pattern in ALL for name in pattern.pattern.converters}
    assert named - set(limitation.SUBJECTS) <= NOT_A_PATIENT


def test_every_name_of_the_tables_exists():
    names = {name for name, _ in ALL}
    assert set(limitation.SPARED) | limitation.HANDS_OVER <= names


def test_every_change_is_refused_but_those_spared_by_name(frozen):
    client, tried = frozen.cabinet.client(frozen.cabinet.doctor), 0
    for name, pattern in ALL:
        if rule_of(pattern).kind != "permission" or not about_a_patient(pattern):
            continue
        if name in limitation.SPARED:
            continue
        response = client.post(path_of(name, pattern, frozen), {"anything": "1"})
        if response.status_code != 405:
            assert response.status_code == 409, f"{name}: {response.status_code}"
            tried += 1
    assert tried > 20


def test_every_paper_is_refused(frozen):
    """A view that answers with a file about a patient is spared by name or refused."""
    client = frozen.cabinet.client(frozen.cabinet.doctor)
    for name, pattern in ALL:
        if not about_a_patient(pattern) or rule_of(pattern).kind != "permission" or name in limitation.SPARED:
            continue
        if name in limitation.HANDS_OVER:
            sample = dict(frozen.ids, entry_id=frozen.ids["prescription"])
            response = client.get(path_of(name, pattern, World(frozen.cabinet, sample)))
            assert response.status_code == 409, name
            continue
        response = client.get(path_of(name, pattern, frozen))
        kind = response.get("Content-Type", "text/html")
        assert response.status_code == 405 or kind.startswith(("text/html", "application/json")), name
        source = inspect.getsource(inspect.unwrap(pattern.callback))
        assert "content_type=" not in source or response.status_code == 405, f"{name} makes a file: say which"


def test_what_is_spared_still_works_and_reading_goes_on(frozen):
    client = frozen.cabinet.client(frozen.cabinet.doctor)
    patterns = dict(ALL)

    def path(name: str) -> str:
        return path_of(name, patterns[name], frozen)

    for name in ("record:open", "patients:detail", "privacy:patient", "patients:trace"):
        page = client.get(path(name))
        assert page.status_code == 200 and "Données gelées" in page.content.decode(), name
    assert client.post(path("privacy:hand"), {"how": "leaflet"}).status_code == 302
    assert client.post(path("agenda:state"), {"state": "arrived"}).status_code == 409
    assert client.post(path("agenda:state"), {"state": "cancelled", "reason": "patient"}).status_code != 409
    assert client.post(path("privacy:copy"), {"to": "self", "identity_check": "known"}).status_code == 200


def test_a_batch_leaves_the_frozen_out(frozen):
    """Lots have no patient in their address: the verb leaves the frozen ones aside, and says so."""
    with frozen.cabinet.at_work(frozen.cabinet.doctor) as keyring:
        found = insured.of(keyring, [frozen.ids["patient_id"]])[frozen.ids["patient_id"]]
        assert "gelées" in found.fault
        with pytest.raises(insured.Refused, match="gelées"):
            insured.require(keyring, frozen.ids["patient_id"])


def test_lifting_gives_everything_back_and_each_refusal_is_written(frozen):
    cabinet = frozen.cabinet
    client, patterns = cabinet.client(cabinet.doctor), dict(ALL)
    receipt = path_of("billing:receipt", patterns["billing:receipt"], frozen)
    assert client.get(receipt).status_code == 409
    with cabinet.at_work(cabinet.doctor):
        assert Event.objects.filter(action="access.refused", details__why="Frozen").exists()
        row = limitation.restrictions.in_force(frozen.ids["patient_id"])
        for restriction in row:
            requests.lift(author=cabinet.doctor, restriction_id=restriction.pk)
    assert client.get(receipt).status_code == 200


def test_ordinary_pages_cost_no_query_for_it(world, django_assert_num_queries):
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.practice, request.resolver_match = world.cabinet.practice, type("M", (), {"view_name": "x:y"})()
    guard = limitation.LimitationMiddleware(lambda r: None)
    with django_assert_num_queries(0):
        assert guard.process_view(request, None, (), {"patient_id": world.ids["patient_id"]}) is None
