"""``serment send``: a round of each practice's agent, where it was given its keys. Made every half hour by `serve`."""

from __future__ import annotations

import argparse
import sys

from serment.journal import services as journal
from serment.practice.models import Practice
from serment.transmission import agent
from serment.vault.tenancy import using_practice


def run(arguments: argparse.Namespace) -> int:
    """0 when nothing stands in the way; 1 with each trouble on stderr."""
    troubles = 0
    practices = Practice.objects.in_bulk(agent.in_charge())
    for practice in practices.values():
        with using_practice(practice.pk), journal.acting(None):
            found = agent.make_round(practice)
        if found is None:
            continue
        print(f"{found.sent} feuilles parties, {found.returns} retours lus.")
        for text in found.troubles:
            print(f"serment : {text}", file=sys.stderr)
        troubles += len(found.troubles)
    if not practices:
        print("Aucun agent n’a reçu de clés : les envois se font depuis « Feuilles de soins ».")
    return 1 if troubles else 0
