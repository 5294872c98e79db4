"""Read the CCAM files as they are published in JSON (acts, tariffs by grid and date, notes, groups, labels). Pure.

The tariff file holds 125,000 rows: it is read one record at a time, so that memory does not follow its size.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from serment.catalogues.bdpm import BadFile

ACTS, PRICES = "ccam_actes", "ccam_tarifs_detailles"
NOTES, GROUPS = "ccam_notes", "ccam_regroupement"
LABELS = {
    "modifier": ("ccam_libelle_modificateur", "modificateur", "libelle_modificateur"),
    "grid": ("ccam_libelles_grille_tarifs", "grille", "libelle_grille_tarif"),
    "group": ("ccam_libelle_regroupement", "regroupement", "libelle_regroupement"),
}
STARTER = Path(__file__).parent / "data" / "starter_ccam.csv"

_CHUNK = 1 << 16
_CODE = re.compile(r"\b[A-Z]{4}[0-9]{3}\b")
_BETWEEN = re.compile(r"[\s,\[]*")
_EXCLUDES, _CONDITIONS = "01", ("13", "14", "15", "16", "17")
SEXES = {"0": "", "1": "M", "2": "F"}


@dataclass(frozen=True)
class Act:
    """``kind``: « 0 » isolated act, « 1 » procedure, « 2 » complementary gesture or supplement (always in full).

    ``sex``: F, M or empty for both. ``excludes``: codes that its notes name « à l'exclusion de ».
    ``conditions``: what its notes ask for it to be paid. ``groups``: activity → code of the grouping (ATM, ADC…).
    """

    code: str
    label: str
    kind: str = "0"
    sex: str = ""
    starts: dt.date = dt.date.min
    ends: dt.date | None = None
    excludes: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Price:
    """What an activity and phase of an act is worth from a day, by tariff grid (grid → cents)."""

    code: str
    activity: str
    phase: str
    starts: dt.date
    published: dt.date | None
    grids: dict[int, int]


def pack(grids: dict[int, int]) -> str:
    """``{3: 100, 9: 100, 4: 90}`` → ``100:3,9;90:4``: one short text a row."""
    by_cents: dict[int, list[int]] = {}
    for grid, cents in sorted(grids.items()):
        by_cents.setdefault(cents, []).append(grid)
    return ";".join(f"{cents}:{','.join(map(str, found))}" for cents, found in by_cents.items())


def unpack(text: str) -> dict[int, int]:
    """The opposite of `pack`."""
    found = {}
    for part in filter(None, text.split(";")):
        cents, grids = part.split(":")
        found.update({int(grid): int(cents) for grid in grids.split(",")})
    return found


def path_of(folder: Path, name: str) -> Path | None:
    return next((p for p in (folder / f"{name}.json.gz", folder / f"{name}.json") if p.exists()), None)


def digest(folder: Path) -> str:
    """SHA-256 of the files that count. Raises BadFile when one of the two needed is absent."""
    made = hashlib.sha256()
    for name in (ACTS, PRICES, NOTES, GROUPS, *(label[0] for label in LABELS.values())):
        path = path_of(folder, name)
        if path is None:
            if name in (ACTS, PRICES):
                raise BadFile(f"Fichier absent du dossier : {name}.json (ou .json.gz).")
            continue
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                made.update(chunk)
    return made.hexdigest()


def stream(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON array, one at a time. Raises BadFile with the number of the record at fault."""
    decoder, buffer, place, number = json.JSONDecoder(), "", 0, 0
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            while True:
                start = _BETWEEN.match(buffer, place)
                place = start.end() if start else place
                if buffer.startswith("]", place):
                    return
                try:
                    found, place = decoder.raw_decode(buffer, place)
                except ValueError:
                    chunk = file.read(_CHUNK)
                    if not chunk:
                        break
                    buffer, place = buffer[place:] + chunk, 0
                    continue
                number += 1
                if not isinstance(found, dict):
                    raise BadFile(f"{path.name} : l’enregistrement {number} n’est pas un objet.")
                yield found
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise BadFile(f"{path.name} ne se lit pas après l’enregistrement {number} ({error}).") from error
    raise BadFile(f"{path.name} : fichier coupé ou abîmé après l’enregistrement {number}.")


