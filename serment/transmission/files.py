"""From a claim to what each may read: the fund its acts, the complementary body its groups, the engine both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils import timezone

from serment.billing.models import Claim
from serment.billing.payloads import ActLine, ClaimPayload
from serment.connectors.fse.port import Group, Line, SheetToSign
from serment.formats.fse import b2
from serment.patients.payloads import Coverage
from serment.transmission.grouping import grouped
from serment.transmission.insured import Insured
from serment.transmission.models import Lot, Sheet
from serment.transmission.payloads import SheetDetails

PAID_UNDER = "ATM"
"""Code under which a CCAM act is paid: the technical act's; the act's own code is in record 4M. « À vérifier »."""
_CCAM = re.compile(r"[A-Z]{4}[0-9]{3}")
_WRITTEN = re.compile(r"(?P<code>\S+)(?: (?P<coefficient>\d+(?:,\d+)?))?(?: × (?P<quantity>\d+))?")


def invoice_number(claim: Claim) -> int:
    """« 2026-00042 » → 2600042, « 2026-03-00042 » → 032600042: the nine digits that the norm has for it."""
    year, *rank, number = claim.number.split("-")
    return int(rank[0] if rank else 0) * 10_000_000 + int(year[-2:]) * 100_000 + int(number)


def claim_number(invoice: str) -> str:
    """The way back: « 002600042 » → « 2026-00042 »; empty for what is no number of ours."""
    if not invoice.isascii() or not invoice.isdigit():
        return ""
    rank, rest = divmod(int(invoice), 10_000_000)
    year, number = divmod(rest, 100_000)
    return f"20{year:02d}-{rank:02d}-{number:05d}" if rank else f"20{year:02d}-{number:05d}"


_THIRD_PARTY = {"amo": "05", "full": "15"}


def payee_of(details: SheetDetails, claim: Claim, payload: ClaimPayload, coverage: Coverage) -> str:
    """Who is paid: as chosen on the sheet, else on the claim, else by what the patient has settled."""
    if details.payee or payload.third_party in _THIRD_PARTY:
        return details.payee or _THIRD_PARTY[payload.third_party]
    if claim.paid_cents >= claim.total_cents:
        return "00"
    return "15" if claim.amc_cents and coverage.amc_number else "05"


def asks_complementary(
    details: SheetDetails, claim: Claim, payload: ClaimPayload, coverage: Coverage
) -> bool:
    """Whether a DRE goes with the sheet."""
    asked = payee_of(details, claim, payload, coverage) in ("15", "25")
    return bool(asked and claim.amc_cents and coverage.amc_number)


def care_on(details: SheetDetails, claim: Claim, payload: ClaimPayload) -> date:
    """The day of the care."""
    return details.care_on or payload.performed_on or claim.established_on


def _act(line: ActLine, payload: ClaimPayload, day: date) -> b2.Act:
    """A line by its coefficient and quantity where they give its price exactly, else as one act at its price."""
    written = _WRITTEN.fullmatch(line.code)
    code, coefficient, quantity = line.code.split(" ")[0], 100, 1
    if written is not None:
        code = written["code"]
        coefficient = round(float((written["coefficient"] or "1").replace(",", ".")) * 100)
        quantity = int(written["quantity"] or 1)
    price, rest = divmod(line.amount_cents * 100, coefficient * quantity or 1)
    if rest or not coefficient or quantity > 99:
        coefficient, quantity, price = 100, 1, line.amount_cents
    act = b2.Act(
        code=b2.plain(code, 5),
        done_on=day,
        base=line.amount_cents,
        amo=0,
        fee=line.amount_cents,
        rate=line.rate or payload.rate,
        unit_price=price,
        coefficient=coefficient,
        quantity=quantity,
        place=1 if payload.place == "home" else 0,
    )
    if not _CCAM.fullmatch(code):
        return act
    typed = line.act
    return replace(
        act,
        code=PAID_UNDER,
        ccam=code,
        activity=str(typed.get("activity", "1")),
        phase=str(typed.get("phase", "0")),
        modifiers="".join(typed.get("modifiers", [])),
        association=line.association,
    )


def _even(total: int, lines: Sequence[ActLine]) -> list[int]:
    """A total over lines, by their amounts: it sums to the cent, and no line has more than its own when none should."""
    base, done, found = sum(line.amount_cents for line in lines), 0, []
    for line in lines:
        before, done = done, done + line.amount_cents
        found.append(total * done // base - total * before // base if base else 0)
    return found


def _shares(claim: Claim, lines: Sequence[ActLine]) -> list[tuple[int, int, int]]:
    """(AMO, AMC, excess) of each line: as reckoned line by line where that is the claim's, else by their amounts."""
    amo = [line.amo_cents for line in lines]
    amc = [line.amc_cents for line in lines]
    excess = [line.excess_cents for line in lines]
    if sum(excess) != claim.excess_cents:
        excess = [0] * (len(lines) - 1) + [claim.excess_cents]
    if (sum(amo), sum(amc)) != (claim.amo_cents, claim.amc_cents):
        amo = _even(claim.amo_cents, lines)
        room = [line.amount_cents + more - part for line, more, part in zip(lines, excess, amo, strict=True)]
        amc = [min(part, free) for part, free in zip(_even(claim.amc_cents, lines), room, strict=True)]
        left = claim.amc_cents - sum(amc)
        for place, free in enumerate(room):
            more = min(left, free - amc[place])
            amc[place], left = amc[place] + more, left - more
    return list(zip(amo, amc, excess, strict=True))


