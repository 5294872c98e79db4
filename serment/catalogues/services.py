"""Imports: each atomic and idempotent. A file that does not read leaves the previous catalogue as it was."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from serment.catalogues import bdpm, ccam_import, classifications, interactions, orderables
from serment.catalogues.models import (
    Commune,
    Diagnosis,
    GenericGroup,
    ImportRun,
    Medicine,
    Presentation,
    Shortage,
    Word,
)
from serment.catalogues.runs import BATCH, Progress, index, insert, same_as_before, silent
from serment.catalogues.usual import usual_medicines
from serment.catalogues.wording import count_copies, ranked_words

DATA = Path(__file__).parent / "data"


@transaction.atomic
def import_bdpm(*, folder: Path, progress: Progress = silent) -> ImportRun:
    """Replace the medicines by those of a BDPM folder. Raises BadFile.

    The same folder twice changes nothing. Medicines that left the files are kept, marked withdrawn, for the
    ordonnances that name them.
    """
    if known := same_as_before("bdpm", bdpm.digest_of(folder)):
        return known
    content = bdpm.read_folder(folder)
    keys = {m["key"] for m in content.medicines.values()}
    before = set(Medicine.objects.filter(source="bdpm").values_list("key", flat=True))
    gone = before - keys
    chosen = count_copies(content.medicines.values())
    rows = list(content.medicines.values())
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
        "homeopathic",
        "copies",
    ]
    for start in range(0, len(rows), BATCH):
        Medicine.objects.bulk_create(
            [Medicine(**values) for values in rows[start : start + BATCH]],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=fields,
        )
        progress("médicaments", min(start + BATCH, len(rows)), len(rows))
    for start in range(0, len(lost := sorted(gone)), BATCH):
        Medicine.objects.filter(key__in=lost[start : start + BATCH]).update(withdrawn=True)
    GenericGroup.objects.all().delete()
    GenericGroup.objects.bulk_create(
        (GenericGroup(code=code, label=label) for code, label in content.groups.items()), batch_size=BATCH
    )
    Presentation.objects.all().delete()
    boxes = {box["cip13"]: box for box in content.presentations}
    insert(Presentation(**box) for box in boxes.values())
    progress("présentations", len(boxes), len(boxes))
    Shortage.objects.all().delete()
    Shortage.objects.bulk_create((Shortage(**row) for row in content.shortages), batch_size=BATCH)
    found = index("m", _medicine_words(content.medicines.values(), chosen))
    progress("index", found, found)
    return ImportRun.objects.create(
        catalogue="bdpm",
        digest=content.digest,
        counts={
            "médicaments": len(rows),
            "présentations": len(boxes),
            "ATC déduits": sum(m["atc_inferred"] for m in content.medicines.values()),
            "groupes génériques": len(content.groups),
            "ruptures et tensions": len(content.shortages),
            "retirés": len(gone),
            "lignes": content.rows,
            "orphelins": content.orphans,
        },
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
        listed = [(r["code"], r["label"]) for r in _read("starter_cim10.csv")]
        classifications.replace_diagnoses(listed, "starter")
    if not Commune.objects.exists():
        classifications.replace_communes(
            (row["insee"], row["name"], row["postal_code"]) for row in _read("starter_communes.csv")
        )
    orderables.load_starter()
    ccam_import.load_starter()


def _starter_medicines() -> None:
    found: list[dict[str, Any]] = []
    for number, row in enumerate(usual_medicines(), 1):
        dci = row["dci"]
        label = f"{dci} {row['strength']}, {row['form']}"
        found.append(
            {
                "key": f"starter:{number}",
                "source": "starter",
                "name": row["brand"] or label,
                "dci_label": label,
                "form": row["form"],
                "routes": row["route"],
                "atc": row["atc"],
                "substances": [
                    [
                        f"starter:{part.strip().lower()}",
                        part.strip().upper(),
                        "SA",
                        row["strength"],
                        str(link),
                    ]
                    for link, part in enumerate(dci.split("+"), 1)
                ],
                "conditions": [part.strip() for part in row["conditions"].split("|") if part.strip()],
                "marketed": True,
                "homeopathic": False,
            }
        )
    chosen = count_copies(found)
    Medicine.objects.bulk_create(
        [Medicine(**values) for values in found],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["name", "dci_label", "form", "routes", "atc", "substances", "conditions", "copies"],
    )
    index("m", _medicine_words(found, chosen))


def _medicine_words(medicines: Iterable[dict[str, Any]], chosen: set[str]) -> Iterator[Word]:
    for medicine in medicines:
        for word, rank in ranked_words(medicine, medicine["key"] in chosen):
            yield Word(kind="m", word=word, target=medicine["key"], rank=rank)
