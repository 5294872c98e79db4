"""Check an ordonnance and sign it. Its paper is in `printing`, the treatments it changes in `treatments`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.catalogues.models import Medicine
from serment.catalogues.selectors import medicines, release_label
from serment.patients import restrictions
from serment.patients.selectors import PatientCard
from serment.patients.selectors import card as patient_card
from serment.prescribing import devices, fitting, free, habits, rights, treatments
from serment.prescribing.body import YEAR, Body
from serment.prescribing.payloads import (
    NOTE_LENGTH,
    PHARMACY_LENGTH,
    REASON_LENGTH,
    Line,
    Override,
    Prescription,
)
from serment.prescribing.safety import Alert, Coverage, Item, PatientFacts, Report, review, worded
from serment.prescribing.safety.conditions import forbids_overlap, fraction_days, is_secured
from serment.prescribing.unsignable import Unsignable
from serment.record import selectors as record
from serment.record.models import Entry
from serment.record.services import NewEntry, Refused, add_entries, mark_in_error
from serment.vault.ids import encode, new_id
from serment.vault.keyring import Keyring

FRACTIONS = {7: "7", 14: "14", 28: "28"}
"""Days of a fraction → code of `payloads.DELIVERIES`."""


class Alarm(Exception):
    """At least one grave alert carries no reason to go on. ``report`` holds them all."""

    def __init__(self, report: Report) -> None:
        super().__init__("alert")
        self.report = report


def check(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    lines: list[Line],
    body: Body | None = None,
    known: dict[str, Medicine] | None = None,
) -> Report:
    """Every check on these lines and the treatments that run beside them. Raises NoKey, NotAllowed, free.Refused.

    ``known``: the medicines of the lines by key, where they are at hand.
    """
    noted: Any = record.standing(keyring=keyring, patient_id=patient_id)
    running = [t.content for t in noted.treatments if t.content.status == "running"]
    wanted = {key for key in (*[x.medicine for x in lines], *[t.medicine for t in running]) if key}
    known = known or {}
    if missing := wanted - known.keys():
        known = known | medicines(missing)
    profession = author.practitioner.profession if author.practitioner else ""
    who = patient_card(keyring=keyring, patient_id=patient_id)
    items = []
    for place, line in enumerate(lines):
        if line.medicine not in known:
            continue
        rights.require_medicine(profession, known[line.medicine], days=line.days, age=who.age_years)
        items.append(
            Item(
                place,
                known[line.medicine],
                days=line.days,
                non_substitutable=line.non_substitutable,
                delivery=line.delivery,
                unit=line.dosage.unit if line.dosage else "",
                dosage=line.dosage,
                renewals=line.renewals,
            )
        )
    narcotics: tuple[tuple[str, date], ...] = ()
    if any(forbids_overlap(item) for item in items):
        narcotics = _still_running(keyring, author, patient_id)
    items += [Item(-1, known.get(t.medicine) or worded(t.label), running=True) for t in running]
    facts = _facts(who, author, noted, body or Body(), narcotics)
    named = free.read(lines, kind="medicines", patient=facts)
    return _with_unlooked(review(items, facts), lines, rights.of(profession), named)


def check_order(*, keyring: Keyring, author: Person, patient_id: int, lines: list[Line], kind: str) -> Report:
    """What an order that is not of medicines asks: devices by the list of the profession, no medicine among them.

    Raises NoKey, free.Refused.
    """
    profession = author.practitioner.profession if author.practitioner else ""
    who = patient_card(keyring=keyring, patient_id=patient_id)
    facts = PatientFacts(age=who.age_years, sex=who.identity.sex, prescriber_profession=profession)
    named = free.read(lines, kind=kind, patient=facts)
    alerts, rows = devices.check(lines, profession) if kind == "devices" else ([], [])
    return Report(alerts=[*alerts, *named], coverage=rows, never=())


def _with_unlooked(report: Report, lines: list[Line], right: rights.Right, named: list[Alert]) -> Report:
    """The same, with what no check could look at: lines of one's own words, the list of the profession.

    ``named``: what those lines name of the medicines.
    """
    unlooked = [(place, line.text[:80], free.ABOUT) for place, line in enumerate(lines) if line.is_free]
    rows = []
    if right.unlisted:
        found = [(place, line.dci_label) for place, line in enumerate(lines) if not line.is_free]
        unlooked += [(place, label, right.unlisted) for place, label in found]
        rows = [Coverage(right.unlisted, 0, len(found), right.text)]
    return replace(
        report,
        alerts=[*report.alerts, *named],
        uncovered=[*report.uncovered, *unlooked],
        coverage=[row for row in (*report.coverage, *rows) if row.lines],
    )


@transaction.atomic
def cancel(
    *, keyring: Keyring, author: Person, entry_id: int, reason: str, undo: Iterable[int] = ()
) -> tuple[Entry, int]:
    """An issued ordonnance is worth nothing any more; it stays in the record and at the register, with why.

    ``undo``: the treatments to give back as they were, of those that it began, changed or stopped and that nobody
    touched since. Gives the entry and how many were. Raises Refused, NoKey.
    """
    if len(reason.strip()) < 3:
        raise Refused("Dites pourquoi l’ordonnance est annulée.")
    entry = mark_in_error(
        keyring=keyring,
        author=author,
        entry_id=entry_id,
        reason=reason,
        action="prescription.cancelled",
        said_in="cancelled_reason",
    )
    item: Any = record.one(keyring=keyring, entry=entry)
    given_back = treatments.undo(
        keyring=keyring,
        author=author,
        patient_id=entry.patient_id,
        prescription=item.content,
        ids=set(undo),
        reason=reason,
    )
    return entry, given_back


def _require_short(texts: Iterable[str], what: str, most: int) -> None:
    """Raises Refused: what is signed is never cut."""
    if any(len(text.strip()) > most for text in texts):
        raise Refused(f"{what} : {most} caractères au plus. Rien n’est coupé : raccourcissez.")


def _still_running(keyring: Keyring, author: Person, patient_id: int) -> tuple[tuple[str, date], ...]:
    """(substances, last day) of this prescriber's secured lines that have not run out: one query."""
    today, found = timezone.localdate(), []
    past: Any = record.of_kind(keyring=keyring, patient_id=patient_id, kind="prescription", limit=30)
    for item in past:
        day = timezone.localtime(item.occurred_at).date()
        if item.author_id != author.pk or day < today - YEAR:
            continue
        for line in item.content.lines:
            until = day + timedelta(days=line.days - 1)
            if line.secured and line.days and until > today:
                found.append((" + ".join(line.substances) or line.dci_label, until))
    return tuple(found)


