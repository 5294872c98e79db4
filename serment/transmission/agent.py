"""The practice's agent: lots sent and returns fetched with nobody there, where the owner gave it the keys (DESIGN §2).

It holds `admin` and `billing`, never `care` nor `archive`. It signs nothing: that takes a card. Its key is a file of
the machine, outside the database and its backups: a copy of these opens nothing without it.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from serment.access.models import Person
from serment.journal import services as journal
from serment.practice.models import Practice
from serment.transmission import returns, sending
from serment.transmission.insured import Refused
from serment.vault import crypto, custody
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring
from serment.vault.models import KeyHolder, Unlock
from serment.vault.tenancy import current_practice

HELD = ((Domain.ADMIN, 0), (Domain.BILLING, 0))


def folder() -> Path:
    path = Path(settings.AGENT_KEY_DIR)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def _file(practice_id: int) -> Path:
    return folder() / f"{practice_id}.key"


def in_charge() -> list[int]:
    """Ids of the practices whose agent has its key on this machine."""
    return [int(path.stem) for path in sorted(folder().glob("*.key")) if path.stem.isdigit()]


def holder() -> KeyHolder | None:
    """The agent of the practice at work, while it holds something."""
    found: KeyHolder | None = KeyHolder.objects.filter(
        kind=KeyHolder.Kind.AGENT, grants__isnull=False
    ).first()
    return found


def _require_owner(author: Person) -> None:
    if not author.is_owner:
        raise Refused("Seule la personne qui répond du cabinet confie ses clés à l’agent.")


@transaction.atomic
def give(*, keyring: Keyring, author: Person) -> KeyHolder:
    """Put the agent in charge of sending and fetching. Raises Refused, NoKey."""
    _require_owner(author)
    known = holder()
    if known is not None:
        return known
    secret = secrets.token_urlsafe(32)
    made, _ = custody.create_holder(keyring.practice_id, KeyHolder.Kind.AGENT, Unlock.Method.CODE, secret)
    custody.grant_domains(keyring, made, HELD)
    path = _file(keyring.practice_id)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{made.pk} {secret}")
    journal.record("fse.agent", object_id=made.pk, details={"given": True})
    return made


@transaction.atomic
def take_back(*, keyring: Keyring, author: Person) -> None:
    """Withdraw the agent's keys: new epochs of what it held, and its file deleted. Raises Refused."""
    _require_owner(author)
    for row in KeyHolder.objects.filter(kind=KeyHolder.Kind.AGENT):
        custody.withdraw(keyring, row)
        journal.record("fse.agent", object_id=row.pk, details={"given": False})
    _file(keyring.practice_id).unlink(missing_ok=True)


def keyring_of(practice_id: int) -> Keyring | None:
    """The agent's opened keys; None where its file is absent, or opens nothing any more."""
    try:
        number, _, secret = _file(practice_id).read_text().partition(" ")
        row, key = custody.open_holder_key(int(number), Unlock.Method.CODE, secret)
    except (OSError, ValueError, crypto.CannotOpen):
        return None
    if row.practice_id != practice_id:
        return None
    return custody.open_keyring(row, key)


@dataclass(frozen=True)
class Round:
    """What one round did."""

    sent: int
    returns: int
    troubles: list[str]


def make_round(practice: Practice) -> Round | None:
    """Send what is signed, fetch what has come; None where the agent has no key. Within the practice at work."""
    if practice.pk != current_practice():
        raise ValueError("another practice is at work")
    keyring = keyring_of(practice.pk)
    if keyring is None or not keyring.holds(Domain.BILLING):
        return None
    given = {"keyring": keyring, "author": None, "practice": practice}
    sent, found, troubles = 0, 0, list[str]()
    try:
        sent, troubles = sending.send_due(**given)
        found = len(returns.fetch(**given))
    except Refused as error:
        troubles.append(str(error))
    return Round(sent, found, troubles)
