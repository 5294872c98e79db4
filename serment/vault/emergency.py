"""Emergency access: every subject's care key wrapped once more, under a domain held by practitioners (ADR 0013).

No ordinary read goes through it: `open_key` is the only way in, and whoever calls it gives the reason and tells people.
A row with an empty ``wrapped`` says that the subject refused: it opens nothing, and the sweep does not wrap it again.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef

from serment.vault import crypto, custody
from serment.vault.closed import names, text_of
from serment.vault.domains import Domain
from serment.vault.keyring import DomainSecret, Keyring, NoKey, wrap_aad
from serment.vault.models import DomainKey, Grant, KeyHolder, SubjectKey

_DOMAIN = Domain.EMERGENCY.value


def is_on() -> bool:
    """Whether the practice has the domain: one query."""
    return bool(DomainKey.objects.filter(domain=_DOMAIN, retired_at=None).exists())


@transaction.atomic
def start(practice_id: int, holders: Iterable[KeyHolder]) -> DomainSecret:
    """Make the domain and grant it to the practitioners' holders and to the recovery code. Wraps no subject yet."""
    opened = custody.create_domain_key(practice_id, Domain.EMERGENCY)
    recovery = KeyHolder.unscoped.filter(practice_id=practice_id, kind=KeyHolder.Kind.RECOVERY)
    for holder in [*holders, *recovery]:
        dates = holder.grants.filter(domain_key__domain=Domain.CARE.value).first()
        custody.grant(
            holder,
            opened,
            starts_at=dates.starts_at if dates else None,
            expires_at=dates.expires_at if dates else None,
        )
    return opened


@transaction.atomic
def stop() -> int:
    """Do without it: wrappings, grants and keys go, and nothing opens them again. Gives how many subjects had one."""
    gone, _ = SubjectKey.objects.filter(domain=_DOMAIN).delete()
    Grant.objects.filter(domain_key__domain=_DOMAIN).delete()
    DomainKey.objects.filter(domain=_DOMAIN).delete()
    return gone


def _target() -> DomainKey:
    target = DomainKey.objects.filter(domain=_DOMAIN, retired_at=None).first()
    if target is None:
        raise NoKey("the practice does without emergency access")
    return target


def _put(target: DomainKey, subject_id: int, wrapped: bytes, *, to_public: bool = False) -> None:
    SubjectKey.objects.update_or_create(
        practice_id=target.practice_id,
        subject_id=subject_id,
        domain=_DOMAIN,
        circle_id=0,
        defaults={"domain_key_id": target.pk, "to_public": to_public, "wrapped": wrapped},
    )


def wrap_missing(keyring: Keyring, *, limit: int = 500) -> int:
    """Wrap up to ``limit`` care keys that this session opens and that have no wrapping yet; gives how many.

    Called at a sign-in, so that a practice that has just taken emergency access is covered within a few of them.
    """
    if not keyring.holds(Domain.CARE) or not is_on():
        return 0
    target = _target()
    wrapping = SubjectKey.objects.filter(domain=_DOMAIN, subject_id=OuterRef("subject_id"))
    missing = (
        SubjectKey.objects.filter(domain=Domain.CARE.value, circle_id__in=keyring.circles())
        .exclude(subject_id=keyring.practice_id)
        .exclude(Exists(wrapping))
    )
    subjects = list(dict.fromkeys(missing.values_list("subject_id", flat=True)[:limit]))
    keys = keyring.subject_keys_in(subjects, [Domain.CARE])[Domain.CARE]
    held, made = keyring._by_id.get(target.pk), 0
    for subject_id in subjects:
        if subject_id not in keys or keyring.is_lent(subject_id):
            continue
        key, aad = keys.raw(subject_id), wrap_aad(keyring.practice_id, subject_id, _DOMAIN, 0)
        wrapped = crypto.seal(held.secret, key, aad) if held else crypto.seal_to(target.public_key, key, aad)
        _put(target, subject_id, wrapped, to_public=held is None)
        made += 1
    return made


def refuse(subject_id: int) -> None:
    """The subject opposes it: their wrapping goes, and none is made until `allow`. Nothing where it is off."""
    target = DomainKey.objects.filter(domain=_DOMAIN, retired_at=None).first()
    if target is not None:
        _put(target, subject_id, b"")


def allow(subject_id: int) -> None:
    """The refusal is withdrawn: the next session of the circle wraps the key again."""
    SubjectKey.objects.filter(domain=_DOMAIN, subject_id=subject_id, wrapped=b"").delete()


def open_key(keyring: Keyring, subject_id: int) -> bytes:
    """The care key of a subject whom this session does not follow. Raises NoKey."""
    row = SubjectKey.objects.filter(domain=_DOMAIN, subject_id=subject_id).first()
    held = keyring._by_id.get(row.domain_key_id) if row else None
    if row is None or held is None or not row.wrapped or names(text_of(subject_id), keyring.holder_id):
        raise NoKey("no emergency wrapping for this subject")
    aad = wrap_aad(keyring.practice_id, subject_id, _DOMAIN, 0)
    if row.to_public:
        return crypto.open_with(keyring.domain_private_key(held), row.wrapped, aad)
    return crypto.open_sealed(held.secret, row.wrapped, aad)
