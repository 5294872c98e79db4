"""Serve the practice with granian, and keep the database up to date."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from serment.cli import lan
from serment.operations import schedule


def migrate(arguments: argparse.Namespace | None = None) -> int:
    call_command("migrate", interactive=False, verbosity=0)
    return 0


def collect_static() -> None:
    """Copy the built assets where whitenoise serves them, with hashed names."""
    call_command("collectstatic", interactive=False, verbosity=0, clear=False)


def run(arguments: argparse.Namespace) -> int:
    """Migrate, gather the assets, then serve until Ctrl-C."""
    migrate()
    collect_static()
    if arguments.host not in ("127.0.0.1", "localhost", "::1") and not settings.SECURE_COOKIES:
        print(
            "Refus : hors de cette machine, Serment ne se sert qu’en TLS. Placez-le derrière un serveur TLS et "
            "démarrez avec SECURE_COOKIES=1.",
            file=sys.stderr,
        )
        return 1
    paths = lan.certificate(arguments)
    scheme, host = ("https", arguments.names[0]) if paths else ("http", arguments.host)
    print(f"Serment est prêt : {scheme}://{host}:{arguments.port}/", flush=True)
    schedule.start()
    schedule.watch_results()
    serve(arguments.host, arguments.port, arguments.workers, paths)
    return 0


def serve(host: str, port: int, workers: int, paths: tuple[str, str] | None = None) -> None:
    """Run granian in this process; workers are processes of their own, one thread each.

    ``paths``: certificate and key, to serve in TLS 1.2 or better.
    """
    from django.db import connections
    from granian.constants import Interfaces
    from granian.server import Server

    # A connection must not cross the fork that makes a worker.
    connections.close_all()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serment.config.settings")
    Server(
        "serment.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=1,
        backlog=256,
        log_access=False,
        log_level="warning",
        ssl_cert=Path(paths[0]) if paths else None,
        ssl_key=Path(paths[1]) if paths else None,
    ).serve()
