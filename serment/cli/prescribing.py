"""``serment prescribing check FILE.json``: the alerts of an ordonnance, and what is not covered, as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from pydantic import ValidationError

from serment.catalogues.models import Medicine
from serment.catalogues.services import load_starter
from serment.cli.serve import migrate
from serment.prescribing import asked

_WHY = {
    FileNotFoundError: "ce fichier n’existe pas",
    PermissionError: "vous n’avez pas le droit de le lire",
    IsADirectoryError: "c’est un dossier",
}


def run(arguments: argparse.Namespace) -> int:
    """0 with the report on stdout; 1 with a French sentence when the file can not be read."""
    migrate()
    if not Medicine.objects.exists():
        load_starter()
    try:
        wanted = asked.Asked.model_validate_json(Path(arguments.file).read_bytes())
    except OSError as error:
        why = _WHY.get(type(error), "lecture impossible")
        print(f"serment : {arguments.file} ne se lit pas ({why}).", file=sys.stderr)
        return 1
    except ValidationError as error:
        print(f"serment : {arguments.file}, {asked.said(error)}", file=sys.stderr)
        return 1
    print(json.dumps(asked.answer(wanted), ensure_ascii=False, indent=2))
    return 0
