"""TLS on the practice's own network: a local authority, and a certificate that renews itself (E-WEB-1, R10.2).

The authority's certificate is installed once on each workstation; its key never leaves this machine (0600). A practice
that has a certificate of its own gives it instead.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397  # what browsers accept at most
RENEW_BEFORE = timedelta(days=30)


def addresses() -> list[str]:
    """The machine's own names and private addresses, as a workstation may call it."""
    host = socket.gethostname()
    found = {host, f"{host.split('.')[0]}.local", "localhost", "127.0.0.1"}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: it only asks which address would be used
            found.add(probe.getsockname()[0])
        except OSError:
            pass
    return sorted(found)


def _write(path: Path, data: bytes, mode: int) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as out:
        out.write(data)


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The local authority, made at the first call; able to sign servers only, and nothing below them."""
    certificate_path, key_path = folder / "autorite-serment.crt", folder / "autorite.key"
    if certificate_path.exists() and key_path.exists():
        key = serialization.load_pem_private_key(key_path.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return x509.load_pem_x509_certificate(certificate_path.read_bytes()), key
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Serment, autorité locale de {socket.gethostname()}")
    made = (
        _builder(name, name, key.public_key(), AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True
        )
        .sign(key, hashes.SHA256())
    )
    _write(key_path, _key_bytes(key), 0o600)
    _write(certificate_path, made.public_bytes(serialization.Encoding.PEM), 0o644)
    return made, key


def certificate(folder: Path, names: list[str]) -> tuple[Path, Path]:
    """(certificate, key) for these names, renewed when it ends within a month or lacks a name."""
    certificate_path, key_path = folder / "serveur.crt", folder / "serveur.key"
    if certificate_path.exists() and key_path.exists() and _serves(certificate_path, names):
        return certificate_path, key_path
    issuer, issuer_key = authority(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        _builder(_name("Serment"), issuer.subject, key.public_key(), SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName([_general(n) for n in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .sign(issuer_key, hashes.SHA256())
    )
    _write(key_path, _key_bytes(key), 0o600)
    chain = made.public_bytes(serialization.Encoding.PEM) + issuer.public_bytes(serialization.Encoding.PEM)
    _write(certificate_path, chain, 0o644)
    return certificate_path, key_path


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _serves(path: Path, names: list[str]) -> bool:
    held = x509.load_pem_x509_certificate(path.read_bytes())
    if ends_at(path) - datetime.now(UTC) < RENEW_BEFORE:
        return False
    alternative = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {_general(name) for name in names} <= set(alternative)


def ends_at(path: Path) -> datetime:
    """When a certificate file ends."""
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
