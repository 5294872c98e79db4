"""``serment conformity --json``: the state of every requirement, for one practice or each of them."""

from __future__ import annotations

import argparse
import json

from serment.conformity import services
from serment.practice.models import Practice
from serment.vault.tenancy import using_practice


def run(arguments: argparse.Namespace) -> int:
    """A list for the only practice of this installation; ``{practice: list}`` where there are several."""
    found = {}
    for practice in Practice.objects.order_by("pk"):
        with using_practice(practice.pk):
            lines = services.lines()
        found[practice.name] = services.as_json(lines)
        if not arguments.json:
            counts = services.counts(lines)
            print(practice.name, ", ".join(f"{services.LABELS[state]} : {n}" for state, n in counts.items()))
    if arguments.json:
        answer = next(iter(found.values())) if len(found) == 1 else found or services.nobody()
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    return 0
