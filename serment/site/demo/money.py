"""Money of the demonstration: a year of receipts, cheques to take to the bank, debts, a statement half matched.

Past days are written by moving today's rows back, before their tills are closed: nothing else may do that.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from serment.access.models import Person
from serment.billing import bank, closing, giving_back, payments, slips, transfers
from serment.billing import services as billing
from serment.billing.models import Allocation, Claim, Payment
from serment.billing.payloads import ActLine, PaymentDetails
from serment.billing.payments import Means
from serment.billing.quote.tariffs import SOURCED, tariffs
from serment.formats.money import share
from serment.practice.models import Practitioner
from serment.vault.keyring import Keyring

MONTHS = 11
_MODES = ("card", "card", "cash", "cheque", "card")


class _Desk:
    def __init__(self, keyring: Keyring, doctor: Person, till: tuple[Keyring, Person]) -> None:
        self.keyring, self.doctor, self.till, self.count = keyring, doctor, till, 0
        self.pick = random.Random(11)  # noqa: S311 (fiction)

    def claim(
        self,
        owner: Practitioner,
        patient_id: int,
        lines: list[ActLine],
        *,
        mode: str = "",
        on: date | None = None,
    ) -> Claim:
        """A claim settled or not; ``on`` moves it back to a past day."""
        self.count += 1
        own = owner.pk == self.doctor.practitioner_id
        keyring, author = (self.keyring, self.doctor) if own else self.till
        claim = billing.establish_claim(
            keyring=keyring,
            author=author,
            practitioner=owner,
            patient_id=patient_id,
            lines=lines,
            rate=70 if owner.profession == "medecin" else 60,
            mode=mode,
            request_key=f"demo-{self.count}",
        )
        if on is not None:
            Claim.objects.filter(pk=claim.pk).update(established_on=on)
            at = timezone.make_aware(datetime.combine(on, time(9 + self.count % 8, self.count * 7 % 60)))
            Payment.objects.filter(allocations__claim=claim).update(received_at=at)
            Allocation.objects.filter(claim=claim).update(made_at=at)
        return claim


def _line(profession: str, code: str, coefficient: str = "1", label: str = "") -> ActLine:
    """One act at its tariff of the day, times its coefficient."""
    tariff = tariffs()[(profession, code)]
    row = tariff.on(timezone.localdate(), "metropole")
    text = code if coefficient == "1" else f"{code} {coefficient.replace('.', ',')}"
    return ActLine(
        code=text,
        label=label or tariff.label,
        amount_cents=share(row.cents, Decimal(coefficient) * 100),
        source=row.source,
        confidence=row.confidence or SOURCED,
        why="acte principal",
        act={"code": code, "coefficient": coefficient},
    )


def fill(keyring: Keyring, doctor: Person, patients: list[int], till: tuple[Keyring, Person]) -> None:
    """Fictitious as all the rest; the doctor and the nurse keep their own accounts, ``till`` is who closes them."""
    desk = _Desk(keyring, doctor, till)
    owner: Practitioner = doctor.practitioner  # type: ignore[assignment]
    nurse = Practitioner.objects.get(profession="infirmier")
    visit = [_line("medecin", "G")]
    care = [
        _line("infirmier", "AMI", "1.5", "prélèvement par ponction veineuse"),
        _line("infirmier", "IFI", label="déplacement"),
    ]
    if len(patients) < 12:
        _today(desk, owner, patients, visit)
        return
    _history(desk, owner, nurse, patients, visit, care)
    _debts(desk, owner, patients, visit)
    _bank(desk, owner)
    _today(desk, owner, patients[:12], visit)
    for number, patient_id in enumerate(patients[12:16]):
        desk.claim(nurse, patient_id, care, mode=("cheque", "card", "", "cash")[number])


def _history(
    desk: _Desk,
    owner: Practitioner,
    nurse: Practitioner,
    patients: list[int],
    visit: list[ActLine],
    care: list[ActLine],
) -> None:
    today = timezone.localdate()
    for back in range(MONTHS, 0, -1):
        for number in range(3 + back % 3):
            on = today - timedelta(days=30 * back + number * 5)
            while on.weekday() > 4:
                on -= timedelta(days=1)
            patient_id = desk.pick.choice(patients)
            desk.claim(owner, patient_id, visit, mode=_MODES[(back + number) % 5], on=on)
            if number % 2:
                desk.claim(nurse, patient_id, care, mode=_MODES[number % 5], on=on)
    till, secretary = desk.till
    for person in (owner, nurse):
        held = [row for row in slips.waiting(person.pk) if timezone.localtime(row.received_at).date() < today]
        if held:
            slips.make(author=secretary, practitioner=person, payment_ids=[row.pk for row in held[:4]])
        days = sorted(
            day for whose, day in closing.sums(today - timedelta(days=400), today) if whose == person.pk
        )
        for day in days:
            if day < today:
                closing.close(keyring=till, author=secretary, practitioner=person, day=day)


def _debts(desk: _Desk, owner: Practitioner, patients: list[int], visit: list[ActLine]) -> None:
    """What some have not paid, and one sum no longer claimed."""
    today = timezone.localdate()
    for number, days in enumerate((35, 48, 70, 130)):
        desk.claim(owner, patients[20 + number], visit, on=today - timedelta(days=days))
    lost = desk.claim(owner, patients[25], visit, on=today - timedelta(days=300))
    giving_back.write_off(author=desk.doctor, claim_id=lost.pk, cents=lost.total_cents, reason="lost")


def _bank(desk: _Desk, owner: Practitioner) -> None:
    """A statement with what a fund announced, a patient's own transfer and something that is no receipt."""
    today = timezone.localdate()
    transfers.announce(
        practitioner_id=owner.pk,
        source_key="demo",
        reference="VIREMENT SIMULATEUR 0042",
        payer_code="01999",
        announced_on=today - timedelta(days=3),
        cents=8400,
        repaid_cents=4200,
    )
    moves = (
        (2, "84.00", "CAISSE FICTIVE VIREMENT 0042"),
        (5, "30.00", "VIR PATIENT FICTIF"),
        (8, "250.00", "VIR COMPTE PERSONNEL"),
        (9, "-61.20", "ABONNEMENT TELEPHONE"),
    )
    rows = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{today - timedelta(days=back):%Y%m%d}<TRNAMT>{amount}<FITID>DEMO{back}"
        f"<NAME>{name}</STMTTRN>"
        for back, amount, name in moves
    )
    raw = (
        "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>99999<ACCTID>00000000042</BANKACCTFROM>"
        f"<BANKTRANLIST>{rows}</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    bank.bring(keyring=desk.keyring, author=desk.doctor, raw=raw.encode(), practitioner=owner)


def _today(desk: _Desk, owner: Practitioner, patients: list[int], visit: list[ActLine]) -> None:
    """This morning: cards, cash, a cheque signed by someone else, two means for one claim, an « acompte »."""
    for number, patient_id in enumerate(patients):
        claim = desk.claim(owner, patient_id, visit, mode=("", "card", "cash")[number % 3])
        if number != 6:
            continue
        payments.receive(
            keyring=desk.keyring,
            author=desk.doctor,
            practitioner=owner,
            patient_id=patient_id,
            means=[
                Means("card", 1000),
                Means(
                    "cheque",
                    2000,
                    PaymentDetails(drawer="M. Fictif Exemple", bank="Banque Fictive", cheque="0000042"),
                ),
            ],
            parts=[(claim.pk, claim.total_cents)],
            request_key="demo-split",
        )
    if len(patients) > 8:
        payments.receive(
            keyring=desk.keyring,
            author=desk.doctor,
            practitioner=owner,
            patient_id=patients[8],
            means=[Means("cash", 2000)],
            parts=[],
            on_account=2000,
            request_key="demo-account",
        )
