"""``serment results``: take the drop folder in, once or for as long as it runs. No key is needed."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from serment.results import addresses, folder

EVERY_SECONDS = 20


def run(arguments: argparse.Namespace) -> int:
    """0 when nothing was left behind; 1 when a file could not be placed, or where no folder is set."""
    if arguments.action == "folders":
        print("\n".join(f"{name}  {whose}" for name, whose in addresses.every()))
        return 0
    path = Path(arguments.folder) if arguments.folder else folder.root()
    if path is None:
        print("Aucun dossier : donnez --folder, ou réglez RESULTS_DIR.", file=sys.stderr)
        return 1
    if arguments.action == "take":
        taken = folder.take_in(path)
        print(folder.said(taken))
        return 1 if taken.left else 0
    print(
        f"Résultats déposés dans {path} : scellés toutes les {EVERY_SECONDS} s. Ctrl-C pour arrêter.",
        flush=True,
    )
    before: list[tuple[str, str]] = []
    while True:
        taken = folder.take_in(path)
        if taken.sealed or (taken.left and taken.left != before):
            print(folder.said(taken), flush=True)
        before = taken.left
        time.sleep(EVERY_SECONDS)
