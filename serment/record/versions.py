"""An entry with its past: each version with its author, its reason, its signature, and what changed in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from serment.record import kinds, moments, selectors, signatures
from serment.record.kinds.content import rows_of
from serment.record.models import Entry
from serment.record.services import patient_keys
from serment.vault.keyring import Keyring

Piece = tuple[str, str]
"""("same" | "gone" | "new", text)"""
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Version:
    """``rows``: what this version says, (label, pieces), compared with the one before it.

    ``reason``: why the version before was replaced; empty for the first. ``marks_error``: this version says nothing
    new, it marks the entry as entered in error. ``dated``: when it took place, where the versions differ on it.
    """

    number: int
    author: str
    at: datetime
    holds: bool
    reason: str
    marks_error: bool
    dated: list[Piece]
    rows: list[tuple[str, list[Piece]]]


@dataclass(frozen=True)
class History:
    """An entry's versions, newest first: the first of the list is in force."""

    item: selectors.Item
    versions: list[Version]

    @property
    def holds(self) -> bool:
        """Whether every signature holds."""
        return all(version.holds for version in self.versions)


def compare(old: str, new: str) -> list[Piece]:
    """What went and what came, word by word."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[Piece] = []
    for what, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(("same", "".join(after[j1:j2])))
            continue
        if i2 > i1:
            pieces.append(("gone", "".join(before[i1:i2])))
        if j2 > j1:
            pieces.append(("new", "".join(after[j1:j2])))
    return pieces


def compare_rows(
    old: list[tuple[str, str]] | None, new: list[tuple[str, str]]
) -> list[tuple[str, list[Piece]]]:
    """Rows of a content compared with those it replaced (None: the first version, nothing is compared)."""
    if old is None:
        return [(label, [("same", text)]) for label, text in new]
    before, after = dict(old), dict(new)
    labels = list(after) + [label for label in before if label not in after]
    return [(label, compare(before.get(label, ""), after.get(label, ""))) for label in labels]


def _dated(before: str, now: str) -> list[Piece]:
    return [("gone", before), ("new", now)] if before and before != now else [("same", now)]


def history(*, keyring: Keyring, entry: Entry) -> History:
    """Four queries: keys, older versions, public keys, authors. Raises NoKey, CannotOpen."""
    keys = patient_keys(keyring, entry.patient_id)
    model = kinds.get(entry.kind).model
    past = list(entry.versions.order_by("number"))
    public = signatures.holders(entry.practice_id, {entry.signer_id, *(row.signer_id for row in past)})
    names = selectors.author_names({entry.author_id, *(row.author_id for row in past)})
    found: list[Version] = []
    moved = any(row.occurred_at != entry.occurred_at for row in past)
    before, day, since, reason = None, "", entry.created_at, ""
    for row in [*past, entry]:
        payload = keys.open(row, "payload")
        rows = rows_of(model.model_validate(payload))
        last = isinstance(row, Entry)
        found.append(
            Version(
                number=row.version if last else row.number,
                author=names.get(row.author_id, "auteur inconnu"),
                at=since,
                holds=signatures.holds(public, entry, payload)
                if last
                else signatures.version_holds(public, entry, row, payload),
                reason=reason,
                marks_error=last and entry.state == Entry.State.IN_ERROR,
                dated=_dated(day, moments.text(row.occurred_at)) if moved else [],
                rows=compare_rows(before, rows),
            )
        )
        if not last:
            before, since, reason = rows, row.made_at, keys.open(row, "reason")["text"]
            day = moments.text(row.occurred_at)
    return History(selectors.opened(keys, entry), found[::-1])
