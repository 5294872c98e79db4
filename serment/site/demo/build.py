"""Fill the demonstration: people, patients, a week of appointments, records, money."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pyotp
from django.utils import timezone

from serment.access import accounts, second_factor, setup
from serment.access.models import Person
from serment.agenda import services as agenda
from serment.agenda.models import Appointment, AppointmentType
from serment.catalogues.services import load_starter
from serment.journal import services as journal
from serment.patients.services import create_patient
from serment.practice.models import Practice, Practitioner
from serment.site.demo import claims, ends, midwifery, money, rounds, stories
from serment.site.demo.people import DOCTOR, PASSWORD, STAFF, DemoPerson, identity
from serment.site.demo.teller import Teller
from serment.vault import custody
from serment.vault.keyring import Keyring
from serment.vault.models import Unlock
from serment.vault.tenancy import using_practice

PATIENTS = 48
Say = Callable[[str], None]


def totp_secret(login: str) -> str:
    """A fixed secret per demonstration login, so that the code can be printed. Never used outside of it."""
    import base64
    from hashlib import sha256

    return base64.b32encode(sha256(f"serment demo {login}".encode()).digest()[:20]).decode()


def build(say: Say = print, patients: int = PATIENTS) -> Practice:
    """Create the demonstration practice in an empty database."""
    say("Création du cabinet de démonstration (données fictives)…")
    load_starter()
    made = setup.create_practice(
        practice=Practice(
            name="Cabinet des Tilleuls",
            address="4 place des Tilleuls",
            postal_code="35000",
            city="Rennes",
            phone="+33639980000",
            email="cabinet@example.fr",
            is_demo=True,
        ),
        practitioner=Practitioner(
            given_name=DOCTOR.given,
            family_name=DOCTOR.family,
            profession="medecin",
            specialty="Médecine générale",
            sector="1",
            rpps=DOCTOR.rpps,
            am_number="351000001",
        ),
        login=DOCTOR.login,
        password=PASSWORD,
    )
    practice, doctor = made.practice, made.owner
    with using_practice(practice.pk), journal.acting(doctor.pk):
        keyring = _keyring(doctor.login, PASSWORD)
        _second_factor(doctor, keyring)
        agenda.create_defaults(practitioner=doctor.practitioner)
        for person in STAFF:
            _invite(keyring, doctor, person)
        say("Patients, dossiers et rendez-vous…")
        ids = [_patient(keyring, doctor, number) for number in range(patients)]
        midwife = Person.objects.select_related("practitioner").get(practitioner__profession="sage_femme")
        hers = midwifery.follow_some(_keyring(midwife.login, PASSWORD), midwife)
        _appointments(keyring, doctor, ids, {midwife.practitioner_id: hers})
        ends.leave_some(keyring, doctor)
    say(f"{patients + len(hers)} patients fictifs créés.")
    return practice


def _keyring(login: str, password: str) -> Keyring:
    found = accounts.authenticate(login, password)
    if found is None:
        raise RuntimeError("the demonstration's own password was refused")
    return found[1]


def _second_factor(person: Person, keyring: Keyring) -> None:
    secret = totp_secret(person.login)
    second_factor.enrol(person, keyring, secret, pyotp.TOTP(secret).now())
    Person.unscoped.filter(pk=person.pk).update(totp_step=0, notice_read_at=timezone.now())


def _invite(keyring: Keyring, doctor: Person, person: DemoPerson) -> None:
    practitioner = None
    if person.rpps:
        practitioner = Practitioner.objects.create(
            circle=doctor.practitioner.circle,  # type: ignore[union-attr]
            given_name=person.given,
            family_name=person.family,
            profession=person.profession,
            specialty=person.specialty,
            sector="1" if person.profession == "medecin" else "ps",
            rpps=person.rpps,
        )
        agenda.create_defaults(practitioner=practitioner)
    row, temporary = accounts.invite(
        keyring=keyring,
        by=doctor,
        login=person.login,
        given_name=person.given,
        family_name=person.family,
        profile=person.profile,
        practitioner=practitioner,
    )
    holder, key = custody.open_holder_key(row.holder_id, Unlock.Method.PASSWORD, temporary)
    custody.set_unlock(holder, key, Unlock.Method.PASSWORD, PASSWORD)
    Person.unscoped.filter(pk=row.pk).update(must_change_password=False)
    _second_factor(Person.objects.get(pk=row.pk), custody.open_keyring(holder, key))


def _patient(keyring: Keyring, doctor: Person, number: int) -> int:
    today = timezone.localdate()
    who, coverage = identity(number, today)
    patient = create_patient(
        keyring=keyring,
        author=doctor,
        identity=who,
        coverage=coverage,
        circle_ids=[doctor.practitioner.circle_id],  # type: ignore[union-attr]
    )
    stories.tell(Teller(keyring, doctor, int(patient.pk), who, number))
    return int(patient.pk)


def _appointments(
    keyring: Keyring, doctor: Person, patients: list[int], own: dict[int | None, list[int]]
) -> None:
    """A plausible week around today for each practitioner, with their ``own`` patients; two people wait."""
    kinds = list(AppointmentType.objects.filter(active=True).order_by("pk"))
    today = timezone.localdate()
    pick = random.Random(7)  # noqa: S311 (fiction)
    for practitioner in Practitioner.objects.order_by("pk"):
        coming = own.get(practitioner.pk, patients)
        for shift in range(-2, 6):
            day = today + timedelta(days=shift)
            if day.weekday() > 4:
                continue
            # Who has few patients sees each once a day.
            left = pick.sample(coming, len(coming)) if practitioner.pk in own else coming
            moment = datetime.combine(day, time(9, 0))
            while moment.hour < 17 and left:
                if moment.hour != 12 and moment.hour != 13 and pick.random() < 0.72:
                    row = agenda.book(
                        keyring=keyring,
                        author=doctor,
                        practitioner=practitioner,
                        type=kinds[0],
                        start=timezone.make_aware(moment),
                        end=timezone.make_aware(moment + timedelta(minutes=20)),
                        patient_id=left.pop() if practitioner.pk in own else pick.choice(left),
                    )
                    if shift < 0:
                        _past(row)
                moment += timedelta(minutes=20)
    mine = Appointment.objects.filter(practitioner=doctor.practitioner, start__date=today).order_by("start")
    for row in list(mine)[:2]:
        agenda.set_state(appointment_id=row.pk, version=None, state=Appointment.State.ARRIVED)
    secretary = Person.objects.get(profile="secretary")
    desk = _keyring(secretary.login, PASSWORD)
    money.fill(keyring, doctor, patients, till=(desk, secretary))
    claims.fill(desk, secretary)
    rounds.fill(keyring, doctor, patients)


def _past(row: Appointment) -> None:
    for state in (Appointment.State.ARRIVED, Appointment.State.IN_CONSULTATION, Appointment.State.DONE):
        agenda.set_state(appointment_id=row.pk, version=None, state=state)
