"""The practice's list of words that it does not want in its records: kept, taken from what is proposed, withdrawn."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from django.db import transaction

from serment.access.models import Person
from serment.formats.folding import fold
from serment.journal import services as journal
from serment.record.models import WatchedWord
from serment.record.services import Refused

AT_MOST = 300


@cache
def proposed() -> list[tuple[str, str]]:
    """(word, why), as shipped: nothing of it watches until a practice takes it."""
    data = tomllib.loads((Path(__file__).parent / "data" / "watched_words.toml").read_text())
    return [(word, group["reason"]) for group in data["group"] for word in group["words"]]


@transaction.atomic
def add(*, author: Person, words: list[tuple[str, str]]) -> int:
    """Watch words (text, why), each once; how many are new. Raises Refused."""
    wanted = {
        fold(text): (text.strip()[:60], reason.strip()[:120])
        for text, reason in words
        if len(fold(text)) >= 3
    }
    if not wanted:
        raise Refused("Trois lettres au moins\u00a0: un mot plus court se trouverait partout.")
    known = set(WatchedWord.objects.values_list("folded", flat=True))
    new = {folded: word for folded, word in wanted.items() if folded not in known}
    if len(known) + len(new) > AT_MOST:
        raise Refused(f"{AT_MOST} mots au plus\u00a0: une liste trop longue ne se lit plus.")
    WatchedWord.objects.bulk_create(
        WatchedWord(practice_id=author.practice_id, text=text, folded=folded[:60], reason=reason)
        for folded, (text, reason) in new.items()
    )
    journal.record("record.watched_words", details={"added": len(new)})
    return len(new)


@transaction.atomic
def withdraw(*, word: WatchedWord) -> None:
    word.delete()
    journal.record("record.watched_words", details={"withdrawn": 1})
