"""Keys of an archived file: its own key in the archive domain, and the old keys put inside it (DESIGN §2)."""

from __future__ import annotations

from typing import Any

from serment.vault import crypto
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring, NoKey, SubjectKeys, wrap_aad
from serment.vault.models import DomainKey, SubjectKey


def circles_of(subject_id: int) -> list[int]:
    """The care circles that hold a key of this subject."""
    rows = SubjectKey.objects.filter(subject_id=subject_id, domain=Domain.CARE.value)
    return sorted(rows.values_list("circle_id", flat=True))


def guests_of(subject_id: int) -> list[int]:
    """Those of `circles_of` that were invited by another."""
    rows = SubjectKey.objects.filter(subject_id=subject_id, domain=Domain.CARE.value, shared=True)
    return sorted(rows.values_list("circle_id", flat=True))


def take_keys(keyring: Keyring, subject_id: int) -> dict[str, str]:
    """The subject's keys of every active domain, in clear, to be sealed at once. Raises NoKey if one is missing."""
    if keyring.is_lent(subject_id):
        raise NoKey("an emergency access archives nothing")
    found = {}
    for domain in (Domain.ADMIN, Domain.BILLING, Domain.CARE):
        keys = keyring.subject_keys([subject_id], domain)
        if subject_id not in keys:
            raise NoKey(f"no {domain} key for this subject")
        found[domain.value] = keys.raw(subject_id).hex()
    return found


def new_archive_keys(keyring: Keyring, wanted: dict[int, list[int]]) -> SubjectKeys:
    """A key for each file to come (id → circles), wrapped for the archive domain of its circles; gives them opened.

    One query and one insert for all. A keyring without any secret makes them too, sealed to the public keys: whoever
    made them forgets them. Raises NoKey for a file without any circle that has an archive.
    """
    targets = {
        target.circle_id: target
        for target in DomainKey.objects.filter(domain=Domain.ARCHIVE.value, retired_at=None)
    }
    fresh = {subject_id: crypto.new_key() for subject_id in wanted}
    rows = []
    for subject_id, circle_ids in wanted.items():
        mine = [targets[circle_id] for circle_id in circle_ids if circle_id in targets]
        if not mine:
            raise NoKey("no archive domain for these circles")
        for target in mine:
            aad = wrap_aad(keyring.practice_id, subject_id, target.domain, target.circle_id)
            held = keyring._by_id.get(target.pk)
            key = fresh[subject_id]
            rows.append(
                SubjectKey(
                    practice_id=keyring.practice_id,
                    subject_id=subject_id,
                    domain=target.domain,
                    circle_id=target.circle_id,
                    domain_key_id=target.pk,
                    to_public=held is None,
                    wrapped=crypto.seal(held.secret, key, aad)
                    if held
                    else crypto.seal_to(target.public_key, key, aad),
                )
            )
    SubjectKey.objects.bulk_create(rows, batch_size=500)
    return SubjectKeys(keyring.practice_id, Domain.ARCHIVE, fresh)


def give_back(
    keyring: Keyring,
    subject_id: int,
    keys: dict[str, str],
    circle_ids: list[int],
    guests: list[int],
    closed_to: str,
) -> None:
    """Wrap a returning subject's keys again under the domains of today.

    ``guests`` and ``closed_to``: as `guests_of` and `closed.text_of` told.
    """
    wanted: list[tuple[Any, bytes]] = []
    for target in DomainKey.objects.filter(retired_at=None):
        if target.domain in keys and (target.circle_id in (0, *circle_ids)):
            wanted.append((target, bytes.fromhex(keys[target.domain])))
        elif target.domain == Domain.EMERGENCY:
            wanted.append((target, bytes.fromhex(keys[Domain.CARE])))
    for target, key in wanted:
        aad = wrap_aad(keyring.practice_id, subject_id, target.domain, target.circle_id)
        held = keyring._by_id.get(target.pk)
        SubjectKey.objects.create(
            practice_id=keyring.practice_id,
            subject_id=subject_id,
            domain=target.domain,
            circle_id=target.circle_id,
            domain_key_id=target.pk,
            to_public=held is None,
            shared=target.domain == Domain.CARE and target.circle_id in guests,
            closed_to=closed_to if target.domain == Domain.CARE else "",
            wrapped=crypto.seal(held.secret, key, aad)
            if held
            else crypto.seal_to(target.public_key, key, aad),
        )


def forget(subject_id: int) -> int:
    """Delete every wrapping of a subject's keys: what they sealed opens nowhere any more."""
    deleted, _ = SubjectKey.objects.filter(subject_id=subject_id).delete()
    return deleted
