"""Read the board, a sheet's story, the returns: each in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from serment.access.models import Person
from serment.billing.models import Claim
from serment.formats.money import format_euros
from serment.patients.selectors import names_of
from serment.transmission import deadlines, rejections, signing, states
from serment.transmission.engines import LABELS as ENGINE_LABELS
from serment.transmission.models import ReturnLine, Sheet, SheetEvent
from serment.transmission.payloads import Reject, SheetAnswer
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

SHOWN = 40
"""Cards of a column; a dozen are enough of what is paid."""
COLUMNS = (
    ("send", "À envoyer", states.TO_SEND),
    ("sent", "Envoyées", states.AWAITING),
    ("treat", "À traiter", ("corrected", *states.TO_TREAT)),
    ("paid", "Payées", ("paid",)),
)


@dataclass(frozen=True)
class Card:
    """One line of the board. ``near``: its last day is past (late) or comes (soon); ``motive``: the fund's words."""

    claim: Claim
    name: str
    cents: int
    label: str
    sheet: Sheet | None = None
    due_on: date | None = None
    near: str = ""
    motive: str = ""


@dataclass(frozen=True)
class Column:
    code: str
    title: str
    cards: list[Card]
    count: int = 0


def board(*, keyring: Keyring, practice: Any, practitioner_id: int | None = None) -> list[Column]:
    """To sign, to send, sent, to treat, paid: seven queries. Raises NoKey."""
    claims = signing.unsigned(400, practitioner_id=practitioner_id)
    began = {sheet.claim_id: sheet for sheet in Sheet.objects.filter(state__in=states.TO_SIGN)}
    rows = Sheet.objects.select_related("claim").exclude(state__in=(*states.ENDED, "draft", "established"))
    rows = rows.exclude(claim__state="cancelled").order_by("due_on", "pk")
    if practitioner_id:
        rows = rows.filter(claim__practitioner_id=practitioner_id)
    sheets = list(rows[:600])
    shown = claims[:SHOWN] + [sheet.claim for sheet in sheets]
    names = names_of(keyring=keyring, patient_ids={claim.patient_id for claim in shown})
    keys = keyring.subject_keys({s.patient_id for s in sheets if s.answer}, Domain.BILLING)
    near = _nearness(practice)

    def name(claim: Claim) -> str:
        found = names.get(claim.patient_id)
        return found.display_name if found else ""

    columns = [
        Column(
            "sign",
            "À signer",
            [
                Card(
                    claim,
                    name(claim),
                    claim.amo_cents,
                    states.LABELS[began[claim.pk].state] if claim.pk in began else "",
                    began.get(claim.pk),
                    due := deadlines.due_on(claim, practice),
                    near(due),
                )
                for claim in claims[:SHOWN]
                if claim.pk not in began or began[claim.pk].state != "corrected"
            ],
            len(claims),
        )
    ]
    for code, title, held in COLUMNS:
        own = [sheet for sheet in sheets if sheet.state in held]
        cards = [
            Card(
                sheet.claim,
                name(sheet.claim),
                sheet.asked_cents,
                states.LABELS[sheet.state] + (", DRE" if sheet.part == Sheet.Part.AMC else ""),
                sheet,
                sheet.due_on if sheet.state in states.TO_SEND else None,
                near(sheet.due_on) if sheet.state in states.TO_SEND else "",
                _motive(keys.open(sheet, "answer")) if sheet.answer and code == "treat" else "",
            )
            for sheet in own[: 12 if code == "paid" else SHOWN]
        ]
        columns.append(Column(code, title, cards, len(own)))
    return columns


def _nearness(practice: Any) -> Any:
    today = timezone.localdate()
    limit = deadlines.working_day(today, 1, deadlines.place_of(practice.postal_code))
    return lambda day: "late" if day < today else "soon" if day <= limit else ""


def _motive(answer: SheetAnswer) -> str:
    return " ; ".join(f"{reject.code} {reject.label}".strip() for reject in answer.rejects[:3])


