"""From a claim to a signed sheet: what the fund asks is written, checked, signed by the engine or made on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.billing import owning
from serment.billing.models import Claim
from serment.billing.payloads import ClaimPayload
from serment.connectors.fse.port import Signed as SignedByEngine
from serment.connectors.fse.port import Trouble
from serment.journal import services as journal
from serment.practice.models import Practice
from serment.transmission import deadlines, engines, files, insured, rules, states
from serment.transmission.insured import Insured, Refused
from serment.transmission.models import Sheet
from serment.transmission.payloads import EngineSeal, SheetDetails
from serment.transmission.story import born, move
from serment.vault.domains import Domain
from serment.vault.ids import encode, new_id
from serment.vault.keyring import Keyring


class Faulty(Refused):
    """What the fund would refuse, by field."""

    def __init__(self, faults: rules.Faults) -> None:
        super().__init__(next(iter(faults.values())))
        self.faults = faults


def may_sign(author: Person, claim: Claim) -> bool:
    """A practitioner signs their own sheets alone; who has no practitioner's role prepares for those they help."""
    return owning.may_handle(author, claim.practitioner_id)


def require_own(author: Person, claim: Claim) -> None:
    """Raises Refused."""
    if not may_sign(author, claim):
        raise Refused("Cette feuille est celle d’un autre praticien\u00a0: à lui de la signer.")


def require_signable(author: Person, claim: Claim) -> None:
    """Raises Refused."""
    require_own(author, claim)
    if claim.state == "cancelled" or not claim.amo_cents:
        raise Refused("Cette facture n’a pas de part à transmettre.")


def unsigned(limit: int = 200, after: int = 0, practitioner_id: int | None = None) -> list[Claim]:
    """Claims to sign, oldest first: those with a part of the fund and no sheet that has gone further."""
    rows = Claim.objects.filter(amo_cents__gt=0, pk__gt=after).exclude(state="cancelled")
    rows = rows.exclude(sheets__in=Sheet.objects.exclude(state__in=states.TO_SIGN))
    if practitioner_id:
        rows = rows.filter(practitioner_id=practitioner_id)
    return list(rows.select_related("practitioner").order_by("pk")[:limit])


def sheet_of(claim: Claim, part: str = Sheet.Part.AMO) -> Sheet | None:
    """The claim's sheet, with its claim in hand for what is sealed."""
    found: Sheet | None = Sheet.objects.filter(claim_id=claim.pk, part=part).first()
    if found is not None:
        found.claim = claim
    return found


def details_of(keyring: Keyring, sheet: Sheet | None) -> SheetDetails:
    """Raises NoKey, CannotOpen."""
    if sheet is None or not sheet.details:
        return SheetDetails()
    found: SheetDetails = keyring.subject_keys([sheet.patient_id], Domain.BILLING).open(sheet, "details")
    return found


def faults_of(claim: Claim, payload: ClaimPayload, details: SheetDetails, patient: Insured) -> rules.Faults:
    """Everything that the fund would refuse, by field; empty when the sheet may be signed."""
    if patient.fault == insured.FROZEN:
        return {"patient": insured.FROZEN}
    return {
        **rules.of_coverage(patient.coverage),
        **rules.of_acts(payload.lines, claim.practitioner),
        **rules.of_details(
            details,
            coverage=patient.coverage,
            established_on=payload.performed_on or claim.established_on,
            today=timezone.localdate(),
        ),
    }


@transaction.atomic
def save_details(
    *, keyring: Keyring, author: Person, practice: Practice, claim_id: int, details: SheetDetails, draft: bool
) -> Sheet:
    """Keep what was typed: as a draft whatever it is, or established once nothing is wrong.

    Raises Faulty, Refused, Forbidden, NoKey. A rejected sheet becomes « corrected ».
    """
    claim = Claim.objects.select_for_update().select_related("practitioner").get(pk=claim_id)
    require_signable(author, claim)
    patient = insured.of(keyring, [claim.patient_id])[claim.patient_id]
    if not draft:
        faults = faults_of(claim, patient.keys.open(claim, "payload"), details, patient)
        if faults:
            raise Faulty(faults)
    sheet = sheet_of(claim) or _new(claim, practice)
    if sheet.state in ("rejected", "corrected"):
        state = "corrected"
    else:
        state = "draft" if draft else "established"
    sheet.claim = claim
    patient.keys.seal(sheet, "details", details)
    _keep(sheet, state, author)
    journal.record("fse.established", subject_id=claim.patient_id, object_id=sheet.pk)
    return sheet


