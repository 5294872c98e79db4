"""A practice of fictitious patients in bulk: the same models and keys as the program, inserted in batches.

Each patient: 5 appointments, 5 consultations with 4 measures, 2 problems, one ordonnance of 3 medicines. 150
appointments a week per practitioner.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.agenda.models import Appointment, AppointmentType
from serment.catalogues.selectors import search_medicines
from serment.patients.models import Patient
from serment.patients.services import tokens_of
from serment.practice.models import Practitioner
from serment.prescribing.payloads import Dosage, Line, Prescription
from serment.record.kinds.consultation import CodedProblem, Consultation
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.problem import Problem
from serment.record.models import Entry
from serment.record.services import NewEntry, build
from serment.site.demo.people import FAMILIES, MEN, WOMEN, identity
from serment.vault import index
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, new_subjects
from serment.vault.models import IndexToken

BATCH = 500
SYLLABLES = (
    "ba be bo ca ce da do du fa ga go la le li lo ma me mi mo na ne pa ra ri ro sa so ta te ti va vi".split()
)
TEXT = "Se sent bien. Pas de signe nouveau depuis la dernière fois. Sommeil correct, appétit conservé. " * 2


def surname(pick: random.Random) -> str:
    """A surname: half of them common, half invented, so that prefixes repeat as they do in life."""
    if pick.random() < 0.5:
        return pick.choice(FAMILIES)
    return "".join(pick.choice(SYLLABLES) for _ in range(pick.randrange(2, 5))).capitalize()


def fill(keyring: Keyring, doctor: Person, count: int, say: Callable[[str], None]) -> None:
    """Insert ``count`` patients and what belongs to them."""
    pick = random.Random(1)
    circle = doctor.practitioner.circle_id
    drugs = [
        search_medicines(query, limit=1)[0] for query in ("amlodipine 5", "metformine 500", "paracétamol 1 g")
    ]
    slots = _slots(count)
    kind = AppointmentType.objects.filter(active=True).order_by("pk").first()
    practitioners = list(Practitioner.objects.order_by("pk"))
    for start in range(0, count, BATCH):
        with transaction.atomic():
            _batch(
                keyring,
                doctor,
                circle,
                range(start, min(start + BATCH, count)),
                pick,
                drugs,
                slots,
                kind,
                practitioners,
            )
        if start % 10_000 < BATCH:
            say(f"  {min(start + BATCH, count)}/{count}")


def long_record(keyring: Keyring, doctor: Person) -> int:
    """One patient seen 700 times: 700 consultations, 1,000 sets of measures, 350 ordonnances, 12 problems. The shape
    that makes other programs take minutes.
    """
    drugs = [
        search_medicines(query, limit=1)[0] for query in ("amlodipine 5", "metformine 500", "paracétamol 1 g")
    ]
    pick, now = random.Random(9), timezone.now()
    who, coverage = identity(1, timezone.localdate())
    who.birth_family_name, who.first_given_name = "Septcent", "Visites"
    patient_id = new_id()
    keys = new_subjects(keyring, [patient_id], [doctor.practitioner.circle_id])[patient_id]
    row = Patient(id=patient_id, practice_id=keyring.practice_id)
    keys[Domain.ADMIN].seal(row, "identity", who)
    keys[Domain.BILLING].seal(row, "coverage", coverage)
    entries = []
    for visit in range(700):
        when = now - timedelta(days=5 * visit + 1)
        made = _entries(keyring, keys[Domain.CARE], doctor, patient_id, when, visit % 2, pick, drugs)
        entries += [entry for entry in made if entry.kind != "problem" or visit < 12]
        if visit % 7 < 3:
            entries += _entries(keyring, keys[Domain.CARE], doctor, patient_id, when, 1, pick, drugs)[1:]
    with transaction.atomic():
        row.save(force_insert=True)
        IndexToken.objects.bulk_create(index.rows(patient_id, tokens_of(keyring, who, coverage, None)))
        Entry.objects.bulk_create(entries, batch_size=1000)
    return patient_id


def _slots(count: int) -> Any:
    """Start times: 30 a day, 5 days a week, of 15 minutes, around today, for one practitioner after the other."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    weeks = max(1, count * 5 // 150)
    first = monday - timedelta(weeks=weeks * 2 // 3)
    for week in range(weeks + 1):
        for day in range(5):
            for place in range(30):
                moment = datetime.combine(first + timedelta(weeks=week, days=day), datetime.min.time())
                yield timezone.make_aware(
                    moment + timedelta(hours=8, minutes=15 * place + (45 if place > 15 else 0))
                )


def _batch(keyring, doctor, circle, numbers, pick, drugs, slots, kind, practitioners) -> None:  # type: ignore[no-untyped-def]
    today, now = timezone.localdate(), timezone.now()
    ids = [new_id() for _ in numbers]
    keys = new_subjects(keyring, ids, [circle])
    patients, tokens, entries, appointments = [], [], [], []
    for patient_id, number in zip(ids, numbers, strict=True):
        who, coverage = identity(number, today)
        who.birth_family_name = surname(pick)
        who.first_given_name = pick.choice(WOMEN + MEN)
        who.contact.mobile = f"+336{39_000_000 + number:08d}"
        row = Patient(id=patient_id, practice_id=keyring.practice_id)
        keys[patient_id][Domain.ADMIN].seal(row, "identity", who)
        keys[patient_id][Domain.BILLING].seal(row, "coverage", coverage)
        patients.append(row)
        tokens += index.rows(patient_id, tokens_of(keyring, who, coverage, None))
        for visit in range(5):
            when = now - timedelta(days=40 + 70 * visit + pick.randrange(30))
            made = _entries(
                keyring, keys[patient_id][Domain.CARE], doctor, patient_id, when, visit, pick, drugs
            )
            entries += made
            start = next(slots, None)
            if start is not None:
                appointments.append(
                    Appointment(
                        practice_id=keyring.practice_id,
                        practitioner=practitioners[0],
                        patient_id=patient_id,
                        type=kind,
                        start=start,
                        end=start + timedelta(minutes=15),
                        state="done" if start < now else "booked",
                    )
                )
    Patient.objects.bulk_create(patients)
    IndexToken.objects.bulk_create(tokens, batch_size=5000)
    Entry.objects.bulk_create(entries, batch_size=1000)
    Appointment.objects.bulk_create(appointments, batch_size=1000)


def _entries(keyring, keys, doctor, patient_id, when, visit, pick, drugs) -> list[Entry]:  # type: ignore[no-untyped-def]
    new = [
        NewEntry(
            "consultation",
            Consultation(
                reason="suivi",
                history=TEXT,
                conclusion="même traitement",
                problems=[CodedProblem(code="I10", label="Hypertension artérielle essentielle")],
            ),
        ),
        NewEntry(
            "measure",
            MeasureSet(
                values={
                    "weight": round(pick.uniform(50, 95), 1),
                    "systolic": float(pick.randrange(110, 160)),
                    "diastolic": float(pick.randrange(60, 95)),
                    "heart_rate": float(pick.randrange(55, 95)),
                }
            ),
        ),
    ]
    if visit == 0:
        new += [
            NewEntry("problem", Problem(code="I10", label="Hypertension artérielle essentielle")),
            NewEntry("problem", Problem(code="E78", label="Dyslipidémie")),
        ]
        lines = [
            Line(medicine=d.key, dci_label=d.dci_label, dosage=Dosage(duration=3, duration_unit="month"))
            for d in drugs
        ]
        new.append(NewEntry("prescription", Prescription(lines=lines, number="bench")))
    return [
        build(
            keyring=keyring,
            keys=keys,
            author=doctor,
            patient_id=patient_id,
            new=n,
            occurred_at=when,
            encounter_id=None,
        )
        for n in new
    ]
