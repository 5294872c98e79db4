"""Read a B2 file strictly: chain, fields, keys, counts and totals; the first thing wrong is named with its place."""

from __future__ import annotations

from dataclasses import dataclass

from serment.formats.fse.layout import LENGTH, Fault, b2, check, values
from serment.formats.nir import is_valid_nir


@dataclass(frozen=True)
class Found:
    """What a sound file holds. Amounts in cents."""

    records: int
    lots: int
    invoices: int
    lines: int
    fees: int
    amo: int
    amc: int
    numbers: tuple[int, ...]


def split(raw: bytes) -> list[str]:
    """Records of 128 characters, whether the file ends its lines or not. Raises Fault."""
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError as error:
        place, column = divmod(error.start, LENGTH)
        raise Fault(place + 1, column + 1, "caractère non ASCII") from None
    if "\n" in text or "\r" in text:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        records = lines[:-1] if lines and not lines[-1] else lines
    else:
        records = [text[start : start + LENGTH] for start in range(0, len(text), LENGTH)]
    if not records:
        raise Fault(1, 1, "le fichier est vide")
    for place, record in enumerate(records, 1):
        if len(record) != LENGTH:
            raise Fault(place, len(record) + 1, f"{len(record)} caractères au lieu de {LENGTH}")
    return records


_NEXT: dict[str, tuple[str, ...]] = {
    "0": ("1", "9"),
    "1": ("2", "6"),
    "2": ("4",),
    "4": ("4", "4M", "5"),
    "4M": ("4", "5"),
    "5": ("2", "6"),
    "6": ("1", "9"),
    "9": (),
}
_NOT_READ = {"2": "SMPBC", "4": "SBCDFHTU"}
"""Complements of the norm that this layout lets through without reading them."""


def _kind(record: str, place: int) -> str:
    if record.startswith("000"):
        return "0"
    if record.startswith("999"):
        return "9"
    if record[0] == "4" and record[35] == "M":
        return "4M"
    if record[0] in "12456":
        return record[0]
    raise Fault(place, 1, f"type d’enregistrement inconnu « {record[:3]} »")


def read(raw: bytes) -> Found:
    """Check a whole file: chain, fields, keys, counts and totals. Raises Fault at the first thing wrong."""
    records = split(raw)
    reader = _Reader()
    for place, record in enumerate(records, 1):
        reader.take(place, record)
    if reader.last != "9":
        raise Fault(len(records), 1, "le fichier n’a pas de fin (999) : il est tronqué")
    return Found(
        len(records),
        reader.lots,
        len(reader.numbers),
        reader.all_lines,
        reader.all_fees,
        reader.all_amo,
        reader.all_amc,
        tuple(reader.numbers),
    )


