"""Accounts: invite, reset, change a password, suspend, sign in. Each verb writes its journal event."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from serment.access import sessions
from serment.access.models import Passkey, Person, RecoveryCode
from serment.access.passwords import check_password
from serment.access.profiles import PROFILES, domains_of
from serment.journal import services as journal
from serment.practice.models import Practitioner
from serment.vault import closed, crypto, custody, emergency
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring
from serment.vault.models import Grant, KeyHolder, Unlock
from serment.vault.tenancy import using_practice

SHARED_LOGINS = {
    "secretariat",
    "secretaire",
    "cabinet",
    "admin",
    "accueil",
    "medecin",
    "docteur",
    "test",
    "invite",
}


GIVEN_FOR = timedelta(days=7)
"""How long a password that someone was given serves before it must be given again."""


class RefusedAccount(ValueError):
    """An account that can not be made or used; the message is French and says what to do."""


def temporary_password() -> str:
    """A random password to hand over once: 80 bits in readable groups."""
    letters = "abcdefghjkmnpqrstvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def personal_words(person: Person) -> list[str]:
    return [person.login, person.given_name, person.family_name, person.practice.name, person.practice.city]


def granted_domains(
    profile: str, circle_id: int | None, *, secretary_billing: bool
) -> list[tuple[Domain, int]]:
    """The (domain, circle) pairs a profile is given; care domains need the circle of its practitioner."""
    pairs = []
    for domain in domains_of(profile, secretary_billing=secretary_billing):
        if not domain.per_circle:
            pairs.append((domain, 0))
        elif circle_id is not None:
            pairs.append((domain, circle_id))
    return pairs


def check_login(login: str) -> str:
    """The login in the form it is kept. Raises RefusedAccount for a shared or taken one (P-AUTH-1)."""
    login = login.strip().lower()
    if len(login) < 3 or any(c.isspace() for c in login):
        raise RefusedAccount("L’identifiant compte au moins 3 caractères, sans espace.")
    if login in SHARED_LOGINS:
        raise RefusedAccount(f"Un identifiant désigne une seule personne : « {login} » est un nom partagé.")
    if Person.unscoped.filter(login=login).exists():
        raise RefusedAccount("Cet identifiant est déjà pris. Ajoutez une initiale, par exemple.")
    return login


@transaction.atomic
def invite(
    *,
    keyring: Keyring,
    by: Person,
    login: str,
    given_name: str,
    family_name: str,
    profile: str,
    practitioner: Practitioner | None = None,
    circle_id: int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    replaces: Practitioner | None = None,
) -> tuple[Person, str]:
    """Make a named account with the grants of its profile; gives it and its temporary password (shown once).

    ``replaces``: whom a substitute stands for. Raises RefusedAccount: login taken or shared, dated profile without
    end, practitioner missing, someone replaced who is of another circle.
    """
    login = check_login(login)
    if PROFILES[profile].dated and ends_on is None:
        raise RefusedAccount("Un remplacement a une date de fin : indiquez-la.")
    if PROFILES[profile].practitioner and practitioner is None:
        raise RefusedAccount("Ce profil soigne : indiquez son numéro RPPS et sa profession.")
    if practitioner is not None:
        circle_id = practitioner.circle_id
    _check_replaced(profile, practitioner, replaces)
    password = temporary_password()
    holder, _ = custody.create_holder(by.practice_id, KeyHolder.Kind.PERSON, Unlock.Method.PASSWORD, password)
    person = Person.objects.create(
        login=login,
        given_name=given_name.strip(),
        family_name=family_name.strip(),
        profile=profile,
        practitioner=practitioner,
        replaces=replaces,
        holder=holder,
        starts_on=starts_on,
        ends_on=ends_on,
        password_until=timezone.now() + GIVEN_FOR,
    )
    _give_grants(keyring, person, circle_id)
    journal.record("access.invited", object_id=person.pk, details={"profile": profile})
    return person, password


def _check_replaced(profile: str, practitioner: Practitioner | None, replaces: Practitioner | None) -> None:
    if replaces is None:
        return
    if profile != "substitute" or practitioner is None or practitioner.pk == replaces.pk:
        raise RefusedAccount("Seul un remplaçant remplace quelqu’un, et quelqu’un d’autre que lui-même.")
    if practitioner.circle_id != replaces.circle_id:
        raise RefusedAccount("Un remplaçant est du même cercle de soins que la personne remplacée.")


def _give_grants(keyring: Keyring, person: Person, circle_id: int | None) -> None:
    pairs = pairs_of(person, circle_id)
    if any(not keyring.holds(domain, circle) for domain, circle in pairs):
        keyring = custody.refresh(keyring)  # granted since this session opened its keys
    custody.grant_domains(
        keyring,
        person.holder,
        pairs,
        starts_at=_midnight(person.starts_on),
        expires_at=_midnight(person.ends_on, after=True),
    )


def pairs_of(person: Person, circle_id: int | None) -> list[tuple[Domain, int]]:
    """What this person is given: their profile's domains, and emergency access where the practice has it."""
    pairs = granted_domains(person.profile, circle_id, secretary_billing=person.practice.secretary_billing)
    if PROFILES[person.profile].practitioner and emergency.is_on():
        pairs.append((Domain.EMERGENCY, 0))
    return pairs


def _midnight(day: date | None, *, after: bool = False) -> datetime | None:
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day, time.max if after else time.min))


