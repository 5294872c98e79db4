"""What a view asks of whoever calls it. A view without a rule is refused to everyone (deny by default)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from serment.access.profiles import PERMISSIONS

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """``public``: anyone. ``session``: signed in by password, even locked or before the second factor.
    Otherwise ``permission``, with two factors and an unlocked session.
    """

    kind: str
    permission: str = ""


class Refusal(Exception):
    """A reason of the practice's own, with its words: answered by a page (409) or a message, never a trace.

    ``title`` and ``text``: French, without any name.
    """

    def __init__(self, title: str, text: str) -> None:
        super().__init__(title)
        self.title, self.text = title, text


def public(view: View) -> View:
    """Anyone may call this: the sign-in page, the first-run page, the information notice."""
    view.access_rule = Rule("public")  # type: ignore[attr-defined]
    return view


def session_only(view: View) -> View:
    """Signed in by password is enough, even locked or before the second factor."""
    view.access_rule = Rule("session")  # type: ignore[attr-defined]
    return view


def requires(permission: str) -> Callable[[View], View]:
    """Two factors, an unlocked session, and ``permission``. Raises KeyError for a code not in the table."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def mark(view: View) -> View:
        view.access_rule = Rule("permission", permission)  # type: ignore[attr-defined]
        return view

    return mark