class _Reader:
    """Follows the chain, holding the sums of the invoice and of the lot under way."""

    def __init__(self) -> None:
        self.last = ""
        self.head: dict[str, str] = {}
        self.lots = self.all_lines = self.all_fees = self.all_amo = self.all_amc = 0
        self.numbers: list[int] = []
        self.invoice = self.lot = (0, 0, 0, 0)
        self.lot_invoices = 0
        self.lot_number = ""

    def take(self, place: int, record: str) -> None:
        kind = _kind(record, place)
        if kind in _NOT_READ and record[35] in _NOT_READ[kind] and record[35] != " ":
            return
        if self.last == "" and kind != "0":
            raise Fault(place, 1, "le fichier commence par un enregistrement 000")
        if self.last and kind not in _NEXT[self.last]:
            raise Fault(place, 1, f"un type {record[:3].strip()} ne suit pas un type {self.last}")
        check(b2()[kind], record, place)
        found = values(b2()[kind], record)
        getattr(self, f"_{kind}")(place, found)
        self.last = kind

    def _0(self, place: int, found: dict[str, str]) -> None:
        if found["norm"].strip() == "CP":
            raise Fault(place, 62, "norme CP : ce fichier est d’un établissement, pas d’un cabinet libéral")
        if int(found["length"]) != LENGTH:
            raise Fault(place, 83, f"longueur annoncée {found['length']} au lieu de {LENGTH}")
        self.ends = {name: found[name] for name in ("sender", "recipient", "file")}

    def _1(self, place: int, found: dict[str, str]) -> None:
        self.lots += 1
        self.lot, self.lot_invoices, self.lot_number = (0, 0, 0, 0), 0, found["lot"]

    def _2(self, place: int, found: dict[str, str]) -> None:
        if not is_valid_nir(found["nir"] + found["nir_key"]):
            raise Fault(place, 12, "le numéro de sécurité sociale et sa clé ne s’accordent pas")
        number = int(found["invoice"])
        if number in self.numbers:
            raise Fault(place, 27, f"facture n° {number} en double")
        self.numbers.append(number)
        self.head, self.invoice = found, (0, 0, 0, 0)
        self.lot_invoices += 1

    def _same_invoice(self, place: int, found: dict[str, str]) -> None:
        for name, column in (("nir", 12), ("nir_key", 25), ("invoice", 27)):
            if found[name] != self.head[name]:
                raise Fault(place, column, f"« {name} » diffère de celui de la facture")

    def _4(self, place: int, found: dict[str, str]) -> None:
        self._same_invoice(place, found)
        amounts = [int(found[name] or 0) for name in ("fee", "amo", "amc")]
        if int(found["amo"]) + int(found["amc"].strip() or 0) > int(found["fee"]):
            raise Fault(place, 106, "les parts remboursables dépassent les honoraires")
        self.invoice = _plus(self.invoice, (1, *amounts))

    def _4M(self, place: int, found: dict[str, str]) -> None:
        self._same_invoice(place, found)

    def _5(self, place: int, found: dict[str, str]) -> None:
        self._same_invoice(place, found)
        lines, fees, amo, amc = self.invoice
        for name, column, wanted in (
            ("lines", 39, lines),
            ("fees", 58, fees),
            ("amo", 66, amo),
            ("insured_part", 74, fees - amo),
            ("amc", 82, amc),
        ):
            if int(found[name].strip() or 0) != wanted:
                text = f"« {name} » vaut {int(found[name].strip() or 0)}, la somme des lignes {wanted}"
                raise Fault(place, column, text)
        self.lot = _plus(self.lot, self.invoice)

    def _6(self, place: int, found: dict[str, str]) -> None:
        lines, fees, amo, amc = self.lot
        count = self.lot_invoices
        for name, column, wanted in (
            ("invoices", 11, count),
            ("lines", 14, lines),
            ("heads", 18, count),
            ("totals", 22, count),
            ("fees", 25, fees),
            ("amo", 34, amo),
            ("amc", 43, amc),
        ):
            if int(found[name]) != wanted:
                raise Fault(place, column, f"« {name} » vaut {int(found[name])}, le lot compte {wanted}")
        if found["lot"] != self.lot_number:
            raise Fault(place, 52, "le numéro de lot diffère de celui de l’ouverture")
        self.all_lines += lines
        self.all_fees += fees
        self.all_amo += amo
        self.all_amc += amc

    def _9(self, place: int, found: dict[str, str]) -> None:
        for name, column in (("sender", 6), ("recipient", 28), ("file", 50)):
            if found[name] != self.ends[name]:
                raise Fault(place, column, f"« {name} » diffère de celui du début")
        if int(found["records"]) != place:
            raise Fault(place, 56, f"{int(found['records'])} enregistrements annoncés, {place} lus")
        if int(found["lots"]) != self.lots:
            raise Fault(place, 83, f"{int(found['lots'])} lots annoncés, {self.lots} lus")


def _plus(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, int, int, int]:
    first, second, third, fourth = (a + b for a, b in zip(one, other, strict=True))
    return first, second, third, fourth
