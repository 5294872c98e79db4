"""Second factors: TOTP (RFC 6238) and recovery codes. Passkeys are in `passkeys`.

The TOTP secret is sealed under a key derived from the person's private key: only their password opens it, so a
technician with the database can not compute a code.
"""

from __future__ import annotations

import hmac
import secrets
import time
from hashlib import sha256

import pyotp
from django.db import transaction
from django.utils import timezone

from serment.access.models import Person, RecoveryCode
from serment.formats.text import is_digits
from serment.vault import crypto
from serment.vault.keyring import Keyring

STEP_SECONDS = 30
CODES = 10
ISSUER = "Serment"


def _key(keyring: Keyring) -> bytes:
    return crypto.derive(keyring.private_key, "serment second factor")


def _aad(person: Person) -> bytes:
    return f"{person.practice_id}|{person.pk}|totp".encode()


def new_secret() -> str:
    """A fresh TOTP secret in base 32 (160 bits)."""
    return pyotp.random_base32()


def uri(secret: str, person: Person) -> str:
    """The otpauth:// URI of the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.login, issuer_name=ISSUER)


def enrol(person: Person, keyring: Keyring, secret: str, code: str) -> bool:
    """Keep ``secret`` if ``code`` proves that the person's device has it."""
    step = _matching_step(secret, code, after=0)
    if step is None:
        return False
    person.sealed_totp = crypto.seal(_key(keyring), secret.encode(), _aad(person))
    person.totp_step = step
    person.save(update_fields=["sealed_totp", "totp_step"])
    return True


def check(person: Person, keyring: Keyring, code: str) -> bool:
    """Whether ``code`` is right now, and was not used before (each step serves once)."""
    if person.sealed_totp is None:
        return False
    secret = crypto.open_sealed(_key(keyring), person.sealed_totp, _aad(person)).decode()
    step = _matching_step(secret, code, after=person.totp_step)
    if step is None:
        return False
    return bool(Person.unscoped.filter(pk=person.pk, totp_step__lt=step).update(totp_step=step))


def _matching_step(secret: str, code: str, after: int) -> int | None:
    digits = "".join(c for c in code if is_digits(c))
    now, totp = int(time.time() // STEP_SECONDS), pyotp.TOTP(secret)
    for step in (now - 1, now, now + 1):
        if step > after and len(digits) == 6 and hmac.compare_digest(totp.generate_otp(step), digits):
            return step
    return None


@transaction.atomic
def new_recovery_codes(person: Person) -> list[str]:
    """Replace a person's recovery codes; gives the ten new ones, to be shown once."""
    RecoveryCode.unscoped.filter(person=person).delete()
    codes = [_code() for _ in range(CODES)]
    RecoveryCode.unscoped.bulk_create(
        RecoveryCode(practice_id=person.practice_id, person=person, digest=_digest(person, code))
        for code in codes
    )
    return codes


def use_recovery_code(person: Person, code: str) -> bool:
    """Whether ``code`` is an unused recovery code of this person; it is used up."""
    return bool(
        RecoveryCode.unscoped.filter(person=person, digest=_digest(person, code), used_at=None).update(
            used_at=timezone.now()
        )
    )


def _code() -> str:
    text = "".join(secrets.choice("abcdefghjkmnpqrstvwxyz23456789") for _ in range(16))
    return "-".join(text[i : i + 4] for i in range(0, 16, 4))


def _digest(person: Person, code: str) -> str:
    plain = "".join(c for c in code.lower() if c.isalnum())
    return sha256(f"{person.pk}|{plain}".encode()).hexdigest()


def current_code(person: Person, keyring: Keyring) -> str:
    """The code a phone would show now, or the next one when this one has served. For the demonstration only."""
    if person.sealed_totp is None:
        return ""
    secret = crypto.open_sealed(_key(keyring), person.sealed_totp, _aad(person)).decode()
    step = max(int(time.time() // STEP_SECONDS), person.totp_step + 1)
    return str(pyotp.TOTP(secret).generate_otp(step))
