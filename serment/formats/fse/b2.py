"""B2 in the liberal layout: what a file is made of, and its writing. `b2_reading` reads it back, fault by fault.

Chain: 000 { 1 { 2 { 4 } 5 } 6 } 999, records of 128 characters, upper case without accents, amounts in cents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from serment.formats.folding import unaccented
from serment.formats.fse.b2_reading import Found, read, split
from serment.formats.fse.layout import LENGTH, Field, b2, compose, day, values

__all__ = ["Act", "Batch", "Found", "Invoice", "Lot", "invoices", "plain", "read", "split", "write"]

NORM = "B2"


@dataclass(frozen=True)
class Act:
    """A line: ``coefficient`` in hundredths, amounts in cents, ``place`` 0 office and 1 home.

    ``ccam``: the act's own code, of seven characters, written apart (record 4M) with its activity, phase, modifiers and
    association; ``code`` is then the code under which it is paid.
    """

    code: str
    done_on: date
    base: int
    amo: int
    fee: int
    rate: int
    amc: int = 0
    quantity: int = 1
    coefficient: int = 100
    unit_price: int = 0
    place: int = 0
    expense: str = ""
    ccam: str = ""
    activity: str = "1"
    phase: str = "0"
    modifiers: str = ""
    association: str = ""


@dataclass(frozen=True)
class Invoice:
    """One feuille de soins. ``nir`` has its key (15 characters); ``certificate``: what the engine gave (32 at most)."""

    number: int
    nir: str
    born_on: date
    invoiced_on: date
    scheme: str
    fund: str
    centre: str
    acts: Sequence[Act]
    insurance: str = "10"
    exemption: str = "0"
    payee: str = "00"
    prescriber: str = ""
    prescribed_on: date | None = None
    maternity_on: date | None = None
    accident_on: date | None = None
    amc: str = ""
    certificate: str = ""

    @property
    def fees(self) -> int:
        return sum(act.fee for act in self.acts)

    @property
    def amo_total(self) -> int:
        return sum(act.amo for act in self.acts)

    @property
    def amc_total(self) -> int:
        return sum(act.amc for act in self.acts)


@dataclass(frozen=True)
class Lot:
    """``certification``: blank without card, S with Vitale, F without it, D with the professional card alone."""

    number: int
    fund: str
    made_on: date
    invoices: Sequence[Invoice]
    certification: str = ""


@dataclass(frozen=True)
class Batch:
    """A whole file. ``provider``: number of the professional with its key (9 digits); ``marking`` T: a test.

    ``recipient_kind``: CP a fund, OC a complementary body (à vérifier).
    """

    provider: str
    name: str
    recipient: str
    file: str
    made_on: date
    lots: Sequence[Lot] = field(default_factory=list)
    marking: str = "T"
    recipient_kind: str = "CP"


def plain(text: str, width: int) -> str:
    """Upper case, without accents, cut to the width: all that the norm knows."""
    return "".join(c if c.isascii() and c.isprintable() else " " for c in unaccented(text).upper())[:width]


def write(batch: Batch) -> bytes:
    """The records one after the other, without line ends."""
    table = b2()
    ends = {
        "sender_kind": "TP",
        "sender": batch.provider,
        "recipient_kind": batch.recipient_kind,
        "recipient": batch.recipient,
        "application": "IR",
        "file": batch.file,
    }
    records = [
        compose(
            table["0"],
            {**ends, "type": "000", "created_on": batch.made_on, "version": NORM, "length": LENGTH},
        )
    ]
    for lot in batch.lots:
        records += _lot(batch, lot)
    records.append(
        compose(table["9"], {**ends, "type": "999", "records": len(records) + 1, "lots": len(batch.lots)})
    )
    return "".join(records).encode("ascii")


def _lot(batch: Batch, lot: Lot) -> list[str]:
    table = b2()
    records = [
        compose(
            table["1"],
            {
                "type": 1,
                "provider": batch.provider,
                "fund": lot.fund,
                "lot": lot.number,
                "name": plain(batch.name, 40),
                "created_on": lot.made_on,
                "norm": NORM,
                "certification": lot.certification,
                "currency": "U",
            },
        )
    ]
    for invoice in lot.invoices:
        records += _invoice(batch, invoice)
    acts = sum(len(invoice.acts) for invoice in lot.invoices)
    records.append(
        compose(
            table["6"],
            {
                "type": 6,
                "provider": batch.provider,
                "invoices": len(lot.invoices),
                "lines": acts,
                "heads": len(lot.invoices),
                "totals": len(lot.invoices),
                "fees": sum(invoice.fees for invoice in lot.invoices),
                "amo": sum(invoice.amo_total for invoice in lot.invoices),
                "amc": sum(invoice.amc_total for invoice in lot.invoices),
                "lot": lot.number,
                "marking": batch.marking,
            },
        )
    )
    return records


def _invoice(batch: Batch, invoice: Invoice) -> list[str]:
    table = b2()
    who: dict[str, object] = {
        "provider": batch.provider,
        "nir": invoice.nir[:13],
        "nir_key": invoice.nir[13:],
        "invoice": invoice.number,
    }
    head = compose(
        table["2"],
        {
            **who,
            "type": 2,
            "marking": batch.marking,
            "operation": 1,
            "invoiced_on": invoice.invoiced_on,
            "scheme": invoice.scheme,
            "fund": invoice.fund,
            "centre": invoice.centre,
            "prescriber": invoice.prescriber or 0,
            "prescribed_on": invoice.prescribed_on or 0,
            "insurance": invoice.insurance,
            "exemption": invoice.exemption,
            "maternity_on": invoice.maternity_on or 0,
            "accident": f"{invoice.accident_on:%y%m%d}" if invoice.accident_on else 0,
            "born_on": invoice.born_on,
            "birth_rank": 1,
            "payee": invoice.payee,
            "amc": invoice.amc,
        },
    )
    acts = []
    for number, act in enumerate(invoice.acts, 1):
        acts.append(_act(table["4"], who, batch, invoice, number, act))
        if act.ccam:
            acts.append(_ccam(table["4M"], who, number, act))
    total = compose(
        table["5"],
        {
            **who,
            "type": 5,
            "lines": len(invoice.acts),
            "fees": invoice.fees,
            "amo": invoice.amo_total,
            "insured_part": invoice.fees - invoice.amo_total,
            "amc": invoice.amc_total,
            "certification": plain(invoice.certificate, 32),
        },
    )
    return [head, *acts, total]


def _act(
    table: tuple[Field, ...], who: dict[str, object], batch: Batch, invoice: Invoice, number: int, act: Act
) -> str:
    return compose(
        table,
        {
            **who,
            "type": 4,
            "sequence": number,
            "performer": batch.provider,
            "exemption": invoice.exemption,
            "done_on": act.done_on,
            "act": act.code,
            "quantity": act.quantity,
            "coefficient": act.coefficient,
            "unit_price": act.unit_price,
            "base": act.base,
            "rate": act.rate,
            "amo": act.amo,
            "fee": act.fee,
            "expense": act.expense,
            "place": act.place,
            "amc": act.amc,
        },
    )


def _ccam(table: tuple[Field, ...], who: dict[str, object], number: int, act: Act) -> str:
    modifiers = {f"modifier{place}": letter for place, letter in enumerate(act.modifiers[:4], 1)}
    return compose(
        table,
        {
            **who,
            **modifiers,
            "type": 4,
            "complement": "M",
            "sequence": number,
            "ccam": act.ccam,
            "activity": act.activity,
            "phase": act.phase,
            "association": act.association,
            "session_on": act.done_on,
        },
    )


def invoices(raw: bytes) -> list[Invoice]:
    """The invoices of a file, whole: what `write` was given. Raises Fault for a file that `read` refuses."""
    read(raw)
    found: list[Invoice] = []
    head: dict[str, str] = {}
    acts: list[Act] = []
    for record in split(raw):
        if record[0] == "2" and record[35] == " ":
            head, acts = values(b2()["2"], record), []
        elif record[0] == "4" and record[35] == " ":
            acts.append(_read_act(values(b2()["4"], record)))
        elif record[0] == "4" and record[35] == "M":
            acts[-1] = _read_ccam(acts[-1], values(b2()["4M"], record))
        elif record[0] == "5":
            found.append(_read_invoice(head, acts, values(b2()["5"], record)))
    return found


def _read_act(given: dict[str, str]) -> Act:
    return Act(
        code=given["act"].strip(),
        done_on=_day(given["done_on"]) or date.min,
        base=int(given["base"]),
        amo=int(given["amo"]),
        fee=int(given["fee"]),
        rate=int(given["rate"]),
        amc=int(given["amc"].strip() or 0),
        quantity=int(given["quantity"]),
        coefficient=int(given["coefficient"]),
        unit_price=int(given["unit_price"]),
        place=int(given["place"]),
        expense=given["expense"].strip(),
    )


def _read_ccam(act: Act, given: dict[str, str]) -> Act:
    return replace(
        act,
        ccam=given["ccam"].strip(),
        activity=given["activity"],
        phase=given["phase"],
        modifiers="".join(given[f"modifier{place}"] for place in range(1, 5)).strip(),
        association=given["association"].strip(),
    )


def _read_invoice(head: dict[str, str], acts: list[Act], total: dict[str, str]) -> Invoice:
    prescriber = head["prescriber"].strip()
    return Invoice(
        number=int(head["invoice"]),
        nir=head["nir"] + head["nir_key"],
        born_on=_day(head["born_on"]) or date.min,
        invoiced_on=_day(head["invoiced_on"]) or date.min,
        scheme=head["scheme"],
        fund=head["fund"],
        centre=head["centre"],
        acts=acts,
        insurance=head["insurance"],
        exemption=head["exemption"].strip() or "0",
        payee=head["payee"],
        prescriber=prescriber if prescriber.strip("0") else "",
        prescribed_on=_day(head["prescribed_on"]),
        maternity_on=_day(head["maternity_on"]),
        accident_on=_day(head["accident"][-6:]),
        amc=head["amc"].strip(),
        certificate=total["certification"].strip(),
    )


def _day(text: str) -> date | None:
    return day(text) if text.strip("0 ") else None