@transaction.atomic
def reset_password(*, keyring: Keyring, by: Person, person: Person) -> str:
    """The owner gives someone new keys and a temporary password; their second factor is asked anew.

    Raises RefusedAccount where the owner does not hold a domain the person had: the recovery code does.
    """
    password = temporary_password()
    had = [
        (Domain(g.domain_key.domain), g.domain_key.circle_id)
        for g in Grant.unscoped.select_related("domain_key").filter(holder=person.holder)
    ]
    if any(not keyring.holds(domain, circle_id) for domain, circle_id in had):
        raise RefusedAccount(
            f"{person.display_name} a des clés que vous n’avez pas (un autre cercle de soins). Le code de secours du "
            "cabinet les lui redonne\u00a0: sur la machine de Serment, «\u00a0serment recover "
            f"{person.login}\u00a0»."
        )
    old = person.holder
    person.holder, _ = custody.create_holder(
        person.practice_id, KeyHolder.Kind.PERSON, Unlock.Method.PASSWORD, password
    )
    person.must_change_password, person.sealed_totp, person.totp_step = True, None, 0
    person.password_until = timezone.now() + GIVEN_FOR
    person.save(
        update_fields=["holder", "must_change_password", "password_until", "sealed_totp", "totp_step"]
    )
    custody.grant_domains(
        keyring,
        person.holder,
        sorted(set(had)),
        starts_at=_midnight(person.starts_on),
        expires_at=_midnight(person.ends_on, after=True),
    )
    closed.follow(old.pk, person.holder_id)
    # The old holder stays, without grants or unlocks: its public key verifies what it signed.
    Grant.unscoped.filter(holder=old).delete()
    Unlock.unscoped.filter(holder=old).delete()
    Passkey.unscoped.filter(person=person).delete()
    RecoveryCode.unscoped.filter(person=person).delete()
    sessions.end_all(person)
    journal.record("access.password_reset", object_id=person.pk)
    return password


@transaction.atomic
def change_password(*, person: Person, old: str, new: str, keep_session: int | None = None) -> None:
    """Re-wrap the holder key. Raises CannotOpen (old is wrong), WeakPassword, RefusedAccount (new is old)."""
    holder, holder_key = custody.open_holder_key(person.holder_id, Unlock.Method.PASSWORD, old)
    if new == old:
        raise RefusedAccount("Le nouveau mot de passe doit différer de l’ancien.")
    check_password(new, personal_words(person))
    custody.set_unlock(holder, holder_key, Unlock.Method.PASSWORD, new)
    person.must_change_password, person.password_until = False, None
    person.save(update_fields=["must_change_password", "password_until"])
    sessions.end_all(person, but=keep_session)
    journal.record("access.password_changed", object_id=person.pk)


@transaction.atomic
def suspend(*, keyring: Keyring, by: Person, person: Person) -> None:
    """Stop an account at once: sessions closed, grants withdrawn, a new key epoch for what they held (P-HAB-2).

    Raises RefusedAccount for oneself.
    """
    if by.pk == person.pk:
        raise RefusedAccount("On ne peut pas suspendre son propre compte.")
    person.suspended_at = timezone.now()
    person.save(update_fields=["suspended_at"])
    sessions.end_all(person)
    custody.withdraw(keyring, person.holder)
    journal.record("access.suspended", object_id=person.pk)


@transaction.atomic
def reinstate(*, keyring: Keyring, by: Person, person: Person) -> None:
    """Give a suspended account its profile's grants again."""
    person.suspended_at = None
    person.save(update_fields=["suspended_at"])
    _give_grants(keyring, person, person.practitioner.circle_id if person.practitioner else None)
    journal.record("access.reinstated", object_id=person.pk)


@transaction.atomic
def change_dates(
    *,
    keyring: Keyring,
    by: Person,
    person: Person,
    starts_on: date | None,
    ends_on: date | None,
    replaces: Practitioner | None = None,
) -> None:
    """Prolong a stay or end it sooner: the account's dates, those of its keys, whom it replaces (P-HAB-2).

    Raises RefusedAccount: a substitute without end, an end before the start, someone replaced who is of another
    circle; NoKey for a domain not held here.
    """
    if PROFILES[person.profile].dated and ends_on is None:
        raise RefusedAccount("Un remplacement a une date de fin : indiquez-la.")
    if starts_on and ends_on and ends_on < starts_on:
        raise RefusedAccount("La fin précède le début.")
    _check_replaced(person.profile, person.practitioner, replaces)
    person.starts_on, person.ends_on, person.replaces = starts_on, ends_on, replaces
    person.save(update_fields=["starts_on", "ends_on", "replaces"])
    if person.suspended_at is None:
        _give_grants(keyring, person, person.practitioner.circle_id if person.practitioner else None)
    if not person.in_force():
        sessions.end_all(person)
    journal.record(
        "access.dates_changed",
        object_id=person.pk,
        details={
            "from": starts_on.isoformat() if starts_on else "",
            "to": ends_on.isoformat() if ends_on else "",
            "replaces": replaces.pk if replaces else None,
        },
    )


def authenticate(login: str, password: str) -> tuple[Person, Keyring] | None:
    """The person and their opened keyring, or None: wrong, unknown, suspended, out of dates or stale alike."""
    person = (
        Person.unscoped.select_related("holder", "practitioner").filter(login=login.strip().lower()).first()
    )
    if person is None:
        custody.waste_time()
        return None
    with using_practice(person.practice_id):
        try:
            holder, key = custody.open_holder_key(person.holder_id, Unlock.Method.PASSWORD, password)
        except crypto.CannotOpen:
            return None
        if not person.in_force() or person.password_stale:
            return None
        return person, custody.open_keyring(holder, key)
