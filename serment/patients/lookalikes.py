"""Patients whom a paper may be about, however it was typed: for a person to choose among, never to conclude from.

The blind index gives candidates of a bounded number, whatever that of the patients: those born that day, those of a
birth date near it and of a name like it, those of the number; without a birth date, those of both names.
"""

from __future__ import annotations

from datetime import date

from serment.formats import names
from serment.formats.likeness import near_births
from serment.patients.finding import ins_tokens
from serment.patients.hits import open_identities
from serment.patients.payloads import Identity
from serment.patients.terms import nir_terms, sound_of
from serment.vault import crypto, index
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

BORN_THAT_DAY, OTHERS = 40, 20


def lookalikes(
    *, keyring: Keyring, family: str, given: str, born: date | None, number: str = ""
) -> tuple[dict[int, Identity], set[int]]:
    """(identities by patient id, those of them found by ``number``): three queries at most.

    ``number``: a NIR or an INS, empty for none. Raises NoKey without the admin domain.
    """
    key = keyring.index_key(Domain.ADMIN)

    def tokens(kind: str, values: set[str]) -> list[int]:
        return sorted(crypto.token(key, f"{kind}:{value}") for value in values if value)

    families, givens = set(names.index_words(family)), set(names.index_words(given))
    begun = tokens("n", {word[:3] for word in families if len(word) > 2})
    heard = tokens("p", {sound_of(word) for word in families})
    numbers: set[int] = set()
    if number:
        numbers = ins_tokens(keyring, number)
        if keyring.holds(Domain.BILLING):
            numbers |= index.tokens(keyring.index_key(Domain.BILLING), nir_terms(number))
    choices: list[tuple[index.Groups, int]] = [([sorted(numbers)], OTHERS)]
    if born:
        day = tokens("b", {born.isoformat()})
        near = tokens("b", {other.isoformat() for other in near_births(born)})
        choices += [([day, heard + begun], OTHERS), ([day], BORN_THAT_DAY), ([near, heard + begun], OTHERS)]
    else:
        choices += [([heard, tokens("n", givens)], OTHERS)]
    by_number, *others = index.subjects_by_choice(choices)
    ids = dict.fromkeys([*by_number, *(pk for found in others for pk in found)])
    return open_identities(keyring, ids), set(by_number)