def _new(claim: Claim, practice: Practice) -> Sheet:
    return Sheet(
        id=new_id(),
        practice_id=claim.practice_id,
        claim=claim,
        state="draft",
        due_on=deadlines.due_on(claim, practice),
    )


def _keep(sheet: Sheet, state: str, author: Person, **also: Any) -> None:
    """Save a new or known sheet in its next state."""
    for name, value in also.items():
        setattr(sheet, name, value)
    sheet.save(force_insert=sheet._state.adding)
    move(sheet, state, author)
    sheet.save(update_fields=["state", "updated_at"])


def sign(*, keyring: Keyring, author: Person, practice: Practice, claim_id: int) -> Sheet:
    """Have the engine sign a claim's sheet, and its DRE where one goes with it. Twice is once.

    The engine is asked outside of any transaction (a card may take its time); what it signed is known by the sheet's
    key, so that stopped between the two, signing again gives the same. Raises Faulty, Refused, Trouble, NoKey.
    """
    claim = Claim.objects.select_related("practitioner").get(pk=claim_id)
    patient = insured.of(keyring, [claim.patient_id])[claim.patient_id]
    return _sign(keyring, author, practice, claim, sheet_of(claim), patient)


def _sign(
    keyring: Keyring,
    author: Person,
    practice: Practice,
    claim: Claim,
    known: Sheet | None,
    patient: Insured,
) -> Sheet:
    if known is not None and known.state not in states.TO_SIGN:
        return known
    require_signable(author, claim)
    engine = engines.of(practice, claim.practitioner)
    if engine is None:
        raise Refused(
            "Aucun moteur homologué n’est raccordé\u00a0: imprimez la feuille de soins. "
            "Le simulateur ne sert qu’au cabinet de démonstration."
        )
    payload, details = patient.keys.open(claim, "payload"), details_of(keyring, known)
    if faults := faults_of(claim, payload, details, patient):
        raise Faulty(faults)
    tries = known.tries if known else 0
    asked = files.to_sign(claim, payload, details, patient, key=f"{encode(claim.pk)}-{tries}")
    try:
        made = engine.sign(asked)
    except Trouble as trouble:
        raise Refused(str(trouble)) from trouble
    return _signed(author, practice, claim, patient, made, asked.payee)


@transaction.atomic
def _signed(
    author: Person, practice: Practice, claim: Claim, patient: Insured, made: SignedByEngine, payee: str
) -> Sheet:
    engine = engines.kind(practice)
    locked = Claim.objects.select_for_update().get(pk=claim.pk)
    if locked.state == "cancelled":
        raise Refused("Cette facture vient d’être annulée\u00a0: rien n’a été retenu.")
    sheet = sheet_of(claim)
    if sheet is not None and sheet.state not in states.TO_SIGN:
        return sheet  # signed, or already on its way by another hand
    seal = EngineSeal(
        reference=made.reference,
        certificate=made.certificate,
        mode=made.mode,
        seal=made.seal,
        dre=made.dre,
    )
    if sheet is None:
        sheet = _new(claim, practice)
        sheet.engine, sheet.payee, sheet.signed_at = engine, payee, timezone.now()
        patient.keys.seal(sheet, "seal", seal)
        born(sheet, ("established", "signed"), author)
    else:
        if sheet.state == "draft":
            _keep(sheet, "established", author)
        patient.keys.seal(sheet, "seal", seal)
        _keep(
            sheet,
            "signed",
            author,
            engine=engine,
            payee=payee,
            signed_at=timezone.now(),
            lot=None,
            answer=None,
        )
    if made.dre:
        _dre(author, claim, sheet, patient, seal)
    action = "fse.signed_simulated" if engine == engines.SIMULATOR else "fse.signed"
    journal.record(action, subject_id=claim.patient_id, object_id=sheet.pk)
    return sheet


