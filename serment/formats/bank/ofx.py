"""OFX 1 (SGML) and 2 (XML), as French banks give them. The markup is ofxtools'; what is kept of it is ours.

ofxtools' own validation is not used: it refuses files that banks really give (unknown tags, missing headers' fields).
What matters here is checked here: amount, date, account; a movement without its bank's number is refused.
"""

from __future__ import annotations

import io
from typing import Any

from ofxtools.Parser import OFXTree

from serment.formats.bank.statement import MAX_LINES, BankFault, Line, Statement, cents_of, day_of, words

_HEADER = (
    b"OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\n"
    b"OLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
)


def looks_like(raw: bytes) -> bool:
    """Whether this is an OFX file, with its header or without."""
    return b"<OFX>" in raw[:4000].upper()


def read(raw: bytes) -> list[Statement]:
    """The accounts of the file (bank and card alike). Raises BankFault."""
    root = _tree(raw)
    found = [_statement(node) for tag in ("STMTRS", "CCSTMTRS") for node in root.iter(tag)]
    if not found:
        raise BankFault("Ce fichier OFX ne contient aucun relevé de compte.")
    return found


def _tree(raw: bytes) -> Any:
    start = raw.upper().find(b"<OFX>")
    headed = raw if raw[:start].strip() else _HEADER + raw
    try:
        return OFXTree().parse(io.BytesIO(headed))
    except Exception:
        # A header of another kind, a charset that is not the one it says: try the body alone, once.
        body = raw[start:].decode("utf-8" if _is_utf8(raw) else "cp1252", "replace")
        try:
            return OFXTree().parse(io.BytesIO(_HEADER + body.encode("cp1252", "replace")))
        except Exception:
            raise BankFault(
                "Ce fichier OFX est abîmé ou incomplet\u00a0: téléchargez-le de nouveau."
            ) from None


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _text(node: Any, tag: str) -> str:
    return str(node.findtext(tag) or "").strip()


def _statement(node: Any) -> Statement:
    account = node.find("BANKACCTFROM")
    if account is None:
        account = node.find("CCACCTFROM")
    if account is None or not _text(account, "ACCTID"):
        raise BankFault("Ce fichier OFX ne dit pas de quel compte il s’agit.")
    if _text(node, "CURDEF") not in ("", "EUR"):
        raise BankFault("Ce compte n’est pas en euros.")
    parts = (_text(account, name) for name in ("BANKID", "BRANCHID", "ACCTID"))
    rows = list(node.iter("STMTTRN"))
    if len(rows) > MAX_LINES:
        raise BankFault(f"Ce fichier a plus de {MAX_LINES} mouvements\u00a0: importez-le par périodes.")
    return Statement(
        " ".join(part for part in parts if part), tuple(_line(row, n) for n, row in enumerate(rows, 1))
    )


def _line(row: Any, number: int) -> Line:
    where = f"Mouvement {number}"
    reference = _text(row, "FITID")
    if not reference:
        raise BankFault(f"{where} : pas d’identifiant de la banque (FITID).")
    return Line(
        day_of(_text(row, "DTPOSTED"), where),
        cents_of(_text(row, "TRNAMT"), where),
        words(_text(row, "NAME"), _text(row, "MEMO")),
        reference[:80],
    )
