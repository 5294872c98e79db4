"""Who holds which key: holders, their unlocks, grants, epochs. Verbs only; each runs in the caller's transaction."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from serment.vault import crypto
from serment.vault.domains import Domain
from serment.vault.keyring import DomainSecret, Keyring, NoKey, private_key_aad, wrap_aad
from serment.vault.models import DomainKey, Grant, KeyHolder, SubjectKey, Unlock


def holder_aad(practice_id: int, holder_id: int, what: str) -> bytes:
    return f"{practice_id}|{holder_id}|{what}".encode()


def _grant_info(practice_id: int, holder_id: int, domain_key_id: int) -> bytes:
    return f"{practice_id}|{holder_id}|{domain_key_id}|grant".encode()


@transaction.atomic
def create_domain_key(
    practice_id: int, domain: Domain, circle_id: int = 0, *, epoch: int = 1, index_key: bytes | None = None
) -> DomainSecret:
    """Make one epoch of a domain's key and give its opened secret (to be granted before it is forgotten)."""
    secret, pair = crypto.new_key(), crypto.KeyPair.generate()
    index_key = index_key or crypto.new_key()
    row = DomainKey(
        practice_id=practice_id, domain=domain.value, circle_id=circle_id, epoch=epoch, public_key=pair.public
    )
    row.sealed_private_key = crypto.seal(secret, pair.private, private_key_aad(row))
    row.sealed_index_key = crypto.seal(secret, index_key, private_key_aad(row) + b"|index")
    row.save()
    return DomainSecret(row.pk, domain, circle_id, epoch, secret, index_key)


@transaction.atomic
def create_holder(practice_id: int, kind: Any, method: Any, secret_text: str) -> tuple[KeyHolder, bytes]:
    """A new holder whose key pair opens with ``secret_text``. Gives the holder and its (opened) holder key."""
    pair, seed, holder_key = crypto.KeyPair.generate(), crypto.new_signing_seed(), crypto.new_key()
    holder = KeyHolder(
        practice_id=practice_id,
        kind=kind,
        public_key=pair.public,
        signing_public_key=crypto.signing_public(seed),
    )
    bundle = json.dumps([base64.b64encode(pair.private).decode(), base64.b64encode(seed).decode()]).encode()
    holder.sealed_secrets = crypto.seal(holder_key, bundle, holder_aad(practice_id, holder.pk, "secrets"))
    holder.save()
    set_unlock(holder, holder_key, method, secret_text)
    return holder, holder_key


def set_unlock(holder: KeyHolder, holder_key: bytes, method: Any, secret_text: str) -> Unlock:
    """(Re)wrap the holder key under a password or a code."""
    kdf = crypto.new_kdf()
    aad = holder_aad(holder.practice_id, holder.pk, f"unlock|{method}|")
    sealed = crypto.seal(crypto.stretch(secret_text, kdf), holder_key, aad)
    unlock, _ = Unlock.unscoped.update_or_create(
        practice_id=holder.practice_id,
        holder=holder,
        method=method,
        reference="",
        defaults={"kdf": kdf, "sealed_holder_key": sealed},
    )
    return unlock


def set_passkey_unlock(holder: KeyHolder, holder_key: bytes, reference: str, prf_output: bytes) -> Unlock:
    """Wrap the holder key under the 32-byte output of a passkey's PRF extension."""
    key = crypto.derive(prf_output, "serment passkey unlock")
    aad = holder_aad(holder.practice_id, holder.pk, f"unlock|passkey|{reference}")
    unlock, _ = Unlock.unscoped.update_or_create(
        practice_id=holder.practice_id,
        holder=holder,
        method=Unlock.Method.PASSKEY,
        reference=reference,
        defaults={"kdf": "hkdf", "sealed_holder_key": crypto.seal(key, holder_key, aad)},
    )
    return unlock


