"""``serment catalogue import bdpm|ccam|cim10|cisp2|communes|lpp|nabm|thesaurus PATH [--json]``, ``starter``….

What each import reads is said in its own module.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from serment.catalogues import ccam_import, cisp, classifications, interactions, orderables, services
from serment.catalogues.bdpm import BadFile
from serment.catalogues.models import ImportRun

IMPORTS = {
    "bdpm": services.import_bdpm,
    "ccam": ccam_import.import_ccam,
    "cim10": classifications.import_cim10,
    "communes": classifications.import_communes,
    "nabm": orderables.import_nabm,
    "lpp": orderables.import_lpp,
}
FROM_A_FILE = ("cisp2", "thesaurus")
FROM_A_FOLDER = ("cisp2", *IMPORTS)


class Command(BaseCommand):
    help = "Référentiels nationaux"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("action")
        parser.add_argument("catalogue", nargs="?")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("folder", nargs="?", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "starter":
            services.load_starter()
            self.stdout.write("Catalogue de départ chargé.")
        elif options["action"] == "status":
            for run in ImportRun.objects.order_by("catalogue", "-pk"):
                self.stdout.write(f"{run.catalogue} : {run.at:%d/%m/%Y %H:%M}, {run.counts}")
        elif options["action"] == "import":
            self._import(options["catalogue"], options["folder"], options["json"])
        else:
            raise CommandError("Dites « import », « starter » ou « status ».")

    def _import(self, name: str | None, folder: Path | None, as_json: bool) -> None:
        if name is None or folder is None:
            raise CommandError(
                "Indiquez le référentiel et son dossier : serment catalogue import bdpm DOSSIER"
            )
        if name not in {*FROM_A_FILE, *FROM_A_FOLDER}:
            known = ", ".join(sorted({*FROM_A_FILE, *FROM_A_FOLDER}))
            raise CommandError(f"Référentiel inconnu : {name}. Ceux-ci se lisent : {known}.")
        there = (name in FROM_A_FILE and folder.is_file()) or (name in FROM_A_FOLDER and folder.is_dir())
        if not there:
            raise CommandError(f"Ce fichier ou ce dossier n’existe pas : {folder}")
        try:
            if name == "thesaurus":
                run = interactions.import_thesaurus(path=folder)
            elif name == "cisp2":
                run = cisp.import_cisp2(path=folder, progress=self._progress)
            else:
                run = IMPORTS[name](folder=folder, progress=self._progress)
        except BadFile as error:
            raise CommandError(f"{error} Le catalogue précédent est intact.") from error
        if as_json:
            self.stdout.write(json.dumps({"catalogue": name, **run.counts}, ensure_ascii=False))
            return
        self.stderr.write("")
        for label, count in run.counts.items():
            self.stdout.write(f"{label} : {count}")

    def _progress(self, what: str, done: int, total: int) -> None:
        self.stderr.write(f"\r{what} : {done}/{total}", ending="")
        self.stderr.flush()
