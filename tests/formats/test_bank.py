"""Bank statements: OFX and CAMT.053 of our own making, hostile and broken ones included."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serment.formats.bank import BankFault, read

OFX_HEAD = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n"
    "COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)


def ofx(*moves: tuple[str, str, str, str], head: str = OFX_HEAD, currency: str = "EUR") -> bytes:
    """An OFX 1 statement; each move: (day, amount, FITID, name)."""
    rows = "".join(
        f"<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{ref}<NAME>{name}<MEMO>VIR\r\n</STMTTRN>\r\n"
        for day, amount, ref, name in moves
    )
    return (
        f"{head}<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><LANGUAGE>FRA</SONRS>"
        f"</SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>99999"
        "<BRANCHID>00001<ACCTID>00000000001<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>"
        f"<DTSTART>20261101<DTEND>20261130\r\n{rows}</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode("cp1252")


def camt(*entries: str, version: str = "08", before: str = "") -> bytes:
    """A CAMT.053 message of one statement."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:'
        f'camt.053.001.{version}"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id><Acct><Id>'
        f"<IBAN>FR7699999000010000000000136</IBAN></Id></Acct>{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(
    amount: str = "63.00", sign: str = "CRDT", ref: str = "R1", status: str = "<Sts><Cd>BOOK</Cd></Sts>"
) -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{status}<BookgDt><Dt>2026-11-20</Dt>'
        f"</BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>CAISSE FICTIVE</Nm></Pty>"
        "</Dbtr></RltdPties><RmtInf><Ustrd>REGLEMENT 42</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def test_ofx_with_accents_comma_and_time_zone():
    kind, (statement,) = read(
        ofx(("20261120120000[+1:CET]", "63,50", "A1", "Mutuelle Été"), ("20261121", "-12.00", "A2", "LOYER"))
    )
    assert kind == "OFX" and statement.account == "99999 00001 00000000001"
    assert [(line.booked_on, line.cents, line.reference) for line in statement.lines] == [
        (date(2026, 11, 20), 6350, "A1"),
        (date(2026, 11, 21), -1200, "A2"),
    ]
    assert statement.lines[0].label == "Mutuelle Été VIR"
    assert (statement.first_on, statement.last_on) == (date(2026, 11, 20), date(2026, 11, 21))


def test_ofx_without_its_header_and_ofx_2():
    bare = ofx(("20261120", "10.00", "A1", "X"), head="")
    assert read(bare)[1][0].lines[0].cents == 1000
    two = (
        '<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" '
        'NEWFILEUID="NONE"?><OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR</CURDEF><BANKACCTFROM><ACCTID>1</ACCTID>'
        "</BANKACCTFROM><BANKTRANLIST><STMTTRN><DTPOSTED>20261120</DTPOSTED><TRNAMT>5.00</TRNAMT><FITID>1</FITID><NAME>"
        "Été</NAME></STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    (line,) = read(two.encode())[1][0].lines
    assert (line.cents, line.label) == (500, "Été")


@pytest.mark.parametrize("version", ["02", "08", "13"])
def test_camt_of_every_age(version):
    kind, (statement,) = read(camt(entry(), entry("5.00", "DBIT", "R2"), version=version))
    assert kind == "CAMT.053" and statement.account == "FR7699999000010000000000136"
    assert [(line.cents, line.reference) for line in statement.lines] == [(6300, "R1"), (-500, "R2")]
    assert statement.lines[0].label == "CAISSE FICTIVE REGLEMENT 42"


def test_what_is_not_booked_yet_is_left_out():
    assert (
        read(camt(entry(status="<Sts>PDNG</Sts>"), entry(status="<Sts>BOOK</Sts>")))[1][0].lines[0].cents
        == 6300
    )
    assert len(read(camt(entry(status="<Sts>PDNG</Sts>"), entry()))[1][0].lines) == 1


BOMB = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
FILE = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "raw, why",
    [
        (b"", "ni un relev"),
        (b"%PDF-1.7", "ni un relev"),
        (camt(entry(), before=BOMB), "type de document"),
        (camt(entry(), before=FILE), "type de document"),
        (camt(entry())[:300], "abîmé"),
        (camt(entry("63.005")), "montant illisible"),
        (camt(entry("NaN")), "montant illisible"),
        (camt(entry("-3.00")), "montant négatif"),
        (camt(entry(sign="BOTH")), "ni crédit ni débit"),
        (camt(entry()).replace(b"2026-11-20", b"2026-13-20"), "date illisible"),
        (camt(entry()).replace(b'Ccy="EUR"', b'Ccy="CHF"'), "euros"),
        (camt(entry()).replace(b"camt.053.001", b"camt.054.001"), "pas un relevé"),
        (ofx(("20261120", "1.00", "", "X")), "FITID"),
        (ofx(("20261120", "un euro", "A", "X")), "montant illisible"),
        (ofx(("hier", "1.00", "A", "X")), "date illisible"),
        (ofx(("20261120", "1.00", "A", "X"), currency="USD"), "euros"),
        (ofx(("20261120", "1.00", "A", "X")).replace(b"<ACCTID>00000000001", b""), "quel compte"),
        (b"x" * 5_000_001, "5"),
    ],
)
def test_a_file_that_does_not_hold_is_refused_whole(raw, why):
    with pytest.raises(BankFault, match=why):
        read(raw)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_damaged_file_never_crashes_and_never_tells_what_it_holds(data):
    whole = data.draw(
        st.sampled_from([camt(entry(), entry()), ofx(("20261120", "63.00", "A1", "SECRETNOM"))])
    )
    cut = data.draw(st.integers(0, len(whole)))
    noise = data.draw(st.binary(max_size=12))
    raw = whole[:cut] + noise + whole[cut + data.draw(st.integers(0, 20)) :]
    try:
        accounts = read(raw)[1]
    except BankFault as caught:
        fault = caught
    else:
        assert all(isinstance(line.cents, int) and line.booked_on for a in accounts for line in a.lines)
        return
    assert "SECRETNOM" not in str(fault) and fault.__cause__ is None