def open_holder_key(
    holder_id: int, method: Any, secret: str | bytes, reference: str = ""
) -> tuple[KeyHolder, bytes]:
    """The holder key, from a password or code (str) or a PRF output (bytes). Raises CannotOpen."""
    unlock = (
        Unlock.unscoped.select_related("holder")
        .filter(holder_id=holder_id, method=method, reference=reference)
        .first()
    )
    if unlock is None:
        waste_time()
        raise crypto.CannotOpen("no such unlock")
    key = (
        crypto.stretch(secret, unlock.kdf)
        if isinstance(secret, str)
        else crypto.derive(secret, "serment passkey unlock")
    )
    aad = holder_aad(unlock.practice_id, holder_id, f"unlock|{method}|{reference}")
    return unlock.holder, crypto.open_sealed(key, unlock.sealed_holder_key, aad)


def waste_time() -> None:
    """One Argon2id for nothing, so that an unknown login answers no faster than a wrong password."""
    crypto.stretch("nobody", crypto.new_kdf())


def open_keyring(holder: KeyHolder, holder_key: bytes) -> Keyring:
    """Open every grant in force of a holder. Raises CannotOpen if the holder key is not theirs."""
    aad = holder_aad(holder.practice_id, holder.pk, "secrets")
    private_text, seed_text = json.loads(crypto.open_sealed(holder_key, holder.sealed_secrets, aad))
    keyring = Keyring(
        practice_id=holder.practice_id,
        holder_id=holder.pk,
        signing_seed=base64.b64decode(seed_text),
        private_key=base64.b64decode(private_text),
    )
    return refresh(keyring)


def refresh(keyring: Keyring) -> Keyring:
    """Open again the grants in force: those given or withdrawn since the keyring was opened take effect."""
    now = timezone.now()
    secrets = []
    grants = Grant.unscoped.select_related("domain_key").filter(
        practice_id=keyring.practice_id, holder_id=keyring.holder_id
    )
    for grant in grants:
        if (grant.starts_at and grant.starts_at > now) or (grant.expires_at and grant.expires_at <= now):
            continue
        row = grant.domain_key
        info = _grant_info(keyring.practice_id, keyring.holder_id, row.pk)
        secret = crypto.open_with(keyring.private_key, grant.sealed_secret, info)
        index_key = crypto.open_sealed(secret, row.sealed_index_key, private_key_aad(row) + b"|index")
        secrets.append(DomainSecret(row.pk, Domain(row.domain), row.circle_id, row.epoch, secret, index_key))
    return Keyring(
        practice_id=keyring.practice_id,
        holder_id=keyring.holder_id,
        secrets=secrets,
        signing_seed=keyring.signing_seed,
        private_key=keyring.private_key,
    )


