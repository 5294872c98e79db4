"""Read the BDPM's files as they really are (format v4 and its traps). Pure: gives rows, touches no database.

UTF-8 in one file and cp1252 in the others, blank lines, commas for thousands and for decimals: see the tests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from serment.catalogues import synonyms
from serment.catalogues.atc import infer
from serment.catalogues.wording import dci_label, plain_form

COLUMNS = {
    "CIS_bdpm.txt": 12,
    "CIS_COMPO_bdpm.txt": 8,
    "CIS_CIP_bdpm.txt": 13,
    "CIS_CPD_bdpm.txt": 2,
    "CIS_GENER_bdpm.txt": 5,
    "CIS_MITM.txt": 4,
    "CIS_CIP_Dispo_Spec.txt": 8,
}
READER = b"8"
"""Of the rules below: another one reads a folder again that was imported under the former."""
REQUIRED = ("CIS_bdpm.txt", "CIS_COMPO_bdpm.txt")


class BadFile(ValueError):
    """A file that can not be read; the message is French and names the file and line."""


def read_rows(path: Path) -> Iterator[list[str]]:
    """Rows of one file, cells stripped. Raises BadFile for a line with too few columns."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    wanted = COLUMNS[path.name]
    if raw and not raw.endswith(b"\n"):
        last = text.rsplit("\n", 1)[-1]
        if last.count("\t") + 1 < wanted - 1:
            raise BadFile(
                f"{path.name} est tronqué : la dernière ligne est incomplète. Téléchargez-le à nouveau."
            )
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) < wanted - 1:
            raise BadFile(
                f"{path.name}, ligne {number} : {len(cells)} colonnes au lieu de {wanted}. Téléchargez-le à nouveau."
            )
        yield cells + [""] * (wanted - len(cells))


def cents(text: str) -> int | None:
    """« 1,466,29 » is 1466.29: the last comma is the decimal one."""
    if not text:
        return None
    whole, _, rest = text.replace(" ", "").rpartition(",")
    digits = whole.replace(",", "")
    return int(digits or "0") * 100 + int(rest.ljust(2, "0")[:2]) if digits or rest else None


@dataclass
class Content:
    """Everything the folder says. By file: ``rows`` read, ``orphans``: codes it names that CIS_bdpm does not hold."""

    medicines: dict[str, dict[str, Any]] = field(default_factory=dict)
    presentations: list[dict[str, Any]] = field(default_factory=list)
    shortages: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    orphans: dict[str, int] = field(default_factory=dict)
    digest: str = ""


def digest_of(folder: Path) -> str:
    """What tells this folder from another: the bytes of the files that are read, and how they are read and indexed."""
    total = hashlib.sha256(READER + synonyms.digest().encode())
    for name in sorted(COLUMNS):
        if (folder / name).exists():
            total.update(name.encode() + (folder / name).read_bytes())
    return total.hexdigest()


