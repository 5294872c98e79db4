"""A PDF that opens with a secret alone: AES-256, revision 6 of the PDF norm (P-ECH-3, P-ECH-4)."""

from __future__ import annotations

import io
import secrets

import pikepdf

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """Four groups of five: 99 bits, easy to say on the telephone."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))


def lock_pdf(plain: bytes, secret: str, attachments: dict[str, tuple[bytes, str]] | None = None) -> bytes:
    """``plain`` encrypted; ``attachments``: file name → (bytes, media type), inside the encryption."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(plain)) as pdf:
        for name, (data, media_type) in (attachments or {}).items():
            pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, data, mime_type=media_type)
        pdf.save(out, encryption=pikepdf.Encryption(owner=new_secret(), user=secret, R=6))
    return out.getvalue()
