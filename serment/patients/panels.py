"""What higher rooms hang on a patient's page: tabs, and alerts in the banner. They register; patients asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from serment.patients.payloads import Identity
from serment.vault.paths import path


@dataclass(frozen=True)
class Tab:
    code: str
    label: str
    url_name: str
    permission: str
    order: int


@dataclass(frozen=True)
class Alert:
    """A chip of the banner. ``level``: danger, warning or info; said in words as well as colour."""

    text: str
    level: str = "warning"


@dataclass(frozen=True)
class Past:
    """A file that bears the identity being typed and is not among the active patients: what to say, where to go."""

    text: str
    address: str
    link: str


_tabs: dict[str, Tab] = {}
_alert_sources: list[Callable[[Any, int], list[Alert]]] = []


_past_sources: list[Callable[[Any, Identity], list[Past]]] = []


def register_past(source: Callable[[Any, Identity], list[Past]]) -> None:
    """``source(request, identity)`` gives what this session may know of it, nothing to who may not."""
    if source not in _past_sources:
        _past_sources.append(source)


def past_of(request: Any, identity: Identity) -> list[Past]:
    return [past for source in _past_sources for past in source(request, identity)]


def register_tab(code: str, label: str, url_name: str, permission: str, order: int) -> None:
    _tabs[code] = Tab(code, label, url_name, permission, order)


def register_alerts(source: Callable[[Any, int], list[Alert]]) -> None:
    """``source(request, patient_id)`` gives the alerts that this session may see."""
    if source not in _alert_sources:
        _alert_sources.append(source)


def tabs_for(request: Any, patient_id: int, current: str) -> SafeString:
    """The tabs that this session may open, as the items of their list: every page of a patient draws them."""
    shown = sorted((t for t in _tabs.values() if request.person.can(t.permission)), key=lambda t: t.order)
    return SafeString(
        "".join(_item(tab, path(tab.url_name, patient_id), tab.code == current) for tab in shown)
    )


def _item(tab: Tab, address: str, current: bool) -> str:
    css, here = (" active", ' aria-current="page"') if current else ("", "")
    link = f'<a class="nav-link{css}" href="{address}"{here}>{escape(tab.label)}</a>'
    return f'<li class="nav-item">{link}</li>'


def alerts_for(request: Any, patient_id: int) -> list[Alert]:
    return [alert for source in _alert_sources for alert in source(request, patient_id)]


def home_of(request: Any, patient_id: int) -> str:
    """Where a click on a patient leads: the record for whoever reads it, the identity page for the others."""
    name = "record:open" if request.person.can("record.view") else "patients:detail"
    return path(name, patient_id)
