"""Tags and filters that every template has (registered as builtins in the settings).

Tags: ``icon``, ``field``, ``can``, ``url`` (Django's, from kept paths). Filters: ``date_fr``, ``date_long``,
``time_fr``, ``datetime_fr``, ``money``, ``id_text``, ``mark``, ``age``, ``perms_has``. An empty value gives an empty
text, never an error.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import template
from django.forms import BoundField
from django.template import defaulttags
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils import timezone
from django.utils.safestring import SafeString

from serment.formats import dates
from serment.formats.money import format_euros
from serment.formats.text import sentence as in_sentence
from serment.site.fields import render_field
from serment.site.icons import icon_svg
from serment.vault.ids import encode
from serment.vault.marks import mark as mark_of
from serment.vault.paths import path

register = template.Library()


@register.simple_tag
def icon(name: str, **options: str) -> SafeString:
    """``{% icon "calendar" %}``; ``class="…"`` adds classes, ``label="…"`` names an icon that stands alone."""
    return icon_svg(name, css=options.get("class", ""), label=options.get("label", ""))


@register.simple_tag(takes_context=True)
def field(context: Any, bound: BoundField, **options: Any) -> SafeString:
    """``{% field form.phone %}``: label, input, help and errors tied together for assistive technology.

    Options: ``label``, ``help``, ``class`` (of the wrapper), ``placeholder``, ``autocomplete``, ``inputmode``,
    ``autofocus``, ``hide_label`` (the label stays for screen readers), ``suggests`` (id of the list of its choices).
    What the page asks to confirm (``to_confirm``: « label : phrase ») is said beside its field too.
    """
    head = f"{bound.label}\u00a0: "
    asked = context.get("to_confirm") or ()
    options["asked"] = [text.removeprefix(head) for text in asked if text.startswith(head)]
    return render_field(bound, options)


@register.simple_tag
def held() -> SafeString:
    """``<form method="post"{% held %}>``: a long form that a script sends, so that no answer can lose what it holds.

    422 brings the page back with its errors, a session over or locked covers it (`shell/session.ts`), anything else
    is a word in a corner. The view goes on by `access.answers.gone_to`. Without script the form posts as any.
    """
    return SafeString(
        ' hx-post="" hx-target="#content" hx-select="#content" hx-swap="outerHTML show:window:top" hx-sync="this:drop"'
        ' hx-disinherit="*" data-held'
    )


class CanNode(template.Node):
    """Renders its body when the signed-in person holds the permission."""

    def __init__(self, permission: FilterExpression, body: NodeList) -> None:
        self.permission = permission
        self.nodelist = body

    def render(self, context: template.Context) -> str:
        person = getattr(context.get("request"), "person", None)
        if person is None or not person.can(self.permission.resolve(context)):
            return ""
        return self.nodelist.render(context)


@register.tag
def can(parser: Parser, token: Token) -> CanNode:
    """``{% can "agenda.edit" %}…{% endcan %}``"""
    words = token.split_contents()
    if len(words) != 2:
        raise template.TemplateSyntaxError("can takes one permission code")
    body = parser.parse(("endcan",))
    parser.delete_first_token()
    return CanNode(parser.compile_filter(words[1]), body)


class PathNode(template.Node):
    """``{% url "room:page" id %}`` with positional arguments only."""

    def __init__(self, name: FilterExpression, args: list[FilterExpression]) -> None:
        self.name = name
        self.args = args

    def render(self, context: template.Context) -> str:
        return path(self.name.resolve(context), *[arg.resolve(context) for arg in self.args])


@register.tag
def url(parser: Parser, token: Token) -> template.Node:
    """Django's tag; its usual form answers from paths written once."""
    node: Any = defaulttags.url(parser, token)
    return node if node.kwargs or node.asvar else PathNode(node.view_name, node.args)


@register.filter
def perms_has(person: Any, permission: str) -> bool:
    """``{% if request.person|perms_has:"billing.view" %}``"""
    return person is not None and bool(person.can(permission))


def _paris(value: date | datetime | time) -> Any:
    """An aware datetime as Paris reads it; anything else as it is."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def date_fr(value: date | datetime | None) -> str:
    """23/11/2026"""
    return dates.short(_paris(value)) if value else ""


@register.filter
def date_long(value: date | datetime | None) -> str:
    """lundi 23 novembre 2026"""
    return dates.long(_paris(value)) if value else ""


@register.filter
def time_fr(value: datetime | time | None) -> str:
    """14 h 30"""
    return dates.clock(_paris(value)) if value is not None and value != "" else ""


@register.filter
def datetime_fr(value: datetime | None) -> str:
    """23/11/2026 à 14 h 30"""
    return f"{dates.short(_paris(value))} à {dates.clock(_paris(value))}" if value else ""


@register.filter
def money(value: int | None) -> str:
    """Integer cents → 30,00 €"""
    return "" if value is None or value == "" else format_euros(int(value))


@register.filter
def get(values: dict[str, Any] | None, name: str) -> Any:
    """``values[name]``, empty where there is none."""
    return (values or {}).get(name, "")


@register.filter
def id_text(value: int | None) -> str:
    """A row id as it is written in URLs."""
    return "" if value is None or value == "" else encode(int(value))


@register.filter
def mark(value: str) -> str:
    """A word of care as an address carries it (`vault.marks`)."""
    return mark_of(value)


@register.filter
def sentence(value: str) -> str:
    """A text with its first letter in capital, every other as it is written (`formats.text`)."""
    return in_sentence(value)


@register.filter
def age(value: date | None, on: date | None = None) -> str:
    """Age today (or at ``on``) from a birth date, with its unit."""
    return dates.age_text(value, on or timezone.localdate()) if value else ""
