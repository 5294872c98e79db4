"""The walk: every URL, as every persona, by the permission table (R6.1, R6.4, E-AUTH-5).

Deny is the rule: signed out goes to the sign-in page, one factor goes to the second, a missing permission or key gives
403, another practice's object 404. Nothing the secretary gets back holds a word of care, even when refused.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from serment.access import accounts
from serment.access.models import Person, Session
from serment.access.rules import Rule
from serment.practice.models import Practitioner
from tests.cabinet import Cabinet
from tests.world import CARE_WORDS, World, build_world

CARE_PERMISSIONS = {
    "record.view",
    "record.write",
    "prescribing.write",
    "patients.trace",
    "privacy.decide",
    "retention.act",
}
PERSONAS = (
    "doctor",
    "colleague",
    "outsider",
    "secretary",
    "substitute",
    "technician",
    "accounting",
    "manager",
    "midwife",
    "nurse",
)
WITHOUT_CARE = {"secretary", "manager", "technician", "accounting"}


def urls(resolver: URLResolver | None = None, namespace: str = "") -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            found += urls(entry, entry.namespace or namespace)
        elif entry.name:
            found.append((f"{namespace}:{entry.name}" if namespace else entry.name, entry))
    return found


ALL = sorted(urls(), key=lambda pair: pair[0])


@pytest.fixture
def world(cabinet, monkeypatch) -> World:
    # « Sauvegarder maintenant » starts a process: tests/operations runs the real one.
    monkeypatch.setattr("serment.operations.views.start_backup", lambda: None)
    cabinet.midwife = prescriber(cabinet, "nolwenn.jego", "doctor", "sage_femme", "10000000081")
    cabinet.nurse = prescriber(cabinet, "lea.guillou", "paramedic", "infirmier", "10000000099")
    return build_world(cabinet)


def prescriber(cabinet: Cabinet, login: str, profile: str, profession: str, rpps: str) -> Person:
    """Someone of another profession than medicine, in the doctor's circle."""
    given, family = (part.capitalize() for part in login.split("."))
    with cabinet.at_work(cabinet.doctor) as keyring:
        row = Practitioner(
            rpps=rpps,
            given_name=given,
            family_name=family,
            profession=profession,
            circle_id=cabinet.circle.pk,
            practice_id=cabinet.practice.pk,
        )
        row.save()
        person, password = accounts.invite(
            keyring=keyring,
            by=cabinet.doctor,
            login=login,
            given_name=given,
            family_name=family,
            profile=profile,
            practitioner=row,
        )
        Person.objects.filter(pk=person.pk).update(notice_read_at=timezone.now(), must_change_password=False)
    cabinet.passwords[person.pk] = password
    return Person.unscoped.select_related("practitioner").get(pk=person.pk)


def path_of(name: str, pattern: URLPattern, world: World) -> str:
    return reverse(name, kwargs={key: world.sample(key) for key in pattern.pattern.converters})


def ask(client: Client, path: str) -> Any:
    response = client.get(path)
    return client.post(path) if response.status_code == 405 else response


def text_of(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode(errors="replace"))


def rule_of(pattern: URLPattern) -> Rule:
    return pattern.callback.access_rule


def test_every_view_has_a_rule():
    assert ALL
    for name, pattern in ALL:
        assert isinstance(getattr(pattern.callback, "access_rule", None), Rule), name


def test_signed_out_reaches_public_pages_only(world):
    for name, pattern in ALL:
        response = ask(Client(), path_of(name, pattern, world))
        if rule_of(pattern).kind == "public":
            assert response.status_code < 500, name
        else:
            assert response.status_code == 302 and response["Location"].startswith("/connexion/"), name
        assert not CARE_WORDS & set(response.content.decode(errors="replace").split()), name


def test_one_factor_reaches_nothing_of_the_practice(world):
    for name, pattern in ALL:
        if rule_of(pattern).kind != "permission":
            continue
        client = world.cabinet.client(world.cabinet.doctor, level=Session.Level.PASSWORD)
        response = ask(client, path_of(name, pattern, world))
        assert response.status_code == 302 and "second-facteur" in response["Location"], name


def test_a_locked_session_reaches_nothing(world):
    for name, pattern in ALL:
        if rule_of(pattern).kind != "permission":
            continue
        client = world.cabinet.client(world.cabinet.doctor)
        client.post("/verrouiller/")
        assert ask(client, path_of(name, pattern, world)).status_code == 423, name


@pytest.mark.parametrize("persona", PERSONAS)
def test_the_permission_table_decides(world, persona):
    person = getattr(world.cabinet, persona)
    for name, pattern in ALL:
        rule = rule_of(pattern)
        if rule.kind != "permission" and persona not in WITHOUT_CARE:
            continue
        response = ask(world.cabinet.client(person), path_of(name, pattern, world))
        if persona in WITHOUT_CARE:
            text = text_of(response).lower()
            assert not [word for word in CARE_WORDS if word in text], f"{persona} {name}"
        if rule.kind != "permission":
            continue
        about_patient = {
            "patient_id",
            "entry_id",
            "archive_id",
            "hold_id",
            "incoming_id",
            "comeback_id",
        } & set(pattern.pattern.converters)
        if not person.can(rule.permission):
            assert response.status_code == 403, f"{persona} {name}: {response.status_code}"
        elif persona == "outsider" and about_patient and rule.permission in CARE_PERMISSIONS:
            assert response.status_code in (403, 404), f"{persona} {name}: {response.status_code}"
        else:
            assert response.status_code not in (401, 403, 423) and response.status_code < 500, (
                f"{persona} {name}: {response.status_code}"
            )


def test_every_page_is_well_made(world):
    """One main heading, that a screen reader announces first (WCAG 1.3.1, 2.4.6); no empty choice without words."""
    wrong = []
    for name, pattern in ALL:
        response = ask(world.cabinet.client(world.cabinet.doctor), path_of(name, pattern, world))
        page = text_of(response)
        whole = response.status_code == 200 and not response.streaming and "<html" in page
        if (
            whole
            and rule_of(pattern).kind == "permission"
            and (page.count("<h1") != 1 or "<title></title>" in page)
        ):
            wrong.append((name, f"{page.count('<h1')} headings"))
        if ">---------<" in page:
            wrong.append((name, "a choice of dashes"))
    assert not wrong


@pytest.mark.strict_rows
@pytest.mark.postgresql
@pytest.mark.parametrize("persona", ["doctor", "secretary"])
def test_the_same_under_the_row_policies(world, persona):
    """PostgreSQL filters by practice underneath: what the program needs must still be there."""
    test_the_permission_table_decides(world, persona)


def test_another_practice_finds_nothing_here(world):
    for name, pattern in ALL:
        rule = rule_of(pattern)
        if (
            rule.kind != "permission"
            or not pattern.pattern.converters
            or {"topic", "purpose", "requirement"} & set(pattern.pattern.converters)
        ):
            continue
        response = ask(world.cabinet.client(world.cabinet.stranger), path_of(name, pattern, world))
        assert response.status_code == 404, f"{name}: {response.status_code}"


def test_a_substitute_after_the_end_date_is_signed_out(world):
    from datetime import timedelta

    client = world.cabinet.client(world.cabinet.substitute)
    Person.unscoped.filter(pk=world.cabinet.substitute.pk).update(
        ends_on=timezone.localdate() - timedelta(days=1)
    )
    for name, pattern in ALL:
        if rule_of(pattern).kind == "permission":
            response = ask(client, path_of(name, pattern, world))
            assert response.status_code == 302 and response["Location"].startswith("/connexion/"), name
