"""Interactions between two lines, by the thesaurus: every level of a pair with its condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from serment.catalogues import interactions, thesaurus
from serment.catalogues.models import Interaction
from serment.catalogues.substances import candidates, folded, strangers
from serment.prescribing.safety import limits, routes
from serment.prescribing.safety.facts import Alert, Item

SLIGHT = 1
"""Rank up to which pairs are told together."""
BETWEEN = " – "
LOCAL = "forme locale, passage faible, thésaurus non précisé"
Mark = tuple[int, int, int, str, str]
"""Positions of two items, level, condition, mechanism."""


Strangers = list[tuple[Item, list[str]]]
"""Items that the thesaurus does not know whole, with their substances that it does not know; none for nothing of it."""


def check(items: Sequence[Item], problems: Sequence[str] = ()) -> tuple[list[Alert], Strangers, str]:
    """(alerts, items the thesaurus does not know whole, what it is). Three or four queries.

    ``problems``: of the record, for the texts that speak of one.
    """
    known = interactions.known_substances({name for item in items for name in item.substances})
    names: dict[int, set[str]] = {}
    for number, item in enumerate(items):
        found = [known[name].names for name in item.substances if name in known]
        names[number] = set().union(*found) if found else set()
    uncovered: Strangers = []
    for number, item in enumerate(items):
        unknown = strangers(item.medicine.substances, known.__contains__)
        if unknown or not names[number]:
            uncovered.append((item, unknown if names[number] else []))
    rows = interactions.between(set().union(*names.values()) if names else set())
    source = interactions.edition()
    alerts: dict[Mark, Alert] = {}
    for first, second in combinations(range(len(items)), 2):
        one, two = items[first], items[second]
        if one.running and two.running:
            continue
        for row in rows:
            if not (
                (row.one in names[first] and row.two in names[second])
                or (row.two in names[first] and row.one in names[second])
            ):
                continue
            places = tuple(item.place for item in (one, two) if not item.running)
            alert = Alert(
                kind="interaction",
                level=thesaurus.LABELS[row.level],
                places=places,
                title=f"{one.label}{BETWEEN}{two.label}",
                text=row.mechanism,
                condition=row.info,
                source=f"{source} : {row.one_label} – {row.two_label}",
                others=tuple(item.label for item in (one, two) if item.running),
            )
            mark = (first, second, row.level, row.info, row.mechanism)
            if _is_local(row, one, two):
                mark = (first, second, 0, "", LOCAL)
                alert = _lowered(alert, alerts.get(mark))
                alerts[mark] = alert
            else:
                alert = limits.lower(alert, row, ((one, names[first]), (two, names[second])), problems)
            alerts.setdefault(mark, alert)
    return _together(_narrowed(alerts, items)), uncovered, source


def _is_local(row: Interaction, one: Item, two: Item) -> bool:
    """One of the two acts where it is put, and the thesaurus does not say of which route it speaks."""
    said = " ".join((row.one_label, row.two_label, row.info, row.mechanism))
    return any(routes.is_local(item) and not routes.speaks_of(said, item) for item in (one, two))


def _lowered(alert: Alert, before: Alert | None) -> Alert:
    """An information, one for all the levels of the pair, each still told in its own words. Never silence."""
    said = f"{alert.level.capitalize()} sans la voie au thésaurus. {alert.text}".strip()
    said = f"{said} {alert.condition}".strip()
    if before is not None:
        return before if said in before.text else replace(before, text=f"{before.text} {said}")
    return replace(alert, level="information", title=f"{alert.title}\u00a0: {LOCAL}", text=said, condition="")


def _narrowed(alerts: dict[Mark, Alert], items: Sequence[Item]) -> list[Alert]:
    """Say of each conditional level whom it aims at, when its condition names substances that are not on the lines.

    « entre l'oxybate de sodium et les opiacés », met by another sedative, must be read and must not stop the hand.
    One more query, only where a level has a condition.
    """
    if not any(alert.condition for alert in alerts.values()):
        return list(alerts.values())
    known: dict[str, list[str]] = {}
    for name in interactions.substance_names():
        known.setdefault(name.partition(" ")[0], []).append(name)
    held = [{folded(name) for name in item.substances} | item.moieties for item in items]
    keys = [{key for name in item.substances for key in candidates(name)} for item in items]
    texts = {alert.condition for alert in alerts.values() if alert.condition and not alert.only}
    by_text = {text: named for text in texts if (named := _named_in(text, known))}
    found = []
    for (first, second, *_), alert in alerts.items():
        named = by_text.get(alert.condition, set()) if not alert.only else set()
        here, bare = held[first] | held[second], keys[first] | keys[second]
        mine = any(
            not bare.isdisjoint(candidates(name)) or any(name in text or text in name for text in here)
            for name in named
        )
        found.append(replace(alert, only=tuple(sorted(named))) if named and not mine else alert)
    return found


def _named_in(condition: str, known: dict[str, list[str]]) -> set[str]:
    text = f" {folded(condition)} "
    return {name for word in set(text.split()) for name in known.get(word, ()) if f" {name} " in text}


def _together(alerts: Sequence[Alert]) -> list[Alert]:
    """One alert for the pairs that a slight level says the same of: three sedatives are not three alerts."""
    found: dict[tuple[object, ...], Alert] = {}
    pairs: dict[tuple[object, ...], list[str]] = {}
    for number, alert in enumerate(alerts):
        said = (alert.level, alert.text, alert.condition, alert.source, alert.only)
        mark = said if alert.rank <= SLIGHT or alert.only else (*said, number)
        pairs.setdefault(mark, []).append(alert.title)
        if first := found.get(mark):
            alert = replace(
                first,
                places=tuple(sorted({*first.places, *alert.places})),
                title=_titled(pairs[mark]),
                others=tuple(dict.fromkeys((*first.others, *alert.others))),
            )
        found[mark] = alert
    return list(found.values())


def _titled(pairs: list[str]) -> str:
    """« A – B – C » where each is met with each, the pairs one after another otherwise."""
    names = list(dict.fromkeys(name for pair in pairs for name in pair.split(BETWEEN)))
    every = len(pairs) == len(set(pairs)) == len(names) * (len(names) - 1) // 2
    return BETWEEN.join(names) if every else "\u00a0; ".join(dict.fromkeys(pairs))