def acts(claim: Claim, payload: ClaimPayload, details: SheetDetails) -> list[b2.Act]:
    """The lines with their shares, which sum to the claim's to the cent."""
    priced = [line for line in payload.lines if line.amount_cents or line.excess_cents]
    day = care_on(details, claim, payload)
    found = []
    for line, (amo, amc, excess) in zip(priced, _shares(claim, priced), strict=True):
        act = replace(_act(line, payload, day), amo=amo, amc=amc)
        if excess:
            act = replace(act, fee=act.fee + excess, expense=_expense(line))
        found.append(act)
    return found


def _expense(line: ActLine) -> str:
    """Qualifier of what is asked beyond the tariff: E exceptional demand, D agreed excess (à vérifier)."""
    return "E" if line.act.get("excess_reason") == "DE" else "D"


def _exemption(details: SheetDetails, payload: ClaimPayload, coverage: Coverage) -> str:
    return details.exemption or ("4" if coverage.ald and payload.rate == 100 else "0")


def fund_invoice(
    claim: Claim, payload: ClaimPayload, details: SheetDetails, patient: Insured, certificate: str = ""
) -> b2.Invoice:
    """All that L.161-29 lets the fund have."""
    coverage = patient.coverage
    return b2.Invoice(
        number=invoice_number(claim),
        nir=coverage.nir,
        born_on=patient.who.birth_date,
        invoiced_on=claim.established_on,
        scheme=coverage.scheme,
        fund=coverage.fund,
        centre=coverage.centre,
        acts=acts(claim, payload, details),
        insurance=details.insurance,
        exemption=_exemption(details, payload, coverage),
        payee=payee_of(details, claim, payload, coverage),
        prescriber=details.prescriber,
        prescribed_on=details.prescribed_on,
        maternity_on=details.maternity_on,
        accident_on=details.accident_on,
        certificate=certificate,
    )


def complementary_invoice(
    claim: Claim, payload: ClaimPayload, details: SheetDetails, patient: Insured, certificate: str = ""
) -> b2.Invoice:
    """Identity, number and grouped sums: no act, no exemption, no nature of insurance, no prescription (R6.8)."""
    full = fund_invoice(claim, payload, details, patient, certificate)
    return replace(
        full,
        acts=[replace(act, done_on=claim.established_on) for act in grouped(full.acts)],
        insurance="10",
        exemption="0",
        prescriber="",
        prescribed_on=None,
        maternity_on=None,
        accident_on=None,
        amc=patient.coverage.amc_number,
    )


def to_sign(
    claim: Claim, payload: ClaimPayload, details: SheetDetails, patient: Insured, key: str
) -> SheetToSign:
    """The sheet as an engine wants it; ``key`` is its identity, the same however often it is asked."""
    full = fund_invoice(claim, payload, details, patient)
    asked = asks_complementary(details, claim, payload, patient.coverage)
    return SheetToSign(
        id=key,
        invoice=full.number,
        rpps=claim.practitioner.rpps,
        am_number=claim.practitioner.am_number,
        nir=full.nir,
        born_on=full.born_on,
        scheme=full.scheme,
        fund=full.fund,
        centre=full.centre,
        insurance=full.insurance,
        exemption=full.exemption,
        payee=full.payee,
        accident_on=full.accident_on,
        maternity_on=full.maternity_on,
        prescriber=full.prescriber,
        prescribed_on=full.prescribed_on,
        lines=[
            Line(
                code=act.code,
                done_on=act.done_on,
                quantity=act.quantity,
                coefficient=act.coefficient,
                unit_price=act.unit_price,
                base=act.base,
                rate=act.rate,
                amo=act.amo,
                amc=act.amc,
                fee=act.fee,
                place=act.place,
                ccam=act.ccam,
                activity=act.activity if act.ccam else "",
                phase=act.phase if act.ccam else "",
                modifiers=act.modifiers,
                association=act.association,
            )
            for act in full.acts
        ],
        total=full.fees,
        amc_number=patient.coverage.amc_number if asked else "",
        complementary=[
            Group(code=act.code, base=act.base, amc=act.amc, fee=act.fee) for act in grouped(full.acts)
        ]
        if asked
        else [],
    )


def write(lot: Lot, invoices: Sequence[b2.Invoice], certification: str = "") -> bytes:
    """The lot's B2 file. The kind « OC » of a complementary recipient is « à vérifier »."""
    who, made_on = lot.practitioner, timezone.localdate(lot.made_at)
    return b2.write(
        b2.Batch(
            provider=(who.am_number or "0").zfill(9)[-9:],
            name=who.display_name,
            recipient=(lot.body or f"{lot.scheme}{lot.fund}")[:14],
            file=f"{lot.number % 1_000_000:06d}",
            made_on=made_on,
            lots=[b2.Lot(lot.number % 1000, lot.fund, made_on, invoices, certification)],
            recipient_kind="OC" if lot.part == Sheet.Part.AMC else "CP",
        )
    )
