"""``serment billing``: price a described session, check a B2 file, read a NOEMIE return. No practice is needed."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from pydantic import ValidationError

from serment.billing.quote import Situation, quote
from serment.billing.quote.cumul import Refused
from serment.billing.quote.tariffs import Unpriced
from serment.formats.fse import b2, noemie
from serment.formats.fse.layout import Fault


def run(arguments: argparse.Namespace) -> int:
    """0 with JSON on stdout, 1 with the first fault on stderr."""
    try:
        raw = Path(arguments.file).read_bytes()
    except OSError as error:
        print(f"serment : {arguments.file} ne se lit pas ({error.strerror}).", file=sys.stderr)
        return 1
    if arguments.action == "quote":
        return _quote(raw)
    try:
        if arguments.action == "b2":
            found = asdict(b2.read(raw))
        else:
            back = noemie.read(raw)
            found = {**asdict(back), "paid": back.paid}
    except Fault as fault:
        said = {"record": fault.record, "column": fault.column, "reason": fault.reason}
        print(json.dumps(said, ensure_ascii=False))
        print(f"serment : {fault}", file=sys.stderr)
        return 1
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0


def _quote(raw: bytes) -> int:
    try:
        made = quote(Situation.model_validate_json(raw))
    except ValidationError as error:
        first = error.errors()[0]
        place = " > ".join(map(str, first["loc"])) or "fichier"
        print(f"serment : {place} : {first['msg']}.", file=sys.stderr)
        return 1
    except (Unpriced, Refused) as error:
        rule = f" ({error.source})" if isinstance(error, Refused) else ""
        print(f"serment : {error}{rule}", file=sys.stderr)
        return 1
    print(json.dumps(made.as_json(), ensure_ascii=False, indent=2))
    return 0
