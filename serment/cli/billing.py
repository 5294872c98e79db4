"""``serment billing``: price a described session, import tariffs, check a B2 file, read a NOEMIE return.

No practice is needed. ``quote`` uses the tariffs and the CCAM imported here, where an installation exists.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from pydantic import ValidationError

from serment.billing.quote import Book, Situation, faults, quote, shipped
from serment.billing.quote.conditions import Refused
from serment.billing.quote.tariffs import Unpriced
from serment.formats.fse import b2, noemie
from serment.formats.fse.layout import Fault


def run(arguments: argparse.Namespace) -> int:
    """0 with JSON on stdout, 1 with the first fault on stderr."""
    if getattr(arguments, "schema", False):
        print(json.dumps(Situation.model_json_schema(), ensure_ascii=False, indent=2))
        return 0
    if arguments.file is None:
        print("serment : donnez le fichier JSON de la séance, ou --schema.", file=sys.stderr)
        return 1
    try:
        raw = Path(arguments.file).read_bytes()
    except OSError as error:
        print(f"serment : {arguments.file} ne se lit pas ({error.strerror}).", file=sys.stderr)
        return 1
    if arguments.action == "quote":
        return _quote(raw, shipped_only=arguments.shipped)
    if arguments.action == "tariffs":
        return _tariffs(raw, arguments)
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


def _quote(raw: bytes, *, shipped_only: bool) -> int:
    try:
        situation = Situation.model_validate_json(raw)
        made = quote(situation, shipped() if shipped_only else _book(situation))
    except ValidationError as error:
        for place, text in faults.every(error):
            print(f"serment : {place or 'fichier'} : {text}.", file=sys.stderr)
        return 1
    except (Unpriced, Refused) as error:
        rule = f" Règle : {error.source}." if isinstance(error, Refused) else ""
        where = f"acts[{error.place}]" if error.place >= 0 else "acts"
        print(f"serment : {where} : {error}{rule}", file=sys.stderr)
        return 1
    print(json.dumps(made.as_json(), ensure_ascii=False, indent=2))
    return 0


def _book(situation: Situation) -> Book:
    """What was imported here, or what ships with the source where there is no installation to read."""
    from django.db import DatabaseError, connection

    from serment.billing.tariff_book import book

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and "memory" not in str(name) and not Path(name).exists():
        return shipped()
    try:
        if "catalogues_tariff" not in connection.introspection.table_names():
            return shipped()
        return book(situation.profession, [act.code for act in situation.acts])
    except DatabaseError:
        return shipped()


def _tariffs(raw: bytes, arguments: argparse.Namespace) -> int:
    from serment.cli.serve import migrate

    migrate()
    from serment.billing import tariff_import

    is_json = arguments.file.endswith(".json")
    act = tariff_import.write if arguments.apply else tariff_import.preview
    try:
        made = act(raw, is_json=is_json)
    except tariff_import.BadTariffs as error:
        print(f"serment : {error} Rien n’a été changé.", file=sys.stderr)
        return 1
    if arguments.json:
        changes = [asdict(change) for change in made.changes]
        print(
            json.dumps(
                {"applied": arguments.apply, "counts": made.counts, "changes": changes}, ensure_ascii=False
            )
        )
        return 0
    for change in made.changes:
        if change.kind != "same":
            print(change.text)
    counts = made.counts
    print(f"{counts['added']} ajoutés, {counts['changed']} changés, {counts['same']} inchangés.")
    if not arguments.apply and (counts["added"] or counts["changed"]):
        print("Rien n’a été écrit : relancez avec --apply pour importer.")
    return 0
