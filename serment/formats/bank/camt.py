"""CAMT.053 (ISO 20022, « relevé de compte »), any version of the message: the elements read have not changed.

The file is a stranger's: no document type, no entity, no network, no huge tree. Pending entries are left out: only what
is booked counts.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from serment.formats.bank.statement import MAX_LINES, BankFault, Line, Statement, cents_of, day_of, words

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."


def looks_like(raw: bytes) -> bool:
    return b"BkToCstmrStmt" in raw[:20_000]


def read(raw: bytes) -> list[Statement]:
    """The statements of the message, those of one account put together. Raises BankFault."""
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise BankFault("Ce fichier déclare un type de document\u00a0: un relevé n’en a pas, il est refusé.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise BankFault("Ce fichier CAMT est abîmé ou incomplet\u00a0: téléchargez-le de nouveau.") from None
    space = etree.QName(root).namespace or ""
    if not space.startswith(NAMESPACE):
        raise BankFault("Ce fichier XML n’est pas un relevé CAMT.053.")
    lines: dict[str, list[Line]] = {}
    for node in root.iter(f"{{{space}}}Stmt"):
        lines.setdefault(_account(node), []).extend(_lines(node))
    if not lines:
        raise BankFault("Ce fichier CAMT.053 ne contient aucun relevé de compte.")
    if sum(map(len, lines.values())) > MAX_LINES:
        raise BankFault(f"Ce fichier a plus de {MAX_LINES} mouvements\u00a0: importez-le par périodes.")
    return [Statement(account, tuple(rows)) for account, rows in lines.items()]


def _at(node: Any, *names: str) -> str:
    """Text at a path of local names; empty where it is not."""
    for name in names:
        node = node.find(f"{{*}}{name}")
        if node is None:
            return ""
    return str(node.text or "").strip()


def _account(node: Any) -> str:
    found = _at(node, "Acct", "Id", "IBAN") or _at(node, "Acct", "Id", "Othr", "Id")
    if not found:
        raise BankFault("Ce relevé ne dit pas de quel compte il s’agit.")
    return found.replace(" ", "")


def _lines(node: Any) -> list[Line]:
    found = []
    for number, entry in enumerate(node.findall("{*}Ntry"), 1):
        where = f"Mouvement {number}"
        status = _at(entry, "Sts", "Cd") or _at(entry, "Sts")
        if status not in ("BOOK", ""):
            continue
        found.append(_line(entry, where))
    return found


def _line(entry: Any, where: str) -> Line:
    amount = entry.find("{*}Amt")
    if amount is None or amount.get("Ccy") != "EUR":
        raise BankFault(f"{where} : le montant n’est pas en euros.")
    sign = {"CRDT": 1, "DBIT": -1}.get(_at(entry, "CdtDbtInd"))
    if sign is None:
        raise BankFault(f"{where} : ni crédit ni débit.")
    cents = cents_of(str(amount.text or ""), where)
    if cents < 0:
        raise BankFault(f"{where} : montant négatif.")
    day = _at(entry, "BookgDt", "Dt") or _at(entry, "BookgDt", "DtTm")
    details = entry.find("{*}NtryDtls/{*}TxDtls")
    said = [] if details is None else [str(part.text or "") for part in details.findall("{*}RmtInf/{*}Ustrd")]
    payer = "" if details is None else _payer(details)
    reference = _at(entry, "AcctSvcrRef") or _at(entry, "NtryRef")
    if not reference and details is not None:
        reference = _at(details, "Refs", "AcctSvcrRef")
    return Line(
        day_of(day, where), sign * cents, words(payer, *said, _at(entry, "AddtlNtryInf")), reference[:80]
    )


def _payer(details: Any) -> str:
    return _at(details, "RltdPties", "Dbtr", "Nm") or _at(details, "RltdPties", "Dbtr", "Pty", "Nm")
