"""What ``serve --lan`` settles before the settings are read: TLS, secure cookies, the names of this machine."""

from __future__ import annotations

import argparse
import os


def prepare(arguments: argparse.Namespace) -> None:
    """Set the environment that the settings read; ``arguments.cert`` and ``.key`` are filled in by `certificate`."""
    from serment.operations import tls

    names = [*tls.addresses(), *([arguments.name] if arguments.name else [])]
    port = "" if arguments.port == 443 else f":{arguments.port}"
    os.environ["SECURE_COOKIES"] = "1"
    os.environ.setdefault("ALLOWED_HOSTS", ",".join(names))
    os.environ.setdefault("TRUSTED_ORIGINS", ",".join(f"https://{name}{port}" for name in names))
    # Passkeys are bound to one name: the one people type.
    os.environ.setdefault("WEBAUTHN_RP_ID", arguments.name or "localhost")
    arguments.host = "0.0.0.0"  # noqa: S104 (asked for, and in TLS only)
    arguments.names = names


def certificate(arguments: argparse.Namespace) -> tuple[str, str] | None:
    """(certificate, key) to serve with; None without ``--lan``. Raises SystemExit when one of the two is missing."""
    if not arguments.lan:
        return None
    if bool(arguments.cert) != bool(arguments.key):
        raise SystemExit("serment : donnez --cert et --key ensemble.")
    if arguments.cert:
        return arguments.cert, arguments.key
    from pathlib import Path

    from django.conf import settings

    from serment.operations import tls

    folder = Path(settings.DATA_DIR) / "tls"
    paths = tls.certificate(folder, arguments.names)
    print(f"Autorité à installer une fois sur chaque poste : {folder / 'autorite-serment.crt'}")
    return str(paths[0]), str(paths[1])
