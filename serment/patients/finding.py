"""Find patients by a typed text, and find those who may be the same person. Constant query counts.

The blind index gives candidates, newest first and bounded in SQL; they are opened and compared with what was typed.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from serment.formats import names
from serment.patients.hits import PatientHit, hit_of, open_identities
from serment.patients.payloads import Identity
from serment.patients.query import MATCHES, Query, parse_query
from serment.patients.terms import ins_terms, nir_terms, sound_of
from serment.vault import crypto, index
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

CANDIDATES = 60
"""Patients opened at most for one search; past that, typing more letters is what helps."""
HEARD_LETTERS = 4
SAME_PERSON_LIMIT = 10


def search(*, keyring: Keyring, text: str, limit: int = 20) -> tuple[list[PatientHit], Query]:
    """Patients that fit a typed text, best first, and how the text was understood: at most four queries.

    Raises NoKey without the admin domain.
    """
    query = parse_query(text, timezone.localdate())
    key = keyring.index_key(Domain.ADMIN)
    if query.nir:
        tokens = sorted(_number_tokens(keyring, query.nir))
        opened = open_identities(keyring, index.subjects([tokens], limit)) if tokens else {}
        return [hit_of(pk, identity) for pk, identity in opened.items()], query
    choices = _choices(key, query)
    if not choices:
        return [], query
    found = index.subjects_by_choice([(groups, CANDIDATES) for groups in choices])
    ids = list(dict.fromkeys(pk for choice in found for pk in choice))[:CANDIDATES]
    query.more = len(ids) == CANDIDATES
    if len(ids) < limit and any(len(word) >= HEARD_LETTERS for word in query.words):
        heard = index.subjects(_heard_groups(key, query), CANDIDATES - len(ids))
        ids += [pk for pk in heard if pk not in ids]
    ranked = []
    for pk, identity in open_identities(keyring, ids).items():
        match = query.match(identity)
        if match is not None:
            ranked.append((match, names.fold(identity.display_name), pk, identity))
    ranked.sort(key=lambda row: row[:3])
    query.more = query.more or len(ranked) > limit
    return [hit_of(pk, identity, MATCHES[match]) for match, _, pk, identity in ranked[:limit]], query


def _token(key: bytes, kind: str, value: object) -> int:
    return crypto.token(key, f"{kind}:{value}")


def _number_tokens(keyring: Keyring, number: str) -> set[int]:
    """A typed social-security number, asked of whichever domains are held: billing (NIR), care (INS)."""
    found: set[int] = set()
    if keyring.holds(Domain.BILLING):
        found |= index.tokens(keyring.index_key(Domain.BILLING), nir_terms(number))
    return found | ins_tokens(keyring, number)


def ins_tokens(keyring: Keyring, matricule: str) -> set[int]:
    """Tokens of a matricule under the care key of each circle held."""
    found: set[int] = set()
    for circle_id in keyring.circles(Domain.CARE):
        found |= index.tokens(keyring.current(Domain.CARE, circle_id).index_key, ins_terms(matricule))
    return found


def _birth_groups(key: bytes, query: Query) -> list[list[int]]:
    if query.birth_date:
        return [[_token(key, "b", query.birth_date.isoformat())]]
    return [[_token(key, "y", query.birth_year)]] if query.birth_year else []


def _choices(key: bytes, query: Query) -> list[index.Groups]:
    """Searches to make, best first: whole words, then family-name prefix, then prefix of any name."""
    if query.phone:
        return [[[_token(key, "t", query.phone)]]]
    born = _birth_groups(key, query)
    if not query.words:
        tails = [_token(key, "t", query.phone_tail)] if query.phone_tail else []
        alone = [*(born[0] if born else []), *tails]
        return [[alone]] if alone else []
    words = sorted(query.words, key=len, reverse=True)
    # A date is rarer than any word, a year is commoner than a long one.
    before, after = (born, []) if query.birth_date else ([], born)
    whole = [[_token(key, "n", word)] for word in words]
    started = [[_token(key, "n", names.query_prefix(word))] for word in words]
    choices: list[index.Groups] = []
    if whole != started:
        choices.append([*before, *whole, *after])
    if len(words) == 1 and not born:
        choices.append([[_token(key, "f", names.query_prefix(words[0]))]])
    return [*choices, [*before, *started, *after]]


def _heard_groups(key: bytes, query: Query) -> index.Groups:
    """Each word by its sound; with several words, also by its beginning (« lefevr jea »)."""
    born = _birth_groups(key, query)
    groups = []
    for word in sorted(query.words, key=len, reverse=True):
        group = [_token(key, "p", sound_of(word))] if sound_of(word) else []
        if len(query.words) > 1 or not group:
            group.append(_token(key, "n", names.query_prefix(word)))
        groups.append(group)
    return [*born, *groups] if query.birth_date else [*groups, *born]


@dataclass(frozen=True)
class Suspect:
    """A patient who may be the one being entered. ``strong``: likely the same person, not only a relative."""

    hit: PatientHit
    why: str
    strong: bool


def suspects_of(
    *, keyring: Keyring, identity: Identity, nir_value: str = "", but: int | None = None
) -> list[Suspect]:
    """Patients who may be the same person, the likeliest first: at most three queries.

    Strong: same birth date, and family name and first given name that sound alike; or same social-security number
    and same birth date. The rest (a phone, an insured parent's number, a twin) is worth a look and no more.
    """
    key = keyring.index_key(Domain.ADMIN)
    sounds = _family_sounds(identity)
    phones = [_token(key, "t", n) for n in (identity.contact.mobile, identity.contact.phone) if n]
    numbers: list[int] = []
    if nir_value and keyring.holds(Domain.BILLING):
        numbers = sorted(index.tokens(keyring.index_key(Domain.BILLING), nir_terms(nir_value)))
    born = _token(key, "b", identity.birth_date.isoformat())
    by_birth, by_phone, by_number = index.subjects_by_choice(
        [
            ([[born], [_token(key, "p", sound) for sound in sorted(sounds)]], SAME_PERSON_LIMIT),
            ([phones], SAME_PERSON_LIMIT),
            ([numbers], SAME_PERSON_LIMIT),
        ]
    )
    ids = [pk for pk in dict.fromkeys([*by_number, *by_birth, *by_phone]) if pk != but]
    found = []
    for pk, other in open_identities(keyring, ids).items():
        why, strong = _reason(identity, other, pk in by_number, pk in by_phone)
        if why:
            found.append(Suspect(hit_of(pk, other), why, strong))
    return sorted(found, key=lambda suspect: (not suspect.strong, suspect.hit.id))


def _family_sounds(identity: Identity) -> set[str]:
    words = names.words(f"{identity.birth_family_name} {identity.used_family_name}")
    return {sound for sound in map(sound_of, words) if sound}


def _given_alike(one: Identity, other: Identity) -> bool:
    def sounds(identity: Identity) -> set[str]:
        typed = f"{identity.first_given_name} {identity.used_given_name}"
        return {names.phonetic(word) for word in names.words(typed)}

    return bool(sounds(one) & sounds(other))


def _reason(new: Identity, known: Identity, same_number: bool, same_phone: bool) -> tuple[str, bool]:
    same_birth = new.birth_date == known.birth_date
    close_name = bool(_family_sounds(new) & _family_sounds(known))
    if same_number:
        return "même numéro de sécurité sociale", same_birth
    if same_birth and close_name:
        if _given_alike(new, known):
            return "même date de naissance et nom proche", True
        return "même date de naissance et même nom de famille, prénom différent", False
    return ("même téléphone", False) if same_phone else ("", False)
