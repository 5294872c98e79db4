"""What of a patient is indexed, and how a typed text asks for it (docs/keys.md says what the index reveals)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from serment.formats import dates, names, phone
from serment.formats.errors import FormatError
from serment.formats.text import compact
from serment.patients.payloads import Identity

_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\b\d{8}\b|\b\d{6}\b")
_PHONE = re.compile(r"(?:\+|00)?\d[\d\s.]{7,}\d")
_NIR = re.compile(r"[1-478]\d{4}(?:\d\d|2[AB])\d{6}(?:\d\d)?")


def family_words(identity: Identity) -> list[str]:
    return names.words(f"{identity.birth_family_name} {identity.used_family_name}")


def all_words(identity: Identity) -> list[str]:
    given = f"{identity.first_given_name} {identity.given_names} {identity.used_given_name}"
    return [*family_words(identity), *names.words(given)]


def _prefix_terms(kind: str, words: list[str]) -> set[str]:
    return {f"{kind}:{part}" for word in words for part in names.prefixes(word) | {word}}


def admin_terms(identity: Identity) -> set[str]:
    """Terms keyed by the admin domain: name prefixes, phonetics, birth date, phones."""
    contact = identity.contact
    return (
        _prefix_terms("f", family_words(identity))
        | _prefix_terms("n", all_words(identity))
        | {f"p:{names.phonetic(word)}" for word in all_words(identity)}
        | {f"b:{identity.birth_date.isoformat()}"}
        | {f"t:{number}" for number in (contact.mobile, contact.phone) if number}
    )


def nir_terms(value: str) -> set[str]:
    """Term keyed by the billing domain."""
    return {f"nir:{value[:13]}"} if value else set()


@dataclass
class Query:
    """A typed text, understood. At most one of ``phone`` and ``nir`` is set."""

    words: list[str] = field(default_factory=list)
    birth_date: date | None = None
    phone: str = ""
    nir: str = ""

    @property
    def kinds(self) -> list[str]:
        """Codes for the journal: what was asked, never the text."""
        found = ["name"] if self.words else []
        found += ["birth_date"] if self.birth_date else []
        return found + [kind for kind in ("phone", "nir") if getattr(self, kind)]

    def matches(self, identity: Identity) -> bool:
        """Whether an opened identity really fits the names and date (tokens cover prefixes only)."""
        if self.birth_date and identity.birth_date != self.birth_date:
            return False
        known = all_words(identity)
        return all(any(word.startswith(typed) for word in known) for typed in self.words)

    def sounds_like(self, identity: Identity) -> bool:
        if self.birth_date and identity.birth_date != self.birth_date:
            return False
        known = {names.phonetic(word) for word in all_words(identity)}
        return all(names.phonetic(typed) in known for typed in self.words)

    def rank(self, identity: Identity) -> tuple[int, str]:
        """Exact family name, then family prefix, then the rest; each in alphabetical order."""
        family = family_words(identity)
        if self.words and self.words[0] in family:
            place = 0
        elif self.words and any(word.startswith(self.words[0]) for word in family):
            place = 1
        else:
            place = 2
        return place, names.fold(identity.display_name)


def parse_query(text: str, today: date) -> Query:
    """Understand what was typed: names in any order, a birth date in any usual form, a phone, a NIR."""
    value = text.strip()
    digits = compact(value).upper()
    if _NIR.fullmatch(digits):
        return Query(nir=digits[:13])
    if _PHONE.fullmatch(value) and len(re.sub(r"\D", "", value)) >= 9:
        try:
            return Query(phone=phone.parse_phone(value))
        except FormatError:
            pass
    query = Query()
    match = _DATE.search(value)
    if match:
        try:
            query.birth_date = dates.parse_french_date(match[0], today)
            value = value[: match.start()] + " " + value[match.end() :]
        except FormatError:
            pass
    elif re.search(r"\d", value):
        try:
            query.birth_date = dates.parse_french_date(value, today)
            value = ""
        except FormatError:
            pass
    query.words = [word for word in names.words(value) if len(word) >= 2][:5]
    return query
