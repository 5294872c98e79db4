"""CISP-2 (ICPC-2), the classification of primary care.

Its list is under Wonca's rights and never ships: whoever has the right to use it imports it, from a CSV or from the
terminology that the ANS publishes (TRE_R313-CISP2, a FHIR CodeSystem in JSON; what it holds is what is imported).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.catalogues.bdpm import BadFile
from serment.catalogues.classifications import content_of, dotted
from serment.catalogues.models import ImportRun, PrimaryCareCode, PrimaryCarePair
from serment.catalogues.runs import Progress, index, insert, same_as_before, silent, word_rows
from serment.catalogues.selectors import targets
from serment.formats.names import fold, words

CODE = re.compile(r"[ABDFHKLNPRSTUWXYZ][0-9]{2}")
"""A chapter and two digits: 01 to 29 complaints, 70 to 99 diagnoses (30 to 69, processes, may be listed too)."""
_CIM10 = re.compile(r"[A-Z][0-9]{2}(?:\.?[0-9A-Z+*]{1,4})?")
_SUFFIXES = (".csv", ".csv.gz", ".json", ".json.gz")
LABEL = 300
KIND = "i"
"""Of `Word`."""


@dataclass
class _Read:
    """``codes``: code → label. ``pairs``: (CIM-10 with its dot, CISP-2). The others are counts of lines left aside."""

    codes: dict[str, str] = field(default_factory=dict)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    ended: int = 0
    strange: int = 0


@transaction.atomic
def import_cisp2(*, path: Path, progress: Progress = silent) -> ImportRun:
    """Replace the list, and its pairs with CIM-10 where given, by a file or by the files of a folder. Raises BadFile.

    Read: CSV « code;libellé », CSV « CIM-10;CISP-2 » (told apart by what they hold), JSON FHIR CodeSystem; gzipped too.
    The same files twice change nothing.
    """
    files = [path] if path.is_file() else sorted(p for p in path.iterdir() if p.name.endswith(_SUFFIXES))
    contents = [content_of(file) for file in files]
    digest = hashlib.sha256(b"".join(hashlib.sha256(raw).digest() for raw in contents)).hexdigest()
    if known := same_as_before("cisp2", digest):
        return known
    read = _Read()
    for file, raw in zip(files, contents, strict=True):
        _read_file(file, raw, read)
    if not read.codes:
        raise BadFile(
            "Aucune liste CISP-2 reconnue : il faut un CSV « code;libellé » ou un CodeSystem FHIR en JSON."
        )
    kept = {pair for pair in read.pairs if pair[1] in read.codes}
    PrimaryCareCode.objects.all().delete()
    insert(PrimaryCareCode(code=code, label=label) for code, label in sorted(read.codes.items()))
    PrimaryCarePair.objects.all().delete()
    insert(PrimaryCarePair(cim10=cim10, cisp2=cisp2) for cim10, cisp2 in sorted(kept))
    index(KIND, (row for code, label in read.codes.items() for row in word_rows(KIND, code, label, code)))
    counts = {
        "codes": len(read.codes),
        "paires CIM-10": len(kept),
        "paires orphelines": len(read.pairs) - len(kept),
        "codes retirés écartés": read.ended,
        "lignes non reconnues": read.strange,
    }
    return ImportRun.objects.create(catalogue="cisp2", digest=digest, counts=counts)


def _read_file(file: Path, raw: bytes, into: _Read) -> None:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")  # as a spreadsheet of Windows writes it
    if text.lstrip().startswith("{"):
        _read_code_system(file, text, into)
    else:
        _read_csv(text, into)


def _read_csv(text: str, into: _Read) -> None:
    """A first line that is neither a code nor a pair is a heading."""
    first = text.partition("\n")[0]
    delimiter = max(";\t,", key=first.count)
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        one, two = (*cells, "", "")[:2]
        if CODE.fullmatch(two.upper()) and _CIM10.fullmatch(one.upper()):
            into.pairs.add((dotted(one.upper()), two.upper()))
        elif CODE.fullmatch(one.upper()) and two:
            into.codes[one.upper()] = two[:LABEL]
        elif number:
            into.strange += 1


def _read_code_system(file: Path, text: str, into: _Read) -> None:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BadFile(f"{file.name} : ce fichier JSON ne se lit pas.") from error
    if found.get("resourceType") != "CodeSystem":
        raise BadFile(f"{file.name} : ce n’est pas un CodeSystem FHIR.")
    _read_concepts(found.get("concept", []), timezone.localdate().isoformat(), into)


def _read_concepts(concepts: list[dict[str, Any]], today: str, into: _Read) -> None:
    for concept in concepts:
        code, label = str(concept.get("code", "")).upper(), str(concept.get("display", "")).strip()
        ends = next(
            (p.get("valueDateTime") for p in concept.get("property", []) if p.get("code") == "dateFin"), ""
        )
        if not CODE.fullmatch(code) or not label:
            into.strange += not concept.get("concept")
        elif ends and str(ends)[:10] < today:
            into.ended += 1
        else:
            into.codes[code] = label[:LABEL]
        _read_concepts(concept.get("concept", []), today, into)


def is_listed() -> bool:
    """Whether a list was imported: one query."""
    return PrimaryCareCode.objects.exists()


def find(code: str) -> PrimaryCareCode | None:
    """A code of the list; None where it has none such, or where there is no list."""
    return PrimaryCareCode.objects.filter(code=code.strip().upper()).first()


def search(query: str, limit: int = 8) -> list[PrimaryCareCode]:
    """By code or by words; two or three queries."""
    typed = words(query)
    found = PrimaryCareCode.objects.filter(code__in=targets(KIND, query, enough=limit))
    return sorted(found, key=lambda c: (not fold(c.label).startswith(typed[0]), len(c.label), c.code))[:limit]


def paired_with(cim10: str, limit: int = 8) -> list[PrimaryCareCode]:
    """What the imported table pairs with a CIM-10 code, or else with its category (« I10 » for « I10.9 »).

    Two queries.
    """
    code = dotted(cim10.strip().upper())
    rows = list(PrimaryCarePair.objects.filter(cim10__in={code, code[:3]}))
    exact = {row.cisp2 for row in rows if row.cim10 == code}
    return list(
        PrimaryCareCode.objects.filter(code__in=exact or {row.cisp2 for row in rows}).order_by("code")[:limit]
    )
