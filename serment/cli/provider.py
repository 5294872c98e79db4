"""``serment provider-register``: the article 30.2 register of whoever hosts this installation, as CSV."""

from __future__ import annotations

import argparse

from serment.privacy import hosting


def run(arguments: argparse.Namespace) -> int:
    """0, always; only the heading where no practice says it is hosted."""
    print(hosting.as_csv(), end="")
    return 0
