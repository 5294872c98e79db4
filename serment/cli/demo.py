"""``serment demo``: make the fictitious practice once, say who works there, serve it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

import pyotp

from serment.access.models import Person
from serment.cli import serve
from serment.practice.models import Practice
from serment.site.demo.build import build, totp_secret
from serment.site.demo.people import PASSWORD


def run(arguments: argparse.Namespace) -> int:
    """Build if the data folder is empty, print the logins, serve until Ctrl-C.

    Building prints documents, and the printing engine's threads do not survive the fork that makes the server's
    workers: it happens in a process of its own.
    """
    if arguments.build:
        build(lambda text: print(text, flush=True))
        return 0
    serve.migrate()
    serve.collect_static()
    if not Practice.objects.exists():
        subprocess.run([sys.executable, "-m", "serment", "demo", "--build"], check=True)
    announce(arguments.host, arguments.port)
    serve.serve(arguments.host, arguments.port, arguments.workers)
    print("Démonstration arrêtée.")
    return 0


def announce(host: str, port: int) -> None:
    """The ready line and everyone's way in. The codes are real TOTP codes: they change every 30 seconds."""
    print(f"\nSerment (démonstration, données fictives) est prêt : http://{host}:{port}/\n")
    print(f"Mot de passe de toutes les personnes fictives : {PASSWORD}")
    print("Second facteur : la page l’affiche (comme le ferait un téléphone). Codes du moment :")
    for person in Person.unscoped.select_related("practitioner").order_by("pk"):
        code = pyotp.TOTP(totp_secret(person.login)).at(time.time())
        who = person.practitioner.qualification if person.practitioner else person.profile_label
        print(f"  {person.login:<16} {who:<28} code {code}")
    print("\nCtrl-C pour arrêter.", flush=True)