def _facts(
    who: PatientCard,
    author: Person,
    noted: record.Summary,
    body: Body,
    narcotics: tuple[tuple[str, date], ...],
) -> PatientFacts:
    allergies: list[Any] = [item.content for item in noted.allergies]
    problems: list[Any] = [item.content for item in noted.problems]
    return PatientFacts(
        age=who.age_years,
        sex=who.identity.sex,
        weight_kg=body.weight_kg,
        allergies=tuple(dict.fromkeys(one.substance for one in allergies)),
        allergy_codes=tuple((one.substance, one.code) for one in allergies if one.code),
        problems=tuple(problem.checked for problem in problems),
        pregnant=body.pregnant,
        breastfeeding=body.breastfeeding,
        creatinine_clearance=body.clearance,
        prescriber_specialty=author.practitioner.specialty if author.practitioner else "",
        prescriber_profession=author.practitioner.profession if author.practitioner else "",
        narcotics=narcotics,
    )


def issue(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    lines: list[Line],
    kind: str = "medicines",
    reasons: dict[str, str] | None = None,
    body: Body | None = None,
    details: dict[str, str] | None = None,
    pharmacy: str = "",
    encounter_id: int | None = None,
    keep: str = "none",
    stops: dict[int, str] | None = None,
) -> Entry:
    """Sign an ordonnance into the record, and bring the running treatments up to date with it.

    The checks only read, and are done before the transaction that writes.

    ``reasons``: mark of a grave alert → why it is passed over; kept with the lines it is about. ``keep``: which lines
    join the running treatments (« none », « long » for a month or more, « all »). ``stops``: running treatment → why it
    ends. Raises Alarm when a reason is missing, NotAllowed for what the profession may not prescribe, Unsignable for
    what no reason passes over (a dose that nobody saw, a narcotic without duration), NoKey, Frozen, Refused.
    """
    body = body or Body()
    given = reasons or {}
    _require_short([pharmacy], "Pharmacie", PHARMACY_LENGTH)
    _require_short(given.values(), "Raison de passer outre", REASON_LENGTH)
    _require_short((stops or {}).values(), "Motif d’arrêt", NOTE_LENGTH)
    restrictions.require_free(patient_id)
    rights.require_kind(author.practitioner.profession if author.practitioner else "", kind)
    known = medicines({line.medicine for line in lines if line.medicine})
    fitting.require(lines, weight_kg=body.weight_kg, clearance=body.clearance)
    whose: dict[str, Any] = {"keyring": keyring, "author": author, "patient_id": patient_id, "lines": lines}
    report = (
        check(**whose, body=body, known=known) if kind == "medicines" else check_order(**whose, kind=kind)
    )
    if report.refused:
        raise Unsignable(report.refused, report)
    if any(len(given.get(alert.mark, "").strip()) < 3 for alert in report.blocking):
        raise Alarm(report)
    for alert in {alert.mark: alert for alert in reversed(report.blocking)}.values():
        override = Override(kind=alert.kind, text=alert.title, reason=given[alert.mark].strip())
        for place in alert.places:
            lines[place].overrides.append(override)
    for place, line in enumerate(lines):
        if line.medicine in known:
            item = Item(place, known[line.medicine])
            line.secured = is_secured(item)
            # What the check announced: the fraction is printed unless « en une seule fois » was chosen (R.5132-30).
            line.delivery = line.delivery or FRACTIONS.get(fraction_days(item), "")
    prescription = Prescription(
        lines=lines,
        kind=kind,
        details=details or {},
        weight_kg=body.weight_kg,
        height_cm=body.height_cm,
        clearance=body.clearance,
        pharmacy=" ".join(pharmacy.split()),
        number=f"{timezone.localdate():%Y}-{encode(new_id())[-7:].upper()}",
        catalogue=release_label(),
    )
    with transaction.atomic():
        added, prescription.touched = treatments.reconcile(
            keyring=keyring, author=author, patient_id=patient_id, lines=lines, keep=keep, stops=stops or {}
        )
        made = add_entries(
            keyring=keyring,
            author=author,
            patient_id=patient_id,
            entries=[NewEntry("prescription", prescription), *added],
            encounter_id=encounter_id,
            action="prescription.issued",
        )
        habits.count(author, known)
    return made[0]