def grant(
    holder: KeyHolder,
    held: DomainSecret,
    *,
    starts_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Grant:
    """Give a holder one opened domain secret."""
    info = _grant_info(holder.practice_id, holder.pk, held.domain_key_id)
    row, _ = Grant.unscoped.update_or_create(
        practice_id=holder.practice_id,
        holder=holder,
        domain_key_id=held.domain_key_id,
        defaults={
            "sealed_secret": crypto.seal_to(holder.public_key, held.secret, info),
            "starts_at": starts_at,
            "expires_at": expires_at,
        },
    )
    return row


def grant_domains(
    keyring: Keyring,
    holder: KeyHolder,
    domains: Iterable[tuple[Domain, int]],
    *,
    starts_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> int:
    """Give a holder every held epoch of these (domain, circle) pairs. Raises NoKey for one not held here."""
    count = 0
    for domain, circle_id in domains:
        keyring.current(domain, circle_id)
        for held in keyring.secrets:
            if held.domain == domain and held.circle_id == circle_id:
                grant(holder, held, starts_at=starts_at, expires_at=expires_at)
                count += 1
    return count


@transaction.atomic
def withdraw(keyring: Keyring, holder: KeyHolder) -> list[DomainSecret]:
    """Delete every grant of a holder and start a new epoch of each domain they held.

    Whoever still holds the domain is granted the new epoch. Old subject keys stay readable to them through the old
    epoch until `rewrap` has moved them all. A domain not held here (another circle's) is turned by the next session
    that holds it (`turn_due`): the leaver's grants are gone at once all the same. Gives the new epochs.
    """
    lost = {
        (Domain(g.domain_key.domain), g.domain_key.circle_id)
        for g in Grant.unscoped.select_related("domain_key").filter(holder=holder)
    }
    Grant.unscoped.filter(holder=holder).delete()
    turned = []
    for domain, circle_id in sorted(lost):
        if keyring.holds(domain, circle_id):
            turned.append(turn_epoch(keyring, domain, circle_id))
        else:
            DomainKey.unscoped.filter(
                practice_id=keyring.practice_id, domain=domain.value, circle_id=circle_id, retired_at=None
            ).update(turn_due_at=timezone.now())
    return turned


def drop(holder: KeyHolder) -> None:
    """`withdraw` by nobody's hand (the nightly run): grants go now, epochs turn at the next sign-ins."""
    withdraw(Keyring(practice_id=holder.practice_id, holder_id=0), holder)


@transaction.atomic
def turn_due(keyring: Keyring) -> list[DomainSecret]:
    """Start the new epochs that someone without the domain asked for; gives them. One query when there is none."""
    waiting = DomainKey.objects.filter(retired_at=None, turn_due_at__isnull=False)
    return [
        turn_epoch(keyring, Domain(row.domain), row.circle_id)
        for row in waiting
        if keyring.holds(Domain(row.domain), row.circle_id)
    ]


@transaction.atomic
def turn_epoch(keyring: Keyring, domain: Domain, circle_id: int) -> DomainSecret:
    """Start a new key epoch of a domain and grant it to all who hold the current one."""
    old = keyring.current(domain, circle_id)
    fresh = create_domain_key(
        keyring.practice_id, domain, circle_id, epoch=old.epoch + 1, index_key=old.index_key
    )
    DomainKey.unscoped.filter(pk=old.domain_key_id).update(retired_at=timezone.now())
    for given in Grant.unscoped.select_related("holder").filter(domain_key_id=old.domain_key_id):
        grant(given.holder, fresh, starts_at=given.starts_at, expires_at=given.expires_at)
    keyring.secrets.append(fresh)
    keyring._by_id[fresh.domain_key_id] = fresh
    return fresh


def _waits_under(domain_key_id: int) -> bool:
    """Whether a row of any room still holds what `put_in` sealed to an epoch: a draft, a result, a photo.

    Rooms name the column so; what opens it must stay held until it has been taken out.
    """
    for model in apps.get_models():
        if model in (SubjectKey, Grant):
            continue
        for field in model._meta.concrete_fields:
            if field.name.endswith("domain_key_id") and (
                model.unscoped.filter(**{field.name: domain_key_id}).exists()
            ):
                return True
    return False


def rewrap(keyring: Keyring, *, limit: int = 2000) -> int:
    """Move up to ``limit`` subject keys to the current epoch of their domain; gives how many moved.

    Called by the next authorised session after an epoch turned or after someone without the domain made a patient.
    When no key is left under a retired epoch, and nothing that was put in waits under it, its grants are deleted.
    """
    moved = 0
    for domain, circle_id in sorted({(s.domain, s.circle_id) for s in keyring.secrets}):
        current = keyring.current(domain, circle_id)
        for held in [s for s in keyring.secrets if s.domain == domain and s.circle_id == circle_id]:
            stale = SubjectKey.objects.filter(domain_key_id=held.domain_key_id).exclude(wrapped=b"")
            if held.domain_key_id == current.domain_key_id:
                stale = stale.filter(to_public=True)
            private = None
            rows = list(stale[: max(limit - moved, 0)])
            for row in rows:
                aad = wrap_aad(keyring.practice_id, row.subject_id, row.domain, row.circle_id)
                if row.to_public:
                    private = private or keyring.domain_private_key(held)
                    key = crypto.open_with(private, row.wrapped, aad)
                else:
                    key = crypto.open_sealed(held.secret, row.wrapped, aad)
                SubjectKey.objects.filter(
                    subject_id=row.subject_id, domain=row.domain, circle_id=row.circle_id
                ).update(
                    domain_key_id=current.domain_key_id,
                    to_public=False,
                    wrapped=crypto.seal(current.secret, key, aad),
                )
            moved += len(rows)
            if held is not current and not stale.exists() and not _waits_under(held.domain_key_id):
                Grant.unscoped.filter(domain_key_id=held.domain_key_id).delete()
    return moved


def share_subject(keyring: Keyring, subject_id: int, from_circle: int, to_circle: int) -> SubjectKey:
    """Let another circle follow a subject: one more wrapping of its care key, sealed to that circle. Raises NoKey.

    The new row says that it was shared; one held by right stays so.
    """
    target = DomainKey.objects.get(domain=Domain.CARE.value, circle_id=to_circle, retired_at=None)
    row = SubjectKey.objects.filter(
        subject_id=subject_id, domain=Domain.CARE.value, circle_id=from_circle
    ).first()
    held = keyring._by_id.get(row.domain_key_id) if row else None
    if row is None or held is None:
        raise NoKey("one's own circle does not follow this subject")
    aad = wrap_aad(keyring.practice_id, subject_id, row.domain, from_circle)
    key = (
        crypto.open_with(keyring.domain_private_key(held), row.wrapped, aad)
        if row.to_public
        else crypto.open_sealed(held.secret, row.wrapped, aad)
    )
    wrapping = {
        "domain_key_id": target.pk,
        "to_public": True,
        "wrapped": crypto.seal_to(
            target.public_key, key, wrap_aad(keyring.practice_id, subject_id, row.domain, to_circle)
        ),
    }
    shared, _ = SubjectKey.objects.update_or_create(
        practice_id=keyring.practice_id,
        subject_id=subject_id,
        domain=Domain.CARE.value,
        circle_id=to_circle,
        defaults=wrapping,
        create_defaults={**wrapping, "shared": True, "closed_to": row.closed_to},
    )
    return shared


def by_right(subject_id: int) -> set[int]:
    """Circles that hold a subject's care key other than by sharing: one query."""
    rows = SubjectKey.objects.filter(subject_id=subject_id, domain=Domain.CARE.value, shared=False)
    return set(rows.values_list("circle_id", flat=True))


def drop_guests(subject_id: int, circle_id: int | None = None) -> int:
    """Take the care key back from one invited circle, or from all; gives how many. Those by right always stay."""
    rows = SubjectKey.objects.filter(subject_id=subject_id, domain=Domain.CARE.value, shared=True)
    if not by_right(subject_id):
        return 0
    gone, _ = (rows if circle_id is None else rows.filter(circle_id=circle_id)).delete()
    return gone


def put_in(practice_id: int, domain: Domain, circle_id: int, data: bytes, info: str) -> tuple[int, bytes]:
    """Seal to a domain's public key, with no key in hand: (domain key id, sealed bytes). ``info`` binds it."""
    target = DomainKey.unscoped.get(
        practice_id=practice_id, domain=domain.value, circle_id=circle_id, retired_at=None
    )
    return target.pk, crypto.seal_to(target.public_key, data, f"{practice_id}|{info}".encode())


def take_out(keyring: Keyring, domain_key_id: int, sealed: bytes, info: str) -> bytes:
    """Open what `put_in` sealed. Raises NoKey or CannotOpen."""
    held = keyring._by_id.get(domain_key_id)
    if held is None:
        raise NoKey("no key of that domain")
    return crypto.open_with(
        keyring.domain_private_key(held), sealed, f"{keyring.practice_id}|{info}".encode()
    )


def take_out_each(keyring: Keyring, sealed: Iterable[tuple[int, bytes, str]]) -> list[bytes | None]:
    """`take_out` of many (domain key id, sealed bytes, info): one query for each epoch; None for what does not open."""
    private: dict[int, bytes] = {}
    found: list[bytes | None] = []
    for domain_key_id, data, info in sealed:
        held = keyring._by_id.get(domain_key_id)
        if held is None:
            found.append(None)
            continue
        if domain_key_id not in private:
            private[domain_key_id] = keyring.domain_private_key(held)
        try:
            found.append(
                crypto.open_with(private[domain_key_id], data, f"{keyring.practice_id}|{info}".encode())
            )
        except crypto.CannotOpen:
            found.append(None)
    return found