@dataclass(frozen=True)
class Moment:
    """One line of a claim's story."""

    at: datetime
    text: str
    who: str = ""
    more: str = ""


@dataclass(frozen=True)
class Explained:
    reject: Reject
    words: rejections.Explained


@dataclass(frozen=True)
class Story:
    """A claim's sheets (at most two), what was answered, and everything that happened, in order."""

    sheets: list[Sheet]
    moments: list[Moment]
    rejects: list[Explained] = field(default_factory=list)


_WHY = {
    **states.CLOSING_REASONS,
    "recycled": "remise à l’envoi",
    "undone": "lot défait",
    "bounced": "non remise au destinataire",
    "duplicate_printed": "duplicata imprimé",
}


def story(*, keyring: Keyring, claim: Claim) -> Story:
    """Six queries. Raises NoKey, CannotOpen."""
    sheets = list(Sheet.objects.filter(claim=claim).select_related("claim", "lot").order_by("pk"))
    by_pk = {sheet.pk: sheet for sheet in sheets}
    events = list(SheetEvent.objects.filter(sheet__in=sheets).order_by("at", "pk"))
    lines = list(ReturnLine.objects.filter(sheet__in=sheets).select_related("back").order_by("pk"))
    settled = list(claim.allocations.select_related("payment").order_by("pk"))
    people = Person.objects.in_bulk({event.author_id for event in events if event.author_id})

    def who(pk: int | None) -> str:
        return people[pk].display_name if pk in people else ""

    moments = [
        Moment(_established(claim), f"Facture {claim.number} établie, {format_euros(claim.total_cents)}")
    ]
    for event in events:
        sheet = by_pk[event.sheet_id]
        what = "DRE" if sheet.part == Sheet.Part.AMC else "Feuille de soins"
        why = _WHY.get(event.why, "")
        if event.state == "signed" and sheet.engine:
            why = why or ENGINE_LABELS[sheet.engine]
        text = f"{what}\u00a0: {states.LABELS[event.state]}"
        moments.append(Moment(event.at, text, who(event.author_id), why))
    for line in lines:
        part = "complémentaire" if line.part == "amc" else "caisse"
        moments.append(
            Moment(
                line.back.received_at,
                f"Retour de la {part}\u00a0: {format_euros(line.paid_cents)} sur {format_euros(line.asked_cents)}",
                "",
                _where_it_went(line),
            )
        )
    for row in settled:
        if row.payment is None:
            text = f"Abandon de {format_euros(row.cents)}\u00a0: {row.get_reason_display()}"
        else:
            verb = "Encaissement" if row.cents > 0 else "Reprise"
            text = f"{verb}\u00a0: {format_euros(row.cents)}, {row.payment.get_mode_display()}"
        moments.append(Moment(row.payment.received_at if row.payment else row.made_at, text))
    moments.sort(key=lambda moment: moment.at)
    return Story(sheets, moments, _rejects(keyring, sheets))


def _established(claim: Claim) -> datetime:
    """When the claim was made; its own day at midnight where it was entered later."""
    if timezone.localtime(claim.created_at).date() == claim.established_on:
        return claim.created_at
    return timezone.make_aware(datetime.combine(claim.established_on, time.min))


def _where_it_went(line: ReturnLine) -> str:
    parts = []
    if line.practice_cents:
        parts.append(f"{format_euros(line.practice_cents)} au cabinet")
    if line.patient_cents:
        parts.append(f"{format_euros(line.patient_cents)} au patient, qui avait réglé")
    if line.trouble:
        parts.append(line.get_trouble_display())
    return ", ".join(parts)


def _rejects(keyring: Keyring, sheets: list[Sheet]) -> list[Explained]:
    found = []
    for sheet in sheets:
        if sheet.answer and sheet.state in ("rejected", "corrected"):
            answer = keyring.subject_keys([sheet.patient_id], Domain.BILLING).open(sheet, "answer")
            found += [Explained(reject, rejections.explain(reject.label)) for reject in answer.rejects]
    return found
