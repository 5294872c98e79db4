"""From a claim to what each may read: the fund its acts, the complementary body its groups, the engine both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from serment.billing.models import Claim
from serment.billing.payloads import ActLine, ClaimPayload
from serment.connectors.fse.port import Group, Line, SheetToSign
from serment.formats.fse import b2
from serment.patients.payloads import Coverage
from serment.transmission.grouping import grouped
from serment.transmission.insured import Insured
from serment.transmission.models import Lot, Sheet
from serment.transmission.payloads import SheetDetails

_WRITTEN = re.compile(r"(?P<code>\S+)(?: (?P<coefficient>\d+(?:,\d+)?))?(?: × (?P<quantity>\d+))?")


def invoice_number(claim: Claim) -> int:
    """« 2026-00042 » → 2600042: the nine digits that the norm has for it."""
    year, _, rank = claim.number.partition("-")
    return int(year[-2:]) * 100_000 + int(rank)


def claim_number(invoice: str) -> str:
    """The way back: « 002600042 » → « 2026-00042 »; empty for what is no number of ours."""
    if not invoice.isascii() or not invoice.isdigit():
        return ""
    number = int(invoice)
    return f"20{number // 100_000:02d}-{number % 100_000:05d}"


def payee_of(details: SheetDetails, claim: Claim, coverage: Coverage) -> str:
    """Who is paid: as chosen on the sheet, else by what the patient has settled."""
    if details.payee:
        return details.payee
    if claim.paid_cents >= claim.total_cents:
        return "00"
    return "15" if claim.amc_cents and coverage.amc_number else "05"


def asks_complementary(details: SheetDetails, claim: Claim, coverage: Coverage) -> bool:
    """Whether a DRE goes with the sheet."""
    asked = payee_of(details, claim, coverage) in ("15", "25")
    return bool(asked and claim.amc_cents and coverage.amc_number)


def _act(line: ActLine, details: SheetDetails, claim: Claim, payload: ClaimPayload) -> b2.Act:
    """A line by its coefficient and quantity where they give its price exactly, else as one act at its price."""
    written = _WRITTEN.fullmatch(line.code)
    code, coefficient, quantity = line.code.split(" ")[0], 100, 1
    if written is not None:
        code = written["code"]
        coefficient = round(float((written["coefficient"] or "1").replace(",", ".")) * 100)
        quantity = int(written["quantity"] or 1)
    price, rest = divmod(line.amount_cents * 100, coefficient * quantity or 1)
    if rest or not coefficient:
        coefficient, quantity, price = 100, 1, line.amount_cents
    return b2.Act(
        code=b2.plain(code, 5),
        done_on=details.care_on or claim.established_on,
        base=line.amount_cents,
        amo=0,
        fee=line.amount_cents,
        rate=payload.rate,
        unit_price=price,
        coefficient=coefficient,
        quantity=quantity,
        place=1 if payload.place == "home" else 0,
    )


def acts(claim: Claim, payload: ClaimPayload, details: SheetDetails) -> list[b2.Act]:
    """The lines with their shares, which sum to the claim's to the cent."""
    paid = [line for line in payload.lines if line.amount_cents]
    base = sum(line.amount_cents for line in paid)
    left_amo, left_amc, found = claim.amo_cents, claim.amc_cents, []
    for number, line in enumerate(paid, 1):
        last = number == len(paid)
        amo = left_amo if last else claim.amo_cents * line.amount_cents // base
        amc = left_amc if last else claim.amc_cents * line.amount_cents // base
        left_amo, left_amc = left_amo - amo, left_amc - amc
        act = replace(_act(line, details, claim, payload), amo=amo, amc=amc)
        if last and claim.excess_cents:
            act = replace(act, fee=act.fee + claim.excess_cents, expense="D")
        found.append(act)
    return found


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
        payee=payee_of(details, claim, coverage),
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
    asked = asks_complementary(details, claim, patient.coverage)
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
    who = lot.practitioner
    return b2.write(
        b2.Batch(
            provider=(who.am_number or "0").zfill(9)[-9:],
            name=who.display_name,
            recipient=(lot.body or f"{lot.scheme}{lot.fund}")[:14],
            file=f"{lot.number % 1_000_000:06d}",
            made_on=lot.made_at.date(),
            lots=[b2.Lot(lot.number % 1000, lot.fund, lot.made_at.date(), invoices, certification)],
            recipient_kind="OC" if lot.part == Sheet.Part.AMC else "CP",
        )
    )
