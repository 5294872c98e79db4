"""One-shot messages in a cookie that only this installation reads.

Django signs that cookie and leaves it readable; what a message says may name a patient or a score, and a cookie lies on
the disk of whoever's browser it is. Sealed, it says nothing there (E-CRYP; no personal data in a cookie, DESIGN §2).
"""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage

from serment.vault import crypto

_AAD = b"messages"


@cache
def _key(secret: str) -> bytes:
    return crypto.derive(secret.encode(), "messages")


class SealedCookieStorage(CookieStorage):
    """The cookie of `CookieStorage`, under AES-256-GCM with a key derived from the machine's secret."""

    def _encode_parts(self, messages: Any, encode_empty: bool = False) -> str | None:
        text = super()._encode_parts(messages, encode_empty)
        if text is None:
            return None
        sealed = crypto.seal(_key(settings.SECRET_KEY), text.encode(), _AAD)
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def _decode(self, data: str | None) -> Any:
        if not data:
            return None
        try:
            sealed = base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
            return super()._decode(crypto.open_sealed(_key(settings.SECRET_KEY), sealed, _AAD).decode())
        except (ValueError, crypto.CannotOpen):
            return None
