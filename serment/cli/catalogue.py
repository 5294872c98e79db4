"""``serment catalogue …``: national nomenclatures; the work is the catalogues room's."""

from __future__ import annotations

import argparse
import sys

from django.core.management import call_command
from django.core.management.base import CommandError

from serment.cli.serve import migrate


def run(arguments: argparse.Namespace) -> int:
    migrate()
    try:
        call_command("catalogue", *arguments.arguments)
    except CommandError as error:
        print(f"serment : {error}", file=sys.stderr)
        return 1
    return 0
