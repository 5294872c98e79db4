"""What of a patient is indexed (docs/keys.md says what the index reveals).

A term is ``kind:value``. Under the admin key: ``f`` family-name prefix, ``n`` prefix or whole word of any name, ``p``
sound of a word, ``b`` birth date, ``y`` birth year, ``t`` phone (whole, and its last six digits). Under the billing
key ``nir``; under the care key ``ins``.
"""

from __future__ import annotations

from serment.formats import names
from serment.patients.payloads import Identity

PHONE_TAIL = 6
MIN_SOUND = 3
"""Letters a word needs before its sound is worth looking for."""


def family_words(identity: Identity) -> list[str]:
    """Folded words of the birth and used family names, glued forms included (« legall » finds Le Gall)."""
    found = names.index_words(identity.birth_family_name) + names.index_words(identity.used_family_name)
    return list(dict.fromkeys(found))


def given_words(identity: Identity) -> list[str]:
    typed = f"{identity.first_given_name} {identity.given_names} {identity.used_given_name}"
    return list(dict.fromkeys([*names.words(typed), names.glue(identity.first_given_name)]))


def all_words(identity: Identity) -> list[str]:
    return list(dict.fromkeys([*family_words(identity), *given_words(identity)]))


def phones_of(identity: Identity) -> list[str]:
    return [number for number in (identity.contact.mobile, identity.contact.phone) if number]


def sound_of(word: str) -> str:
    """The phonetic key of a word, empty when the word is too short to be heard."""
    return names.phonetic(word) if len(word) >= MIN_SOUND else ""


def admin_terms(identity: Identity) -> set[str]:
    """Terms keyed by the admin domain. Few on purpose: each one is a row."""
    words = all_words(identity)
    born = identity.birth_date
    found = {f"f:{part}" for word in family_words(identity) for part in names.prefixes(word) - {word}}
    found |= {f"f:{word}" for word in family_words(identity) if len(word) in names.PREFIX_LENGTHS}
    found |= {f"n:{part}" for word in words for part in names.prefixes(word)}
    found |= {f"p:{sound}" for sound in map(sound_of, words) if sound}
    found |= {f"b:{born.isoformat()}", f"y:{born.year}"}
    for number in phones_of(identity):
        found |= {f"t:{number}", f"t:{number[-PHONE_TAIL:]}"}
    return found


def nir_terms(value: str) -> set[str]:
    """Term keyed by the billing domain (R5.4). The key digits are left out: people do not type them."""
    return {f"nir:{value[:13]}"} if value else set()


def ins_terms(matricule: str) -> set[str]:
    """Term keyed by the care domain (R5.3): same digits as a NIR, another purpose and another key."""
    return {f"ins:{matricule[:13]}"} if matricule else set()
