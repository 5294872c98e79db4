"""The repeated pieces of the record's page, written without templates: they made two thirds of its cost.

Everything that comes from a record is escaped here; what is not escaped is this file's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from serment.formats import dates
from serment.record import filters, kinds, moments, trends
from serment.record.selectors import Item
from serment.vault.paths import path


def entry(item: Item, author: str, prescribes: bool) -> SafeString:
    """One line of the timeline. ``prescribes``: whether ordonnances may be opened."""
    when = moments.local(item.occurred_at)
    day, moment, label = dates.short(when), moments.text(item.occurred_at), escape(item.kind.label)
    late = item.late_said
    written = f'<span class="badge bg-yellow-lt align-self-center">{late}</span>' if late else ""
    by = f", {escape(author)}" if author else ""
    badges = f'<span class="badge bg-blue-lt">version {item.version}</span>' if item.version > 1 else ""
    if item.in_error:
        badges += '<span class="badge bg-red-lt">saisi par erreur</span>'
    elif getattr(item.content, "counts", (0,))[0]:
        badges += '<span class="badge bg-red text-white align-self-center">critique</span>'
    return SafeString(
        '<li class="card mb-2"><div class="card-body py-2"><div class="d-flex gap-2 flex-wrap">'
        f'<strong>{label}</strong><span class="text-secondary">{moment}{by}</span>{written}{badges}'
        f'<a class="ms-auto px-1 py-1" href="{item.url}">Détail<span class="visually-hidden"> : {label} du {day}</span>'
        f"</a></div>{_body(item, prescribes)}</div></li>"
    )


def _body(item: Item, prescribes: bool) -> str:
    line = escape(item.line)
    if item.kind.code == "consultation" and not item.in_error:
        pairs = "".join(f"<dt>{escape(label)}</dt><dd>{_lines(text)}</dd>" for label, text in item.rows)
        return f'<details><summary>{line}</summary><dl class="pairs mt-2">{pairs}</dl></details>'
    struck = ' class="text-decoration-line-through"' if item.in_error else ""
    return f'<div class="d-flex gap-2">{_link(item, prescribes)}<div{struck}>{line}</div></div>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


PLACES = {"document": "record:document", "letter": "letters:letter", "prescription": "prescribing:done"}


def _link(item: Item, prescribes: bool) -> str:
    """To what an entry has beside its text: a file, a letter, an ordonnance."""
    if item.kind.code == "result" and (original := _content(item).original_id):
        return f'<a href="{path("record:document", original)}">Original</a>'
    place = PLACES.get(item.kind.code)
    if place is None or (item.kind.code == "prescription" and not prescribes):
        return ""
    content: Any = item.content
    inside = "Voir"
    if item.kind.code == "document" and content.thumbnail and not item.in_error:
        picture = path("record:thumbnail", item.id)
        inside = f'<img class="document-thumb" src="{picture}" alt="Voir le document" loading="lazy">'
    return f'<a href="{path(place, item.id)}">{inside}</a>'


def listed(items: Iterable[Item], empty: str = "") -> SafeString:
    """A list of the summary: the line of each, that leads to the entry. ``empty``: what is said of an empty one."""
    found = "".join(f'<li><a href="{item.url}">{escape(item.line)}</a></li>' for item in items)
    return SafeString(f"<ul>{found or _nothing(empty)}</ul>")


def listed_short(items: Iterable[Item]) -> SafeString:
    """The same for contents that say themselves shorter, under a heading."""
    found = "".join(f'<li><a href="{item.url}">{escape(_content(item).short)}</a></li>' for item in items)
    return SafeString(f"<ul>{found}</ul>")


def visits(items: Iterable[Item], empty: str) -> SafeString:
    """The last consultations, each with its day."""
    found = "".join(
        f'<li><a href="{item.url}">{dates.short(moments.local(item.occurred_at))} – {escape(item.line)}</a></li>'
        for item in items
    )
    return SafeString(f"<ul>{found or _nothing(empty)}</ul>")


def measures(values: Iterable[trends.Last], empty: str) -> SafeString:
    """The last values, the way each goes said in words beside its arrow."""
    found = "".join(
        f"<li>{escape(last.label)} {escape(last.text)} {_way(last)}"
        f'<span class="text-secondary">{dates.short(moments.local(last.when))}</span></li>'
        for last in values
    )
    return SafeString(f"<ul>{found or _nothing(empty)}</ul>")


def _way(last: trends.Last) -> str:
    if not last.arrow:
        return ""
    return f'<span aria-hidden="true">{last.arrow}</span><span class="visually-hidden">{last.trend}</span> '


def _nothing(words: str) -> str:
    return f'<li class="text-secondary">{escape(words)}</li>' if words else ""


def _content(item: Item) -> Any:
    return item.content


@cache
def nav(kind: str, span: str) -> SafeString:
    """The filters of the timeline, from where one is. Both are known codes (`filters.Filter`)."""
    here = {filters.GROUPS.get(kind, ("", ()))[0], filters.SPANS[span][0]}
    groups = "".join(
        _filter(words, filters.address(code, span), here) for code, (words, _) in filters.GROUPS.items()
    )
    spans = "".join(
        _filter(words, filters.address(kind, code), here) for code, (words, _) in filters.SPANS.items()
    )
    return SafeString(f"<div>{groups}</div><div>{spans}</div>")


def _filter(words: str, address: str, here: set[str]) -> str:
    current = ' aria-current="true"' if words in here else ""
    return f'<a href="{escape(address)}"{current}>{escape(words)}</a>'


def adders(patient_id: int, codes: tuple[str, ...], css: str) -> SafeString:
    """A link for each kind that may be added, opened in the page where there is script."""
    found = []
    for code in codes:
        url = path("record:add", patient_id, code)
        label = escape(kinds.get(code).label)
        found.append(f'<a class="{css}" href="{url}" hx-get="{url}" hx-target="#quick-add">+ {label}</a>')
    return SafeString("".join(found))
