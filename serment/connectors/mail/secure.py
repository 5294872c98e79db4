"""TLS that checks who is there, and the envelope sealed to a recipient's certificate."""

from __future__ import annotations

import ssl

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options

ENVELOPE = "application/pkcs7-mime; smime-type=enveloped-data"


def context(authority: str = "") -> ssl.SSLContext:
    """TLS 1.2 at least; the host's name and the chain are checked."""
    made = ssl.create_default_context(cafile=authority or None)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def recipient(pem: str) -> x509.Certificate:
    """Raises ValueError for anything but an RSA certificate."""
    found = x509.load_pem_x509_certificate(pem.encode())
    if not isinstance(found.public_key(), rsa.RSAPublicKey):
        raise ValueError("an RSA certificate is wanted")
    return found


def envelope(content: bytes, certificate: x509.Certificate) -> bytes:
    """CMS enveloped data (DER), AES-256: only the certificate's owner opens it. The public facts name 3DES, which is
    no longer sound: to be agreed with the recipient.
    """
    builder = PKCS7EnvelopeBuilder().set_data(content).add_recipient(certificate)
    return builder.set_content_encryption_algorithm(AES256).encrypt(Encoding.DER, [PKCS7Options.Binary])
