"""What every page of the shell needs. Built when a template asks, so that fragments cost nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from serment.site import errors
from serment.site.navigation import address, entries_for
from serment.vault.ids import encode

PHONE_ITEMS = 4


@dataclass(frozen=True)
class Link:
    """A line of the bar as the template draws it."""

    code: str
    label: str
    icon: str
    url: str
    current: bool
    secondary: bool


class Shell:
    """``shell`` in every template: person, practice, navigation, lock settings."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def person(self) -> Any:
        return getattr(self._request, "person", None)

    @cached_property
    def practice(self) -> Any:
        return getattr(self._request, "practice", None)

    @cached_property
    def layout(self) -> str:
        """What pages open to everyone extend: the shell once fully signed in, the bare page before that."""
        session = getattr(self._request, "session_row", None)
        inside = session is not None and session.level >= 2 and session.locked_at is None
        return "site/base.html" if inside else "site/bare.html"

    @cached_property
    def nav(self) -> list[Link]:
        match = getattr(self._request, "resolver_match", None)
        room = match.app_name if match else ""
        if room == "privacy" and "patient_id" in match.kwargs:
            room = "patients"  # a tab of the patient's page
        return [
            Link(e.code, e.label, e.icon, url, room in e.rooms, place >= PHONE_ITEMS)
            for place, (e, url) in enumerate(entries_for(self.person))
        ]

    @property
    def sidebar(self) -> SafeString:
        """The left bar, drawn once for all who have the same lines and stand in the same room."""
        return _sidebar(tuple(self.nav), self.urls["home"] or "/")

    @property
    def demo(self) -> bool:
        return bool(settings.DEMO)

    @property
    def idle_seconds(self) -> int:
        return int(self.practice.idle_minutes * 60) if self.practice else 600

    @property
    def refusals(self) -> dict[str, errors.Refusal]:
        """The texts of refusals that other rooms render."""
        return {
            "forbidden": errors.FORBIDDEN,
            "no_key": errors.NO_KEY,
            "set_aside": errors.SET_ASIDE,
            "integrity": errors.INTEGRITY,
            "unprintable": errors.UNPRINTABLE,
        }

    @property
    def who(self) -> str:
        """The person's opaque id: a page kept open takes the token of the same person's new session, no other's."""
        return encode(self.person.pk)

    @cached_property
    def initials(self) -> str:
        person = self.person
        return (person.given_name[:1] + person.family_name[:1]).upper() if person else ""

    @cached_property
    def urls(self) -> dict[str, str]:
        """Paths of the shell's own gestures; empty where the room is missing."""
        return {
            "lock": address("access:lock"),
            "unlock": address("access:unlock"),
            "sign_out": address("access:sign_out"),
            "sign_in": address("access:sign_in"),
            "account": address("access:account"),
            "passkey_begin": address("access:passkey_unlock_begin"),
            "passkey_complete": address("access:passkey_unlock_complete"),
            "search": address("site:search"),
            "alive": address("site:alive"),
            "help": address("site:help"),
            "home": address("site:home"),
        }


@lru_cache(maxsize=256)
def _sidebar(links: tuple[Link, ...], home: str) -> SafeString:
    return render_to_string("site/partials/sidebar.html", {"links": links, "home": home})


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``shell``, and ``nav`` for templates that draw a bar of their own."""
    made = Shell(request)
    return {"shell": made, "nav": lambda: made.nav}
