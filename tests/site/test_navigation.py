"""The bar shows what exists and is permitted, nothing else."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from serment.access.profiles import PROFILES, permissions_of
from serment.site import navigation
from serment.site.navigation import ENTRIES, entries_for


def person(profile: str, *, owner: bool = False) -> SimpleNamespace:
    granted = permissions_of(profile, owner=owner, secretary_billing=False)
    return SimpleNamespace(can=lambda code: code in granted)


@pytest.fixture
def every_room(monkeypatch) -> None:
    monkeypatch.setattr(navigation, "address", lambda name: f"/{name}/")


def codes(who: SimpleNamespace | None) -> list[str]:
    return [entry.code for entry, _ in entries_for(who)]


def test_nobody_signed_in_sees_nothing(every_room) -> None:
    assert codes(None) == []


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_only_permitted_doors_are_shown(every_room, profile: str) -> None:
    who = person(profile)
    shown = {entry.code: path for entry, path in entries_for(who)}
    for entry in ENTRIES:
        permitted = [f"/{name}/" for name, permission in entry.doors if who.can(permission)]
        assert shown.get(entry.code) == (permitted[0] if permitted else None)


def test_secretary_without_billing_has_no_billing(every_room) -> None:
    assert "billing" not in codes(person("secretary"))
    assert "agenda" in codes(person("secretary"))


def test_technician_sees_neither_agenda_nor_patients(every_room) -> None:
    assert not {"agenda", "patients", "billing"} & set(codes(person("technician")))


def test_a_missing_room_is_hidden(monkeypatch) -> None:
    monkeypatch.setattr(navigation, "address", lambda name: "" if name.startswith("agenda:") else f"/{name}/")
    shown = codes(person("doctor"))
    assert "agenda" not in shown
    assert "patients" in shown


def test_settings_of_an_owner_open_on_the_team(every_room) -> None:
    doors = {entry.code: path for entry, path in entries_for(person("doctor", owner=True))}
    assert doors["settings"] == "/access:team/"
    doors = {entry.code: path for entry, path in entries_for(person("technician"))}
    assert doors["settings"] == "/access:account/"


def test_an_unknown_url_name_has_no_address() -> None:
    navigation.address.cache_clear()
    assert navigation.address("nowhere:at_all") == ""
