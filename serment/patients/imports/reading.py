"""From bytes to rows: encoding and separator are found out, the file is never written in clear."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from serment.formats.text import compact

MAX_BYTES = 15 * 1024 * 1024
MAX_LINES = 50_000
MAX_CELL = 500
_NIR_SHAPE = re.compile(r"[1-478]\d{4}(?:\d\d|2[AB])\d{6}(?:\d\d)?")


class UnreadableFile(ValueError):
    """The file cannot be imported; ``str(error)`` says why, in French."""


@dataclass(frozen=True)
class ReadFile:
    """``rows``: (line number as a spreadsheet shows it, cells); empty lines are left out."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_csv(data: bytes) -> ReadFile:
    """Rows of a CSV file in UTF-8 (or UTF-16 with its mark) or Windows-1252, with ; , or tab. Raises UnreadableFile."""
    if not data.strip():
        raise UnreadableFile("Ce fichier est vide.")
    if len(data) > MAX_BYTES:
        raise UnreadableFile("Ce fichier dépasse 15 Mo : coupez-le en plusieurs.")
    text = decode(data)
    if "\x00" in text:
        raise UnreadableFile(
            "Ce n’est pas un fichier CSV. Dans le tableur : « Enregistrer sous », format CSV."
        )
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=False)
        header = [cell.strip() for cell in next(reader, [])]
        rows, end = [], reader.line_num
        for cells in reader:
            # A quoted cell may hold line breaks: the record is known by the line where it begins.
            start, end = end + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                rows.append((start, [cell.strip()[:MAX_CELL] for cell in cells]))
    except csv.Error:
        raise UnreadableFile(
            "Ce fichier CSV est abîmé : enregistrez-le de nouveau depuis le tableur."
        ) from None
    if len(header) < 2:
        raise UnreadableFile("Une seule colonne a été trouvée : séparez-les par des points-virgules.")
    if not rows:
        raise UnreadableFile("Ce fichier n’a que des titres de colonnes, aucun patient.")
    if len(rows) > MAX_LINES:
        raise UnreadableFile("Ce fichier a plus de 50 000 lignes : coupez-le en plusieurs.")
    return ReadFile(header, rows)


def decode(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Five bytes mean nothing in Windows-1252; the line that holds one stays readable.
        return data.decode("cp1252", errors="replace")


def delimiter_of(text: str) -> str:
    """The separator that the first line uses most."""
    first = text.lstrip().splitlines()[0]
    return max(";,\t", key=first.count)


def looks_like_nir(cell: str) -> bool:
    return _NIR_SHAPE.fullmatch(compact(cell)) is not None
