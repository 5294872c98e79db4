"""Passkeys (WebAuthn): a second factor, and where the authenticator has PRF, a key that opens the session again."""

from __future__ import annotations

import base64
import ipaddress
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)

from serment.access.models import Passkey, Person
from serment.vault import custody
from serment.vault.keyring import Keyring
from serment.vault.models import KeyHolder, Unlock


class PasskeyRefused(ValueError):
    """The browser's answer does not prove the passkey; the message is French."""


def available(request: HttpRequest) -> bool:
    """WebAuthn wants a host name and, off this machine, TLS: a bare address has no passkeys."""
    host = _host(request)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or request.is_secure() or settings.SECURE_COOKIES
    return False


def _host(request: HttpRequest) -> str:
    return request.get_host().rsplit(":", 1)[0].strip("[]")


def _server(request: HttpRequest) -> Fido2Server:
    host = _host(request)
    port = request.get_host()[len(host) :]
    scheme = "https" if request.is_secure() or settings.SECURE_COOKIES else "http"
    origin = f"{scheme}://{host}{port}"
    return Fido2Server(
        PublicKeyCredentialRpEntity(name="Serment", id=host), verify_origin=lambda seen: seen == origin
    )


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _prf(person: Person) -> dict[str, Any]:
    salt = sha256(f"serment prf|{person.practice_id}|{person.pk}".encode()).digest()
    return {"prf": {"eval": {"first": _b64(salt)}}}


def _known(person: Person) -> list[AttestedCredentialData]:
    return [AttestedCredentialData(bytes(p.credential_data)) for p in person.passkeys.all()]


def reference(credential_id: bytes) -> str:
    """How the vault names a passkey: the SHA-256 of its credential id."""
    return sha256(credential_id).hexdigest()


def begin_registration(request: HttpRequest, person: Person) -> tuple[dict[str, Any], dict[str, Any]]:
    """(options for the browser, state to keep in the session)."""
    options, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(
            id=str(person.pk).encode(), name=person.login, display_name=person.display_name
        ),
        credentials=_known(person),
        user_verification=UserVerificationRequirement.REQUIRED,
        extensions=_prf(person),
    )
    return dict(options)["publicKey"], dict(state)


def complete_registration(
    request: HttpRequest, person: Person, state: dict[str, Any], answer: dict[str, Any], label: str
) -> Passkey:
    """Keep the passkey. Raises PasskeyRefused."""
    try:
        data = _server(request).register_complete(state, answer["credential"])
    except (ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused("La clé d’accès n’a pas répondu comme attendu. Recommencez.") from error
    credential = data.credential_data
    if credential is None:
        raise PasskeyRefused("La clé d’accès n’a pas répondu comme attendu. Recommencez.")
    return Passkey.objects.create(
        person=person,
        credential_id=credential.credential_id,
        credential_data=bytes(credential),
        label=label[:60] or "Clé d’accès",
    )


def let_open_keys(passkey: Passkey, holder: KeyHolder, holder_key: bytes, prf_output: bytes) -> None:
    """Wrap the holder key under the passkey's PRF, so that it can unlock the session alone."""
    custody.set_passkey_unlock(holder, holder_key, reference(bytes(passkey.credential_id)), prf_output)
    passkey.opens_keys = True
    passkey.save(update_fields=["opens_keys"])


def begin_assertion(request: HttpRequest, person: Person) -> tuple[dict[str, Any], dict[str, Any]]:
    options, state = _server(request).authenticate_begin(
        _known(person), user_verification=UserVerificationRequirement.REQUIRED, extensions=_prf(person)
    )
    return dict(options)["publicKey"], dict(state)


def complete_assertion(
    request: HttpRequest, person: Person, state: dict[str, Any], answer: dict[str, Any]
) -> Passkey:
    """The passkey that answered. Raises PasskeyRefused."""
    try:
        found = _server(request).authenticate_complete(state, _known(person), answer["credential"])
    except (ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused("Cette clé d’accès n’est pas reconnue.") from error
    passkey = next(p for p in person.passkeys.all() if bytes(p.credential_id) == found.credential_id)
    passkey.used_at = timezone.now()
    passkey.save(update_fields=["used_at"])
    return passkey


def open_with_prf(person: Person, passkey: Passkey, prf_output: bytes) -> Keyring:
    """The keyring that the passkey's PRF opens. Raises CannotOpen."""
    holder, key = custody.open_holder_key(
        person.holder_id, Unlock.Method.PASSKEY, prf_output, reference(bytes(passkey.credential_id))
    )
    return custody.open_keyring(holder, key)


def prf_output(answer: dict[str, Any]) -> bytes | None:
    """The 32 bytes the browser read from the PRF extension, if it has one."""
    text = answer.get("prf")
    if not isinstance(text, str):
        return None
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return data if len(data) == 32 else None
