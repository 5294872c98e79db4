"""Diagnoses (CIM-10) and communes: imports that change nothing when the same file comes twice."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction

from serment.catalogues.bdpm import BadFile
from serment.catalogues.models import Commune, Diagnosis, ImportRun
from serment.catalogues.runs import Progress, index, insert, same_as_before, silent, word_rows
from serment.formats.names import fold

_WITHDRAWN = re.compile(r"^\*\*\*.*?\*\*\*")
"""The ATIH keeps withdrawn codes in its file, the label marked « *** SU14 *** » (deleted in 2014)."""


def dotted(code: str) -> str:
    """« G560 » → « G56.0 », « B24+0 » → « B24.+0 », « I10 » as it is."""
    plain = code.replace(".", "")
    return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain


def content_of(path: Path) -> bytes:
    """A file's bytes, unpacked where it is gzipped."""
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


@transaction.atomic
def import_cim10(*, folder: Path, progress: Progress = silent) -> ImportRun:
    """Replace the diagnoses by a CSV of the ATIH's columns (code, …, short, long), without the withdrawn codes.

    Raises BadFile.
    """
    for path in sorted(p for p in folder.iterdir() if p.name.endswith((".csv", ".csv.gz"))):
        raw = content_of(path)
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8"), newline=""))
        if not {"code", "long"} <= set(reader.fieldnames or []):
            continue
        digest = hashlib.sha256(raw).hexdigest()
        if known := same_as_before("cim10", digest):
            return known
        listed = [(row["code"], row["long"]) for row in reader]
        kept = [(dotted(code), label[:400]) for code, label in listed if not _WITHDRAWN.match(label)]
        replace_diagnoses(kept, "cim10")
        counts = {"diagnostics": len(kept), "codes retirés écartés": len(listed) - len(kept)}
        return ImportRun.objects.create(catalogue="cim10", digest=digest, counts=counts)
    raise BadFile("Aucun fichier CIM-10 reconnu : il faut un CSV avec les colonnes « code » et « long ».")


def replace_diagnoses(rows: list[tuple[str, str]], source: str) -> None:
    """``rows``: (code with its dot, label)."""
    Diagnosis.objects.all().delete()
    insert(Diagnosis(code=code, label=label, source=source) for code, label in rows)
    index("d", (w for code, label in rows for w in word_rows("d", code, label, code.replace(".", ""))))


@transaction.atomic
def import_communes(*, folder: Path, progress: Progress = silent) -> ImportRun:
    """Replace the communes by a folder holding codes-postaux.json(.gz). Raises BadFile."""
    names = ("codes-postaux.json.gz", "codes-postaux.json")
    path = next((folder / name for name in names if (folder / name).exists()), None)
    if path is None:
        raise BadFile("Fichier absent du dossier : codes-postaux.json (ou .json.gz).")
    raw = content_of(path)
    digest = hashlib.sha256(raw).hexdigest()
    if known := same_as_before("communes", digest):
        return known
    replace_communes((r["codeCommune"], r["nomCommune"], r["codePostal"]) for r in json.loads(raw))
    return ImportRun.objects.create(
        catalogue="communes", digest=digest, counts={"communes": Commune.objects.count()}
    )


def replace_communes(rows: Iterable[tuple[str, str, str]]) -> None:
    """``rows``: (INSEE code, name, postal code)."""
    Commune.objects.all().delete()
    insert(
        Commune(insee=insee, name=name, folded=fold(name), postal_code=postal) for insee, name, postal in rows
    )
