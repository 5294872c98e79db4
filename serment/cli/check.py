"""``serment check``: the installation, finding by finding. 1 when something is to be done."""

from __future__ import annotations

import argparse

from serment.operations import installation

SIGNS = {True: "bon      ", None: "attester ", False: "À FAIRE  "}


def run(arguments: argparse.Namespace) -> int:
    found = installation.findings(prove_journals=True)
    for finding in found:
        print(f"{SIGNS[finding.state]} {finding.text}")
    return 1 if any(finding.state is False for finding in found) else 0