def _day(row: dict[str, Any], name: str, where: str) -> dt.date | None:
    text = row.get(name)
    if not text:
        return None
    try:
        return dt.date.fromisoformat(str(text)[:10])
    except ValueError:
        raise BadFile(f"{where}, champ « {name} » : « {text} » n’est pas une date.") from None


def _text(row: dict[str, Any], name: str, where: str) -> str:
    if row.get(name) in (None, ""):
        raise BadFile(f"{where}, champ « {name} » absent.")
    return str(row[name])


def _cents(value: Any, where: str) -> int:
    try:
        cents = (Decimal(str(value)) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    except ArithmeticError:
        raise BadFile(f"{where} : « {value} » n’est pas un montant.") from None
    if cents < 0:
        raise BadFile(f"{where} : montant négatif.")
    return int(cents)


def read_acts(folder: Path) -> Iterator[Act]:
    """Every act, with its notes and groupings. Raises BadFile."""
    excludes, conditions, groups = _notes(folder), _conditions(folder), _groups(folder)
    path = path_of(folder, ACTS)
    assert path is not None
    for number, row in enumerate(stream(path), 1):
        where = f"{path.name}, enregistrement {number}"
        code = _text(row, "code", where)
        yield Act(
            code=code,
            label=_text(row, "libelle_long", where),
            kind=str(row.get("type_acte", "0")),
            sex=SEXES.get(str(row.get("compatibilite_sexe", "0")), ""),
            starts=_day(row, "date_debut", where) or dt.date.min,
            ends=_day(row, "date_fin", where),
            excludes=[found for found in excludes.get(code, []) if found != code],
            conditions=conditions.get(code, []),
            groups=groups.get(code, {}),
        )


def _typed_notes(folder: Path, kinds: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    path = path_of(folder, NOTES)
    if path is not None:
        for row in stream(path):
            if row.get("type_note") in kinds:
                yield str(row.get("code", "")), str(row.get("note", ""))


def _notes(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, note in _typed_notes(folder, (_EXCLUDES,)):
        found.setdefault(code, []).extend(dict.fromkeys(_CODE.findall(note)))
    return found


def _conditions(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, note in _typed_notes(folder, _CONDITIONS):
        found.setdefault(code, []).append(" ".join(note.replace("¶", " ").split()))
    return found


def _groups(folder: Path) -> dict[str, dict[str, str]]:
    path = path_of(folder, GROUPS)
    found: dict[str, dict[str, str]] = {}
    if path is not None:
        for row in stream(path):
            found.setdefault(str(row.get("code", "")), {})[str(row.get("activite", ""))] = str(
                row.get("regroupement", "")
            )
    return found


def read_prices(folder: Path) -> Iterator[Price]:
    """Every tariff row, in the order of the file. Raises BadFile."""
    path = path_of(folder, PRICES)
    assert path is not None
    for number, row in enumerate(stream(path), 1):
        where = f"{path.name}, enregistrement {number}"
        starts = _day(row, "date_effet", where)
        if starts is None:
            raise BadFile(f"{where}, champ « date_effet » absent.")
        yield Price(
            code=_text(row, "code", where),
            activity=_text(row, "activite", where),
            phase=_text(row, "phase", where),
            starts=starts,
            published=_day(row, "date_jo", where),
            grids={int(name): _cents(value, where) for name, value in row.items() if name.isdigit()},
        )


def read_labels(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(kind, code, label) of the modifiers, grids and groupings."""
    for kind, (name, code, label) in LABELS.items():
        path = path_of(folder, name)
        if path is not None:
            for row in stream(path):
                yield kind, str(row.get(code, "")), str(row.get(label, ""))


def starter() -> Iterator[tuple[Act, Price]]:
    """The few acts that ship with the source, for the demonstration and an installation without the files."""
    first: dict[str, dt.date] = {}
    with STARTER.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            starts = dt.date.fromisoformat(row["starts_on"])
            begun = first.setdefault(row["code"], starts)
            act = Act(row["code"], row["label"], row["kind"], row["sex"], begun, groups={"1": row["group"]})
            yield act, Price(row["code"], "1", "0", starts, None, unpack(row["grids"]))
