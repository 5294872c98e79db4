"""``serment init``: the first-run questions, in a terminal."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from pathlib import Path
from typing import Any

from serment.cli.serve import migrate
from serment.site.setup import Answers, create


def run(arguments: argparse.Namespace) -> int:
    """Ask (or read --answers), check each answer as the first-run page does, create, print the recovery code once."""
    migrate()
    data = json.loads(Path(arguments.answers).read_text()) if arguments.answers else _ask()
    answers = Answers(data)
    if not answers.is_valid():
        for label, message in answers.errors():
            print(f"serment : {label} : {message}", file=sys.stderr)
        return 1
    outcome = create(answers)
    if outcome is None:
        for label, message in answers.errors():
            print(f"serment : {label} : {message}", file=sys.stderr)
        return 1
    print("Le cabinet est créé. Code de secours, affiché cette seule fois :\n")
    print(f"  {outcome.made.recovery_code}\n")
    print("Imprimez-le ou recopiez-le, et mettez-le au coffre : sans lui, un mot de passe perdu est perdu.")
    if arguments.sheet:
        descriptor = os.open(arguments.sheet, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(outcome.sheet)
        print("Feuille de secours écrite. Imprimez-la, puis effacez le fichier.")
    return 0


def _ask() -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, label in Answers.questions():
        if name in ("password", "again"):
            data[name] = getpass.getpass(f"{label} : ")
        else:
            data[name] = input(f"{label} : ").strip()
    return data
