"""Acts of biology (NABM) and devices (LPP): imports of the public files, a starter of our own, and their search."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from serment.catalogues.bdpm import BadFile
from serment.catalogues.models import ImportRun, Orderable, Word
from serment.catalogues.runs import Progress, index, insert, same_as_before, silent, word_rows
from serment.catalogues.selectors import targets
from serment.formats.names import fold, words

DATA = Path(__file__).parent / "data"
LETTERS = {"nabm": "n", "lpp": "l"}
"""Catalogue → kind of its words."""


def load_starter() -> None:
    """A few usual acts and devices where nothing was imported, their codes to be checked. Idempotent."""
    for catalogue in LETTERS:
        if not Orderable.objects.filter(catalogue=catalogue).exclude(source="starter").exists():
            rows = [_row(catalogue, code, "", {}, None, "starter") for code in _common(catalogue)]
            _replace(catalogue, rows)


@transaction.atomic
def import_nabm(*, folder: Path, progress: Progress = silent) -> ImportRun:
    """Replace the acts of biology by IR_BIO_R.csv and, beside it, IR_BTF_R.csv (tariffs). Raises BadFile."""
    acts, digest = _read_all(folder, ("IR_BIO_R.csv",), ("IR_BTF_R.csv",))
    if known := same_as_before("nabm", digest):
        return known
    rows = []
    for row in _table(acts["IR_BIO_R.csv"], {"BIO_PRS_IDE", "BIO_INF_LIB", "BIO_SUP_DAT"}, "IR_BIO_R.csv"):
        facts = (
            {"coefficient": row["BIO_TAR_COF"], "letter": row["BIO_TAR_NAT"]} if row["BIO_TAR_COF"] else {}
        )
        chapter = row["BIO_GRP_LIB"].capitalize()
        rows.append(
            _row(
                "nabm",
                row["BIO_PRS_IDE"],
                row["BIO_INF_LIB"],
                facts,
                _day(row["BIO_SUP_DAT"]),
                "nabm",
                chapter,
            )
        )
    codes = {row.code for row in rows}
    tariffs = [
        written("nabm", r["BTF_PRS_IDE"])
        for r in _table(acts.get("IR_BTF_R.csv", b""), set(), "IR_BTF_R.csv")
    ]
    _replace("nabm", rows, progress)
    return ImportRun.objects.create(
        catalogue="nabm",
        digest=digest,
        counts={
            "actes": len(rows),
            "actes en vigueur": sum(row.ends_on is None for row in rows),
            "lignes": {"IR_BIO_R.csv": len(rows), "IR_BTF_R.csv": len(tariffs)},
            "orphelins": {"IR_BTF_R.csv": len(set(tariffs) - codes)},
        },
    )


@transaction.atomic
def import_lpp(*, folder: Path, progress: Progress = silent) -> ImportRun:
    """Replace the devices by refpmsi_lpp_ameli.json(.gz), with its tree and snds_NT_LPP_2020.csv(.gz) where there.

    Raises BadFile.
    """
    tree_name, extra_name = "refpmsi_lpp_ameli_hierarchie.json", "snds_NT_LPP_2020.csv"
    files, digest = _read_all(folder, ("refpmsi_lpp_ameli.json",), (tree_name, extra_name))
    if known := same_as_before("lpp", digest):
        return known
    try:
        listed = json.loads(files["refpmsi_lpp_ameli.json"])
        tree = {
            node["sous_chapitre_niveau_2"]: node["sous_chapitre_niveau_2_libelle"].capitalize()
            for node in json.loads(files.get(tree_name, b"[]"))
        }
        extra = {r["LPP_PRS_IDE"]: r for r in _table(files.get(extra_name, b""), set(), extra_name)}
        rows = [_device(item, tree, extra.get(item["lpp_code"], {})) for item in listed]
    except (ValueError, KeyError, TypeError) as error:
        raise BadFile("refpmsi_lpp_ameli.json : ce n’est pas la liste LPP attendue.") from error
    codes = {row.code for row in rows}
    _replace("lpp", rows, progress)
    return ImportRun.objects.create(
        catalogue="lpp",
        digest=digest,
        counts={
            "dispositifs": len(rows),
            "dispositifs en vigueur": sum(row.ends_on is None for row in rows),
            "chapitres": len(tree),
            "lignes": {"refpmsi_lpp_ameli.json": len(rows), tree_name: len(tree), extra_name: len(extra)},
            "orphelins": {extra_name: len(set(extra) - codes)},
        },
    )


def _device(item: dict[str, Any], tree: dict[str, str], more: dict[str, str]) -> Orderable:
    place = "_".join(str(item[f"lpp_arborescence_{level}"]) for level in (1, 2, 3))
    facts: dict[str, Any] = {}
    if more.get("LPP_MAX_AGE", "0") not in ("", "0"):
        facts["max_age"] = int(more["LPP_MAX_AGE"])
    if more.get("LPP_MED_IND") == "O":
        facts["indication"] = True
    ended = _day(str(item.get("lpp_date_fin", "")))
    return _row("lpp", item["lpp_code"], item["lpp_libelle"], facts, ended, "lpp", tree.get(place, ""))


def _read_all(folder: Path, wanted: Iterable[str], optional: Iterable[str]) -> tuple[dict[str, bytes], str]:
    """(content by name, .gz opened; digest of them all). Raises BadFile for a wanted one that is not there."""
    found: dict[str, bytes] = {}
    total = hashlib.sha256(b"".join((DATA / f"starter_{one}.csv").read_bytes() for one in LETTERS))
    for name in (*wanted, *optional):
        path = next((folder / n for n in (name, f"{name}.gz") if (folder / n).exists()), None)
        if path is not None:
            raw = path.read_bytes()
            found[name] = gzip.decompress(raw) if path.suffix == ".gz" else raw
            total.update(name.encode() + found[name])
    missing = [name for name in wanted if name not in found]
    if missing:
        raise BadFile(f"Fichier absent du dossier : {', '.join(missing)}.")
    return found, total.hexdigest()


def _table(raw: bytes, columns: set[str], name: str) -> Iterator[dict[str, str]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
    if not columns <= set(reader.fieldnames or columns):
        raise BadFile(f"{name} : colonnes attendues {', '.join(sorted(columns))}.")
    yield from reader


def _day(text: str) -> date | None:
    """« 13JUL2017:00:00:00 » or « 2010-05-23 »; None for empty, or for the year 9999."""
    for pattern, length in (("%d%b%Y", 9), ("%Y-%m-%d", 10)):
        try:
            found = datetime.strptime(text[:length], pattern).date()
        except ValueError:
            continue
        return None if found.year == 9999 else found
    return None


@cache
def _common(catalogue: str) -> dict[str, dict[str, str]]:
    with (DATA / f"starter_{catalogue}.csv").open(encoding="utf-8", newline="") as file:
        return {written(catalogue, row["code"]): row for row in csv.DictReader(file, delimiter=";")}


def written(catalogue: str, code: str) -> str:
    """A code as it is written: four digits for an act of biology (« 0592 »), seven for a device."""
    return code.strip().zfill(4 if catalogue == "nabm" else 7)


def _row(
    catalogue: str,
    code: str,
    label: str,
    facts: dict[str, Any],
    ends_on: date | None,
    source: str,
    chapter: str = "",
) -> Orderable:
    code = written(catalogue, code)
    ours = _common(catalogue).get(code, {})
    tidy = " ".join(label.split())
    return Orderable(
        key=f"{catalogue}:{code}",
        catalogue=catalogue,
        code=code,
        label=(tidy.capitalize() if tidy else ours["common"])[:400],
        common=ours.get("common", ""),
        chapter=(ours.get("chapter") or chapter)[:200],
        facts=facts,
        ends_on=ends_on,
        source=source,
    )


def _replace(catalogue: str, rows: list[Orderable], progress: Progress = silent) -> None:
    Orderable.objects.filter(catalogue=catalogue).delete()
    insert(rows)
    progress("index", index(LETTERS[catalogue], _words_of(catalogue, rows)), len(rows))


def _words_of(catalogue: str, rows: Iterable[Orderable]) -> Iterator[Word]:
    for row in rows:
        if row.ends_on is None:
            ours = _common(catalogue).get(row.code, {})
            usual = f"{ours.get('words', '')} {ours.get('said', '')}"
            code = f"{row.code} {row.code.lstrip('0')}"
            yield from word_rows(LETTERS[catalogue], row.key, row.label, code, row.common, usual)


def search_orderables(catalogue: str, query: str, limit: int = 12) -> list[Orderable]:
    """Acts or devices by code or words; two to three queries. What is called exactly so comes first, then what is shown
    under a name that begins so, our own list of usual ones before the others.

    A plural finds the singular; « de », « la » and « pour » find nothing; a letter alone (« vitamine d ») orders.
    """
    typed = [word for word in words(query) if word not in _LINKS] or words(query)
    if not typed:
        return []
    asked, letters = " ".join(typed), {word for word in typed if len(word) == 1}
    wanted = " ".join(_singular(word) for word in typed)
    found = Orderable.objects.in_bulk(list(targets(LETTERS[catalogue], wanted, enough=limit)))

    def place(one: Orderable) -> tuple[object, ...]:
        shown = _plain(one.common or one.label)
        return (
            asked not in _called(catalogue, one.code),
            not f"{shown} ".startswith(f"{asked} "),
            len(letters - set(f"{shown} {fold(one.label)}".split())),
            not one.common,
            not shown.startswith(typed[0]),
            len(shown),
            one.code,
        )

    return sorted(found.values(), key=place)[:limit]


_LINKS = frozenset(
    {"de", "du", "des", "le", "la", "les", "l", "et", "au", "aux", "un", "une", "en", "pour", "sur", "avec"}
)


def _plain(text: str) -> str:
    """Folded, without its linking words."""
    return " ".join(word for word in words(text) if word not in _LINKS)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word[-1] in "sx" else word


@cache
def _called(catalogue: str, code: str) -> frozenset[str]:
    """Everything that our list says this code is called, whole: its usual name and what stands for it."""
    ours = _common(catalogue).get(code, {})
    names = [ours.get("common", ""), *ours.get("said", "").split("|")]
    return frozenset(filter(None, map(_plain, names)))


def orderables(keys: Iterable[str]) -> dict[str, Orderable]:
    """By key, one query."""
    return Orderable.objects.in_bulk(list(keys))
