"""Imports: each atomic and idempotent. A file that does not read leaves the previous catalogue as it was."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from serment.catalogues import bdpm, interactions
from serment.catalogues.models import (
    Commune,
    Diagnosis,
    ImportRun,
    Medicine,
    Presentation,
    Shortage,
    Tariff,
    Word,
)
from serment.formats.names import words

DATA = Path(__file__).parent / "data"
BATCH = 400
Progress = Callable[[str, int, int], None]


def _silent(what: str, done: int, total: int) -> None:
    """Progress for nobody."""


def _word_rows(kind: str, target: str, *texts: str) -> list[Word]:
    found = {word[:60] for text in texts for word in words(text)}
    return [Word(kind=kind, word=word, target=target) for word in found]


@transaction.atomic
def import_bdpm(*, folder: Path, progress: Progress = _silent) -> ImportRun:
    """Replace the medicines by those of a BDPM folder. Raises BadFile.

    The same folder twice changes nothing. Medicines that left the files are kept, marked withdrawn, for the
    ordonnances that name them.
    """
    content = bdpm.read_folder(folder)
    last = ImportRun.objects.filter(catalogue="bdpm").order_by("-pk").first()
    if last is not None and last.digest == content.digest:
        return last
    keys = {m["key"] for m in content.medicines.values()}
    before = set(Medicine.objects.filter(source="bdpm").values_list("key", flat=True))
    gone = before - keys
    rows = [Medicine(**values) for values in content.medicines.values()]
    fields = [
        "name",
        "dci_label",
        "form",
        "routes",
        "marketed",
        "withdrawn",
        "substances",
        "conditions",
        "atc",
        "atc_inferred",
        "generic_group",
        "generic_type",
    ]
    for start in range(0, len(rows), BATCH):
        Medicine.objects.bulk_create(
            rows[start : start + BATCH], update_conflicts=True, unique_fields=["key"], update_fields=fields
        )
        progress("médicaments", min(start + BATCH, len(rows)), len(rows))
    for key in gone:
        Medicine.objects.filter(key=key).update(withdrawn=True)
    Presentation.objects.all().delete()
    boxes = {p["cip13"]: Presentation(**p) for p in content.presentations}
    Presentation.objects.bulk_create(boxes.values(), batch_size=BATCH)
    progress("présentations", len(boxes), len(boxes))
    Shortage.objects.all().delete()
    Shortage.objects.bulk_create((Shortage(**row) for row in content.shortages), batch_size=BATCH)
    Word.objects.filter(kind="m").delete()
    index = [word for row in rows for word in _word_rows("m", row.key, row.name, row.dci_label)]
    Word.objects.bulk_create(index, batch_size=2000)
    progress("index", len(index), len(index))
    return ImportRun.objects.create(
        catalogue="bdpm",
        digest=content.digest,
        counts={
            "médicaments": len(rows),
            "présentations": len(boxes),
            "ATC déduits": sum(m["atc_inferred"] for m in content.medicines.values()),
            "groupes génériques": len({m["generic_group"] for m in content.medicines.values()} - {""}),
            "ruptures et tensions": len(content.shortages),
            "retirés": len(gone),
            "orphelins": content.orphans,
        },
    )


@transaction.atomic
def import_cim10(*, folder: Path, progress: Progress = _silent) -> ImportRun:
    """Replace the diagnoses by a CSV of the ATIH's columns (code, …, short, long). Raises BadFile."""
    found = [p for p in sorted(folder.iterdir()) if p.name.endswith((".csv", ".csv.gz"))]
    for path in found:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
        reader = csv.DictReader(text.splitlines())
        if {"code", "long"} <= set(reader.fieldnames or []):
            rows = [Diagnosis(code=r["code"], label=r["long"][:400], source="cim10") for r in reader]
            return _replace_diagnoses(rows, hashlib.sha256(raw).hexdigest())
    raise bdpm.BadFile(
        "Aucun fichier CIM-10 reconnu : il faut un CSV avec les colonnes « code » et « long »."
    )


def _replace_diagnoses(rows: list[Diagnosis], digest: str) -> ImportRun:
    Diagnosis.objects.all().delete()
    Word.objects.filter(kind="d").delete()
    Diagnosis.objects.bulk_create(rows, batch_size=BATCH)
    index = [word for row in rows for word in _word_rows("d", row.code, row.label, row.code)]
    Word.objects.bulk_create(index, batch_size=2000)
    return ImportRun.objects.create(catalogue="cim10", digest=digest, counts={"diagnostics": len(rows)})


@transaction.atomic
def import_communes(*, folder: Path, progress: Progress = _silent) -> ImportRun:
    """Replace the communes by a folder holding codes-postaux.json(.gz). Raises BadFile."""
    path = next(
        (p for p in (folder / "codes-postaux.json.gz", folder / "codes-postaux.json") if p.exists()), None
    )
    if path is None:
        raise bdpm.BadFile("Fichier absent du dossier : codes-postaux.json (ou .json.gz).")
    raw = path.read_bytes()
    data = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    rows = [Commune(insee=r["codeCommune"], name=r["nomCommune"], postal_code=r["codePostal"]) for r in data]
    Commune.objects.all().delete()
    Commune.objects.bulk_create(rows, batch_size=2000)
    return ImportRun.objects.create(
        catalogue="communes", digest=hashlib.sha256(raw).hexdigest(), counts={"communes": len(rows)}
    )


def _read(name: str) -> Iterable[dict[str, Any]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


@transaction.atomic
def load_starter() -> None:
    """Load what ships with the source where nothing better was imported, and bring tariffs up to date. Idempotent."""
    interactions.load_starter()
    if not Medicine.objects.filter(source="bdpm").exists():
        _starter_medicines()
    if not Diagnosis.objects.exists():
        rows = [
            Diagnosis(code=r["code"], label=r["label"], source="starter") for r in _read("starter_cim10.csv")
        ]
        _replace_diagnoses(rows, "starter")
    if not Commune.objects.exists():
        Commune.objects.bulk_create([Commune(**row) for row in _read("starter_communes.csv")])
    for row in _read("starter_ngap.csv"):
        Tariff.objects.update_or_create(
            code=row["code"],
            scope=row["scope"],
            starts_on=date.fromisoformat(row["starts_on"]),
            defaults={
                "label": row["label"],
                "kind": row["kind"],
                "amount_cents": int(row["amount_cents"]),
                "ends_on": date.fromisoformat(row["ends_on"]) if row["ends_on"] else None,
                "source": row["source"],
                "confidence": row["confidence"],
                "rule": row["rule"],
            },
        )


def _starter_medicines() -> None:
    rows = []
    for number, row in enumerate(_read("starter_medicines.csv"), 1):
        dci = row["dci"]
        rows.append(
            Medicine(
                key=f"starter:{number}",
                source="starter",
                name=row["brand"] or f"{dci} {row['strength']}, {row['form']}",
                dci_label=f"{dci} {row['strength']}, {row['form']}",
                form=row["form"],
                routes=row["route"],
                atc=row["atc"],
                substances=[
                    [f"starter:{part.strip().lower()}", part.strip().upper(), "SA", row["strength"], "1"]
                    for part in dci.split("+")
                ],
                conditions=[row["conditions"]] if row["conditions"] else [],
            )
        )
    Medicine.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["name", "dci_label", "form", "routes", "atc", "substances", "conditions"],
    )
    Word.objects.filter(kind="m").delete()
    Word.objects.bulk_create([w for r in rows for w in _word_rows("m", r.key, r.name, r.dci_label)])
