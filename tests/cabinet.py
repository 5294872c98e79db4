"""A practice of fictitious people, for tests: every persona that the walk visits as."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from serment.access import accounts, sessions, setup
from serment.access.models import Person, Session
from serment.journal import services as journal
from serment.practice.models import Circle, Practice, Practitioner
from serment.vault.keyring import Keyring
from serment.vault.tenancy import using_practice

PASSWORD = "tulipe-granit-oreiller-42"


@dataclass
class Cabinet:
    """The practice under test. ``keyring`` and ``client`` give any persona their keys or a signed-in browser."""

    practice: Practice
    circle: Circle
    doctor: Person
    colleague: Person
    outsider: Person
    secretary: Person
    substitute: Person
    technician: Person
    accounting: Person
    manager: Person
    stranger: Person
    recovery_code: str
    passwords: dict[int, str]
    _keyrings: dict[int, Keyring] = field(default_factory=dict)

    def keyring(self, person: Person) -> Keyring:
        if person.pk not in self._keyrings:
            found = accounts.authenticate(person.login, self.passwords[person.pk])
            assert found is not None, person.login
            self._keyrings[person.pk] = found[1]
        return self._keyrings[person.pk]

    def client(self, person: Person, level: int = Session.Level.SECOND_FACTOR) -> Client:
        """A signed-in client; its cookie is real, only the sign-in pages are skipped."""
        with using_practice(person.practice_id):
            session, ticket = sessions.start(person, self.keyring(person), "Test")
            session.level = level
            session.save()
        client = Client()
        client.cookies[settings.SESSION_COOKIE] = ticket.text
        client.session_row = session
        return client

    @contextmanager
    def at_work(self, person: Person) -> Iterator[Keyring]:
        with using_practice(person.practice_id), journal.acting(person.pk):
            yield self.keyring(person)

    def patient(self, *, by: Person | None = None, **identity: Any) -> Any:
        """A patient created by the doctor (or ``by``), with identity fields overridden by keyword."""
        from datetime import date

        from serment.patients import services
        from serment.patients.payloads import Identity

        values: dict[str, Any] = {
            "birth_family_name": "Lestrange",
            "first_given_name": "Apolline",
            "sex": "F",
            "birth_date": date(1984, 5, 17),
        }
        author = by or self.doctor
        with self.at_work(author) as keyring:
            return services.create_patient(
                keyring=keyring,
                author=author,
                identity=Identity(**{**values, **identity}),
                circle_ids=[author.practitioner.circle_id if author.practitioner else self.circle.pk],
            )


def _practitioner(rpps: str, given: str, family: str, **more: Any) -> Practitioner:
    return Practitioner(
        rpps=rpps,
        given_name=given,
        family_name=family,
        profession=more.pop("profession", "medecin"),
        specialty=more.pop("specialty", "Médecine générale"),
        **more,
    )


def build(practice_name: str = "Cabinet des Tilleuls") -> Cabinet:
    """Create the practice, its people and a neighbour practice."""
    made = setup.create_practice(
        practice=Practice(
            name=practice_name,
            address="4 place des Tilleuls",
            postal_code="35000",
            city="Rennes",
            phone="+33299000000",
            is_demo=True,
        ),
        practitioner=_practitioner("10000000016", "Camille", "Aubry", sector="1", am_number="351000001"),
        login="camille.aubry",
        password=PASSWORD,
    )
    practice, doctor = made.practice, made.owner
    passwords = {doctor.pk: PASSWORD}
    with using_practice(practice.pk), journal.acting(doctor.pk):
        found = accounts.authenticate(doctor.login, PASSWORD)
        assert found is not None
        keyring = found[1]
        circle = Circle.objects.get()

        def invite(login: str, profile: str, ring: Keyring = keyring, **more: Any) -> Person:
            given, family = login.split(".")
            person, password = accounts.invite(
                keyring=ring,
                by=doctor,
                login=login,
                given_name=given.capitalize(),
                family_name=family.capitalize(),
                profile=profile,
                **more,
            )
            passwords[person.pk] = password
            return person

        def practitioner(rpps: str, given: str, family: str, circle_id: int) -> Practitioner:
            row = _practitioner(rpps, given, family)
            row.circle_id = circle_id
            row.save()
            return row

        colleague = invite(
            "sacha.morvan", "doctor", practitioner=practitioner("10000000024", "Sacha", "Morvan", circle.pk)
        )
        other, wider = setup.add_circle(keyring=keyring, practice=practice, name="Kinésithérapie")
        kine = practitioner("10000000032", "Noa", "Kerjean", other.pk)
        Practitioner.objects.filter(pk=kine.pk).update(profession="kinesitherapeute", specialty="")
        outsider = invite("noa.kerjean", "paramedic", ring=wider, practitioner=kine)
        today = timezone.localdate()
        substitute = invite(
            "lou.tanguy",
            "substitute",
            practitioner=practitioner("10000000040", "Lou", "Tanguy", circle.pk),
            starts_on=today - timedelta(days=10),
            ends_on=today + timedelta(days=10),
        )
        secretary = invite("maud.riou", "secretary")
        technician = invite("theo.cadiou", "technician")
        accounting = invite("ines.prigent", "accounting")
        manager = invite("yann.lozach", "manager")
    neighbour = setup.create_practice(
        practice=Practice(name="Cabinet du Port", address="1 quai", postal_code="29200", city="Brest"),
        practitioner=_practitioner("10000000057", "Elio", "Guivarch"),
        login="elio.guivarch",
        password=PASSWORD,
    )
    passwords[neighbour.owner.pk] = PASSWORD
    Person.unscoped.update(notice_read_at=timezone.now(), must_change_password=False)
    for person in (doctor, neighbour.owner):
        person.notice_read_at = timezone.now()
    return Cabinet(
        practice=practice,
        circle=circle,
        doctor=doctor,
        colleague=colleague,
        outsider=outsider,
        secretary=secretary,
        substitute=substitute,
        technician=technician,
        accounting=accounting,
        manager=manager,
        stranger=neighbour.owner,
        recovery_code=made.recovery_code,
        passwords=passwords,
    )
