"""``serment engine``: try an engine against the contract, or serve the simulator (docs/engine.md)."""

from __future__ import annotations

import argparse
import sys
import threading
from contextlib import AbstractContextManager
from pathlib import Path

from django.conf import settings

from serment.catalogues import funds
from serment.connectors.fse import conformance, serving
from serment.connectors.fse.handoff import connect
from serment.connectors.fse.simulator import NAME, Simulator


def run(arguments: argparse.Namespace) -> int:
    """0 when every check holds; 1 with the first reason on stderr."""
    return {"check": _check, "simulate": _simulate, "funds": _funds}[arguments.action](arguments)


def _funds(arguments: argparse.Namespace) -> int:
    try:
        count = funds.take(Path(arguments.file))
    except (OSError, ValueError) as error:
        print(f"serment : {arguments.file} ne se lit pas ({error}).", file=sys.stderr)
        return 1
    print(f"{count} caisses connues : les organismes des patients seront contrôlés.")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    try:
        token = Path(arguments.token_file).read_text().strip() if arguments.token_file else ""
        engine = connect(arguments.address, token)
    except (OSError, ValueError) as error:
        print(f"serment : {error}", file=sys.stderr)
        return 1
    found = conformance.run(engine)
    for result in found:
        print(
            f"{'NON' if result.fault else 'oui'}  {result.check.replace('_', ' ')}  {result.fault}".rstrip()
        )
    faults = sum(bool(result.fault) for result in found)
    if faults:
        print(f"serment : {faults} points du contrat ne sont pas tenus.", file=sys.stderr)
    return 1 if faults else 0


def _simulate(arguments: argparse.Namespace) -> int:
    """Until it is interrupted."""
    engine = Simulator(Path(settings.DATA_DIR) / "moteur-simule")
    served: AbstractContextManager[str]
    if arguments.folder:
        served = serving.over_folder(engine, Path(arguments.folder))
    elif arguments.socket:
        served = serving.over_socket(engine, Path(arguments.socket))
    else:
        served = serving.over_http(engine, arguments.port)
    try:
        with served as address:
            print(f"{NAME} à l’écoute : {address} (cartes fictives, rien n’est signé). Ctrl-C pour arrêter.")
            threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    return 0
