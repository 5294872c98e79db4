"""``serment upkeep``: the nightly run, asked for by hand. No key is needed."""

from __future__ import annotations

import argparse
import sys

from serment.retention import upkeep


def run(arguments: argparse.Namespace) -> int:
    """0 when every step was done; 1 when the journal of a practice does not hold (nothing of it is purged then)."""
    row = upkeep.run()
    print(f"Passage de nuit : {row.message}.", file=sys.stdout if row.ok else sys.stderr)
    return 0 if row.ok else 1