def _dre(author: Person, claim: Claim, main: Sheet, patient: Insured, seal: EngineSeal) -> None:
    """The request to the complementary body, beside its sheet; one that has gone already stays as it is."""
    if sheet_of(claim, Sheet.Part.AMC) is not None:
        return
    sheet = Sheet(
        id=new_id(),
        practice_id=claim.practice_id,
        claim=claim,
        part=Sheet.Part.AMC,
        due_on=main.due_on,
        engine=main.engine,
        payee=main.payee,
        signed_at=timezone.now(),
    )
    patient.keys.seal(sheet, "seal", seal)
    born(sheet, ("established", "signed"), author)


@dataclass(frozen=True)
class SignedMany:
    """How many were signed, and why the others were not: (claim number, reason)."""

    count: int
    left: list[tuple[str, str]]


def sign_all(*, keyring: Keyring, author: Person, practice: Practice) -> SignedMany:
    """Sign all that may be; those that may not are passed over, and never hold back the ones after.

    A draft is left to whoever began it.
    """
    count, left, last = 0, [], 0
    while claims := unsigned(after=last, practitioner_id=author.practitioner_id):
        sheets = {row.claim_id: row for row in Sheet.objects.filter(claim__in=claims, part=Sheet.Part.AMO)}
        patients = insured.of(keyring, [claim.patient_id for claim in claims])
        for claim in claims:
            known = sheets.get(claim.pk)
            if known is not None:
                known.claim = claim
                if known.state == "draft":
                    left.append((claim.number, "brouillon à finir."))
                    continue
            try:
                _sign(keyring, author, practice, claim, known, patients[claim.patient_id])
                count += 1
            except Refused as error:
                left.append((claim.number, str(error)))
        last = claims[-1].pk
    return SignedMany(count, left)


@transaction.atomic
def cancel(*, author: Person, practice: Practice, sheet_id: int) -> Sheet:
    """Give up a sheet before it is sent; its claim stays, to settle otherwise. Raises Refused, Forbidden."""
    sheet: Sheet = Sheet.objects.select_for_update().select_related("claim").get(pk=sheet_id)
    require_own(author, sheet.claim)
    move(sheet, "cancelled", author)
    sheet.save(update_fields=["state", "updated_at"])
    others = Sheet.objects.filter(claim=sheet.claim, part=Sheet.Part.AMC, state__in=states.BEFORE_SENDING)
    if sheet.part == Sheet.Part.AMO:
        for other in others:
            move(other, "cancelled", author)
            other.save(update_fields=["state", "updated_at"])
    journal.record("fse.cancelled", subject_id=sheet.patient_id, object_id=sheet.pk)
    return sheet


@transaction.atomic
def hand_on_paper(*, keyring: Keyring, author: Person, practice: Practice, claim_id: int) -> Sheet:
    """The sheet is made on paper: it will not leave by the network. Raises Refused, Forbidden. Twice is once."""
    claim = Claim.objects.select_for_update().select_related("practitioner").get(pk=claim_id)
    sheet = sheet_of(claim)
    if sheet is not None and sheet.state not in (*states.TO_SIGN, "signed", "rejected"):
        return sheet
    require_signable(author, claim)
    sheet = sheet or _new(claim, practice)
    if sheet.state == "draft":
        _keep(sheet, "established", author)
    patient = insured.of(keyring, [claim.patient_id])[claim.patient_id]
    details, payload = (
        details_of(keyring, sheet if sheet.details else None),
        patient.keys.open(claim, "payload"),
    )
    payee = files.payee_of(details, claim, payload, patient.coverage)
    _keep(sheet, "paper", author, engine=engines.PAPER, payee=payee)
    for other in Sheet.objects.filter(claim=claim, part=Sheet.Part.AMC, state="signed"):
        move(other, "cancelled", author, "paper")
        other.save(update_fields=["state", "updated_at"])
    journal.record("fse.paper", subject_id=claim.patient_id, object_id=sheet.pk)
    return sheet