def read_folder(folder: Path) -> Content:
    """Read a BDPM folder. Raises BadFile."""
    missing = [name for name in REQUIRED if not (folder / name).exists()]
    if missing:
        raise BadFile(f"Fichier absent du dossier : {', '.join(missing)}.")
    content = Content(digest=digest_of(folder))
    for row in read_rows(folder / "CIS_bdpm.txt"):
        content.medicines[row[0]] = {
            "key": f"bdpm:{row[0]}",
            "source": "bdpm",
            "name": row[1][:400],
            "form": _form(row[2], row[3])[:200],
            "routes": row[3][:200],
            "marketed": row[6].startswith("Commercialisée"),
            "withdrawn": False,
            "substances": [],
            "conditions": [],
            "atc": "",
            "atc_inferred": False,
            "generic_group": "",
            "generic_type": "",
            "homeopathic": row[5].startswith("Enreg homéo"),
        }
    content.rows["CIS_bdpm.txt"] = len(content.medicines)
    if not content.medicines:
        raise BadFile("CIS_bdpm.txt est vide.")
    for name, use in (
        ("CIS_COMPO_bdpm.txt", _composition),
        ("CIS_CPD_bdpm.txt", _condition),
        ("CIS_MITM.txt", _atc),
        ("CIS_CIP_bdpm.txt", _presentation),
        ("CIS_GENER_bdpm.txt", _generic),
        ("CIS_CIP_Dispo_Spec.txt", _shortage),
    ):
        if not (folder / name).exists():
            continue
        unknown: set[str] = set()
        content.rows[name] = 0
        for row in read_rows(folder / name):
            content.rows[name] += 1
            if name.startswith("CIS_GENER"):
                content.groups[row[0][:12]] = row[1][:400]
            cis = row[2] if name.startswith("CIS_GENER") else row[0]
            medicine = content.medicines.get(cis)
            if medicine is None:
                unknown.add(cis)
                continue
            use(content, medicine, row)
        content.orphans[name] = len(unknown)
    _refuse_if_cut(content)
    infer(list(content.medicines.values()))
    for medicine in content.medicines.values():
        medicine["dci_label"] = dci_label(medicine)[:600]
    return content


def _form(form: str, routes: str) -> str:
    """Agreed in gender; a « dispositif » of the skin says so: the file has it in the route alone."""
    return (
        "dispositif transdermique" if (form, routes) == ("dispositif", "transdermique") else plain_form(form)
    )


def _refuse_if_cut(content: Content) -> None:
    """A file cut at the end of a line reads well, but no longer fits the other: the real ones miss 0 and 2 codes.

    Raises BadFile when compositions name many unknown medicines, or many medicines have no composition.
    """
    allowed = max(20, len(content.medicines) // 20)
    if content.orphans["CIS_COMPO_bdpm.txt"] > allowed:
        raise BadFile(
            "CIS_bdpm.txt est incomplet : des compositions visent des médicaments absents. Téléchargez-le à nouveau."
        )
    if sum(not medicine["substances"] for medicine in content.medicines.values()) > allowed:
        raise BadFile(
            "CIS_COMPO_bdpm.txt est incomplet : des médicaments n’ont pas de composition. Téléchargez-le à nouveau."
        )


def _composition(content: Content, medicine: dict[str, Any], row: list[str]) -> None:
    medicine["substances"].append([row[2], row[3], row[6], row[4], row[7], row[5]])


def _condition(content: Content, medicine: dict[str, Any], row: list[str]) -> None:
    medicine["conditions"].append(row[1][:300])


def _atc(content: Content, medicine: dict[str, Any], row: list[str]) -> None:
    medicine["atc"] = row[1][:7]


def _generic(content: Content, medicine: dict[str, Any], row: list[str]) -> None:
    medicine["generic_group"], medicine["generic_type"] = row[0][:12], row[3][:1]


def _shortage(content: Content, medicine: dict[str, Any], row: list[str]) -> None:
    content.shortages.append(
        {
            "medicine_key": medicine["key"],
            "cip13": row[1],
            "code": row[2][:1],
            "label": row[3][:200],
            "since": _day(row[4]),
            "back_on": _day(row[6]),
        }
    )


def _day(text: str) -> date | None:
    """« 19/05/2026 », or the ISO form that some copies carry; None for anything else."""
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text[:10], pattern).date()
        except ValueError:
            continue
    return None


def _presentation(content: Content, medicine: dict[str, Any], row: list[str]) -> None:
    content.presentations.append(
        {
            "cip13": row[6],
            "medicine_key": medicine["key"],
            "label": row[2][:400],
            "rate": row[8].replace(" ", "")[:20],
            "price_cents": cents(row[9]),
            "public_cents": cents(row[10]),
            "marketed": row[3] == "Présentation active"
            and row[4].startswith("Déclaration de commercialisation"),
        }
    )
