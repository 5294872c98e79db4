"""The only module that calls a primitive. All of them come from `cryptography` (référentiel E-CRYP-1).

- sealing: AES-256-GCM, random 96-bit nonce, one version byte in front;
- to a public key: HPKE (RFC 9180) with ML-KEM-768 + X25519, HKDF-SHA256, AES-256-GCM;
- passwords and codes: Argon2id (RFC 9106), its parameters written beside its salt in PHC form;
- other derivations: HKDF-SHA256; blind index: HMAC-SHA256; signatures: Ed25519.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class CannotOpen(Exception):
    """The key does not open this ciphertext: wrong key, altered bytes, or bytes moved from elsewhere."""


def new_key() -> bytes:
    """32 random bytes."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """AES-256-GCM of ``plaintext``, bound to ``aad``: version byte, nonce, ciphertext with its tag."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def open_sealed(key: bytes, sealed: bytes | memoryview, aad: bytes) -> bytes:
    """Undo `seal`. Raises CannotOpen unless key, bytes and aad are those of the sealing."""
    data = bytes(sealed)
    if data[:1] != VERSION:
        raise CannotOpen("unknown sealing version")
    try:
        return AESGCM(key).decrypt(data[1:13], data[13:], aad)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("sealed bytes do not open") from error


@dataclass(frozen=True)
class KeyPair:
    """An HPKE key pair: 64 bytes of ML-KEM seed then 32 of X25519; 1184 then 32 bytes of public key."""

    private: bytes
    public: bytes

    @classmethod
    def generate(cls) -> KeyPair:
        mlkem, x25519 = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
        return cls(
            private=mlkem.private_bytes_raw() + x25519.private_bytes_raw(),
            public=mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw(),
        )


def seal_to(public: bytes | memoryview, plaintext: bytes, info: bytes) -> bytes:
    """HPKE to a public key: whoever holds no key can still put in."""
    data = bytes(public)
    key = MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(data[:-32]), X25519PublicKey.from_public_bytes(data[-32:])
    )
    return VERSION + _SUITE.encrypt(plaintext, key, info)


def open_with(private: bytes, sealed: bytes | memoryview, info: bytes) -> bytes:
    """Undo `seal_to`. Raises CannotOpen."""
    data = bytes(sealed)
    if data[:1] != VERSION:
        raise CannotOpen("unknown sealing version")
    key = MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(private[:64]), X25519PrivateKey.from_private_bytes(private[64:])
    )
    try:
        return bytes(_SUITE.decrypt(data[1:], key, info))
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("sealed bytes do not open") from error


_PHC = re.compile(r"^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)$")


def new_kdf() -> str:
    """PHC string of a fresh 128-bit salt under today's Argon2id parameters (setting ARGON2)."""
    salt = base64.b64encode(os.urandom(16)).decode().rstrip("=")
    cost = settings.ARGON2
    return f"$argon2id$v=19$m={cost['memory_cost']},t={cost['iterations']},p={cost['lanes']}${salt}"


def stretch(secret: str, kdf: str) -> bytes:
    """Argon2id of a password or code under the PHC string ``kdf``: 32 bytes."""
    match = _PHC.match(kdf)
    if match is None:
        raise CannotOpen("unknown key derivation")
    memory, iterations, lanes = (int(match[i]) for i in (1, 2, 3))
    salt = base64.b64decode(match[4] + "=" * (-len(match[4]) % 4))
    return Argon2id(
        salt=salt, length=KEY_BYTES, iterations=iterations, lanes=lanes, memory_cost=memory
    ).derive(secret.encode())


def derive(key: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose, by HKDF-SHA256."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def token(key: bytes, text: str) -> int:
    """Blind-index token: HMAC-SHA256 cut to 48 bits, as a positive integer."""
    return int.from_bytes(hmac.digest(key, text.encode(), "sha256")[:6], "big")


def fingerprint(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def new_signing_seed() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes_raw()


def signing_public(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, message: bytes) -> bytes:
    """Ed25519 signature, 64 bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def verify(public: bytes | memoryview, signature: bytes | memoryview, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes(public)).verify(bytes(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
