"""What a typed text asks for: names in any order, a birth date in any usual form, a phone, a NIR."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from serment.formats import dates, names, phone
from serment.formats.errors import FormatError
from serment.formats.text import compact, plain_spaces
from serment.patients.payloads import Identity
from serment.patients.terms import PHONE_TAIL, all_words, family_words, phones_of, sound_of

MAX_WORDS = 5
_DATE = re.compile(
    r"(?<![\d/.\-])(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})|\d{8}|\d{6}"
    r"|\d{1,2} \d{1,2} (?:\d{4}|\d{2})|\d{1,2}(?:er)? [^\W\d_]{3,9}\.? (?:\d{4}|\d{2}))(?![\d/.\-])",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+?[\d ().\-]{9,}")
_TAIL = re.compile(r"[\d .\-]{6,}")
_NIR = re.compile(r"[1-478]\d{4}(?:\d\d|2[AB])\d{6}(?:\d\d)?")
_YEAR = re.compile(r"(?<!\d)(?:18[89]\d|19\d\d|20\d\d)(?!\d)")

EXACT, FAMILY, GIVEN, SOUND = range(4)
MATCHES = ("exact", "family", "given", "phonetic")


@dataclass
class Query:
    """A typed text, understood. ``more``: more patients fit than were opened."""

    words: list[str] = field(default_factory=list)
    birth_date: date | None = None
    birth_year: int | None = None
    phone: str = ""
    phone_tail: str = ""
    nir: str = ""
    more: bool = False

    @property
    def kinds(self) -> list[str]:
        """Codes for the journal: what was asked, never the text."""
        asked = {
            "name": self.words,
            "birth_date": self.birth_date or self.birth_year,
            "phone": self.phone or self.phone_tail,
            "nir": self.nir,
        }
        return [kind for kind, value in asked.items() if value]

    def match(self, identity: Identity) -> int | None:
        """How an opened identity fits (EXACT, FAMILY, GIVEN, SOUND), or None: tokens cover prefixes only."""
        if self.phone:
            return EXACT if self.phone in phones_of(identity) else None
        tailed = self.phone_tail and any(n.endswith(self.phone_tail) for n in phones_of(identity))
        if not self.words:
            return EXACT if tailed or self._born(identity) else None
        if not self._born(identity):
            return None
        known, family = all_words(identity), family_words(identity)
        if all(any(word.startswith(typed) for word in known) for typed in self.words):
            if all(typed in known for typed in self.words) and any(t in family for t in self.words):
                return EXACT
            started = any(word.startswith(typed) for word in family for typed in self.words)
            return FAMILY if started else GIVEN
        sounds = {sound for sound in map(sound_of, known) if sound}
        heard = all(
            sound_of(typed) in sounds or any(word.startswith(typed) for word in known) for typed in self.words
        )
        return SOUND if heard else None

    def _born(self, identity: Identity) -> bool:
        if self.birth_date:
            return identity.birth_date == self.birth_date
        return not self.birth_year or identity.birth_date.year == self.birth_year


def parse_query(text: str, today: date) -> Query:
    """Understand a typed text. Never raises: what is not understood is left out."""
    value = plain_spaces(text)[:100]
    if _NIR.fullmatch(compact(value)):
        return Query(nir=compact(value)[:13])
    query = Query()
    if _PHONE.fullmatch(value):
        try:
            query.phone = phone.parse_phone(value)
        except FormatError:
            query.phone = ""
        # « 12 03 1958 » has the shape of neither more than the other: a date that exists is a date.
        if query.phone and not _date_of(value, today):
            return query
        query.phone = ""
    if _TAIL.fullmatch(value):
        query.phone_tail = compact(value)[-PHONE_TAIL:]
    found = _DATE.search(value)
    query.birth_date = _date_of(found[0], today) if found else None
    if found and query.birth_date:
        value = value[: found.start()] + " " + value[found.end() :]
    elif year := _YEAR.search(value):
        query.birth_year = int(year[0])
        value = value[: year.start()] + " " + value[year.end() :]
    words = (word for word in names.words(value) if len(word) >= 2 and word.isalpha())
    query.words = list(dict.fromkeys(words))[:MAX_WORDS]
    if not query.words and not query.birth_date:
        query.birth_year = None  # a year alone would list a fortieth of the practice
    return query


def _date_of(text: str, today: date) -> date | None:
    try:
        return dates.parse_french_date(text, today)
    except FormatError:
        return None
