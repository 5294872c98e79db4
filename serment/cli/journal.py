"""``serment journal verify``: prove every practice's chain; needs no key, so a technician can run it."""

from __future__ import annotations

import argparse
import sys

from serment.journal import services as journal
from serment.practice.models import Practice


def run(arguments: argparse.Namespace) -> int:
    """0 when every chain holds; 1 with the first bad event otherwise."""
    sound = True
    for practice in Practice.objects.order_by("pk"):
        verdict = journal.verify(practice.pk)
        if verdict.sound:
            print(f"{practice.name} : {verdict.events} événements, {verdict.reason}.")
        else:
            sound = False
            print(
                f"{practice.name} : ALTÉRÉ au n° {verdict.first_bad} ({verdict.reason}).",
                file=sys.stderr,
            )
    return 0 if sound else 1
