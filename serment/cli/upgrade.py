"""``serment upgrade``: the database to this version, tried on a copy first."""

from __future__ import annotations

import argparse
import sys

from serment.operations import upgrade as verbs


def run(arguments: argparse.Namespace) -> int:
    try:
        applied = verbs.upgrade(print)
    except verbs.Failed as error:
        print(f"serment : {error}", file=sys.stderr)
        return 1
    print(f"{applied} évolutions appliquées." if applied else "La base est déjà à jour.")
    return 0
