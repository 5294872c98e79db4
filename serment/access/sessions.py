"""Sessions: the cookie holds an id and a random secret; the row holds the keys, sealed under that secret.

A stolen database without the cookie opens nothing; a stolen cookie without the database neither. Locking forgets the
sealed keys and keeps the row, so the same browser can save a draft (to a public key) and unlock.
"""

from __future__ import annotations

import base64
import hmac
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from serment.access.models import Person, Session
from serment.vault import crypto
from serment.vault.ids import decode, encode
from serment.vault.keyring import Keyring
from serment.vault.prepared import Prepared, Slot

TOUCH_EVERY = timedelta(seconds=20)
ABSOLUTE_LIFE = timedelta(hours=16)


@dataclass(frozen=True)
class Ticket:
    """What the cookie says: a session id and its 32-byte secret."""

    session_id: int
    secret: bytes

    @property
    def text(self) -> str:
        return f"{encode(self.session_id)}.{base64.urlsafe_b64encode(self.secret).decode().rstrip('=')}"

    @property
    def token_hash(self) -> str:
        return sha256(b"serment session|" + self.secret).hexdigest()

    @property
    def key(self) -> bytes:
        return hmac.digest(self.secret, b"serment session keys", "sha256")

    @classmethod
    def parse(cls, text: str) -> Ticket | None:
        try:
            session_text, secret_text = text.split(".")
            secret = base64.urlsafe_b64decode(secret_text + "=" * (-len(secret_text) % 4))
            return cls(decode(session_text), secret) if len(secret) == 32 else None
        except ValueError:
            return None


def _aad(session: Session) -> bytes:
    return f"{session.practice_id}|{session.pk}|{session.person_id}|session-keys".encode()


def start(person: Person, keyring: Keyring, device: str) -> tuple[Session, Ticket]:
    """Open a session at the password level for a person whose keyring has just been opened."""
    session = Session(practice_id=person.practice_id, person=person, device=device[:60])
    ticket = Ticket(session.pk, os.urandom(32))
    session.token_hash = ticket.token_hash
    session.sealed_keys = crypto.seal(ticket.key, keyring.dumps(), _aad(session))
    session.save()
    return session, ticket


_LIVE = Prepared(
    lambda: Session.unscoped.select_related("person__practitioner").filter(
        pk=Slot("pk"), ended_at__isnull=True
    )
)


def find(ticket: Ticket) -> Session | None:
    """The live session of a cookie, with its person and practitioner: one query."""
    session: Session | None = _LIVE.first(pk=ticket.session_id)
    if session is None or not hmac.compare_digest(session.token_hash, ticket.token_hash):
        return None
    if timezone.now() - session.created_at > ABSOLUTE_LIFE:
        end(session)
        return None
    return session


def keyring_of(session: Session, ticket: Ticket) -> Keyring | None:
    """Open the session's keys; None when it is locked."""
    if session.sealed_keys is None:
        return None
    return Keyring.loads(crypto.open_sealed(ticket.key, session.sealed_keys, _aad(session)))


def store_keyring(session: Session, ticket: Ticket, keyring: Keyring) -> None:
    session.sealed_keys = crypto.seal(ticket.key, keyring.dumps(), _aad(session))
    session.save(update_fields=["sealed_keys"])


def lock(session: Session) -> None:
    """Drop the opened keys. The page, and the drafts, stay."""
    Session.unscoped.filter(pk=session.pk).update(sealed_keys=None, locked_at=timezone.now())
    session.sealed_keys, session.locked_at = None, timezone.now()


def unlock(session: Session, ticket: Ticket, keyring: Keyring) -> None:
    session.locked_at, session.last_seen_at = None, timezone.now()
    session.sealed_keys = crypto.seal(ticket.key, keyring.dumps(), _aad(session))
    session.save(update_fields=["locked_at", "last_seen_at", "sealed_keys"])


def raise_level(session: Session) -> None:
    """The second factor was proven."""
    session.level = Session.Level.SECOND_FACTOR
    session.challenge = {}
    session.save(update_fields=["level", "challenge"])


def end(session: Session) -> None:
    Session.unscoped.filter(pk=session.pk).update(sealed_keys=None, ended_at=timezone.now())


def end_all(person: Person, *, but: int | None = None) -> int:
    """Sign a person out everywhere (except one session); gives how many were open."""
    return (
        Session.unscoped.filter(person=person, ended_at=None)
        .exclude(pk=but)
        .update(sealed_keys=None, ended_at=timezone.now())
    )


def lock_others(practice_id: int, *, but: int | None) -> int:
    """Keys turned: the other sessions open theirs again, by their password. Drafts stay. Gives how many."""
    return (
        Session.unscoped.filter(practice_id=practice_id, ended_at=None, locked_at=None)
        .exclude(pk=but)
        .update(sealed_keys=None, locked_at=timezone.now())
    )


def keys_turned(session: Session, ticket: Ticket, keyring: Keyring) -> None:
    """After an epoch turned: this session keeps the new keys, the others ask for them by unlocking."""
    store_keyring(session, ticket, keyring)
    lock_others(session.practice_id, but=session.pk)


def is_idle(session: Session, minutes: int, now: datetime | None = None) -> bool:
    return (now or timezone.now()) - session.last_seen_at > timedelta(minutes=minutes)


def touch(session: Session) -> None:
    """Note activity, at most every 20 seconds (a write per look would cost more than it tells)."""
    now = timezone.now()
    if now - session.last_seen_at > TOUCH_EVERY:
        Session.unscoped.filter(pk=session.pk).update(last_seen_at=now)
        session.last_seen_at = now


def set_cookie(response: HttpResponse, ticket: Ticket) -> None:
    response.set_cookie(
        settings.SESSION_COOKIE,
        ticket.text,
        httponly=True,
        secure=settings.SECURE_COOKIES,
        samesite="Strict",
    )


def read_cookie(request: HttpRequest) -> Ticket | None:
    return Ticket.parse(request.COOKIES.get(settings.SESSION_COOKIE, ""))


def clear_cookie(response: HttpResponse) -> None:
    response.delete_cookie(settings.SESSION_COOKIE, samesite="Strict")


def device_of(headers: Any) -> str:
    """« Firefox sur Windows »: enough to recognise one's own device, no more."""
    agent = headers.get("User-Agent", "")
    browser = next(
        (
            name
            for mark, name in (
                ("Edg/", "Edge"),
                ("Firefox/", "Firefox"),
                ("Chrome/", "Chrome"),
                ("Safari/", "Safari"),
            )
            if mark in agent
        ),
        "Navigateur",
    )
    system = next(
        (
            name
            for mark, name in (
                ("Android", "Android"),
                ("iPhone", "iPhone"),
                ("iPad", "iPad"),
                ("Windows", "Windows"),
                ("Mac OS", "macOS"),
                ("Linux", "Linux"),
            )
            if mark in agent
        ),
        "appareil inconnu",
    )
    return f"{browser} sur {system}"
