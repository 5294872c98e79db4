"""Create a practice: its keys, its recovery code, its first practitioner. Nobody exists before this (E-AUTH-1)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction

from serment.access.accounts import RefusedAccount, check_login, granted_domains, pairs_of, reset_password
from serment.access.models import Person
from serment.access.passwords import check_password
from serment.journal import services as journal
from serment.practice.models import Circle, Practice, Practitioner
from serment.vault import crypto, custody
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring, NoKey, new_subjects
from serment.vault.models import KeyHolder, Unlock
from serment.vault.tenancy import using_practice

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PRACTICE_DOMAINS = (Domain.ADMIN, Domain.BILLING)
CIRCLE_DOMAINS = (Domain.CARE, Domain.ARCHIVE)


@dataclass(frozen=True)
class NewPractice:
    """What set-up gives: the practice, its owner, and the recovery code, to be printed once and forgotten."""

    practice: Practice
    owner: Person
    recovery_code: str


def new_recovery_code() -> str:
    """150 random bits in six groups of five letters and digits that are not mistaken for one another."""
    groups = ("".join(secrets.choice(CODE_ALPHABET) for _ in range(5)) for _ in range(6))
    return "-".join(groups)


def normal_code(code: str) -> str:
    """A typed recovery code as it was made: case, spaces and hyphens do not matter."""
    return "".join(c for c in code.upper() if c.isalnum())


@transaction.atomic
def create_practice(
    *, practice: Practice, practitioner: Practitioner, login: str, password: str, circle_name: str = "Cabinet"
) -> NewPractice:
    """Save the practice and its first practitioner (both unsaved), make the keys, grant them.

    Raises RefusedAccount, WeakPassword.
    """
    login = check_login(login)
    check_password(
        password,
        [login, practitioner.given_name, practitioner.family_name, practice.name, practice.city],
    )
    practice.save()
    with using_practice(practice.pk):
        circle = Circle.objects.create(name=circle_name)
        practitioner.circle = circle
        practitioner.save()
        holder, holder_key = custody.create_holder(
            practice.pk, KeyHolder.Kind.PERSON, Unlock.Method.PASSWORD, password
        )
        code = new_recovery_code()
        recovery, _ = custody.create_holder(
            practice.pk, KeyHolder.Kind.RECOVERY, Unlock.Method.CODE, normal_code(code)
        )
        wanted = set(granted_domains("doctor", circle.pk, secretary_billing=True))
        for domain in PRACTICE_DOMAINS + CIRCLE_DOMAINS:
            circle_id = circle.pk if domain.per_circle else 0
            opened = custody.create_domain_key(practice.pk, domain, circle_id)
            custody.grant(recovery, opened)
            if (domain, circle_id) in wanted:
                custody.grant(holder, opened)
        owner = Person.objects.create(
            login=login,
            given_name=practitioner.given_name,
            family_name=practitioner.family_name,
            profile="doctor" if practitioner.profession in MEDICAL else "paramedic",
            is_owner=True,
            practitioner=practitioner,
            holder=holder,
            must_change_password=False,
        )
        keyring = custody.open_keyring(holder, holder_key)
        # The practice is a subject too: what is sealed for all its members hangs from these keys.
        new_subjects(keyring, [practice.pk], [circle.pk])
        journal.record("practice.created", object_id=practice.pk, actor_id=owner.pk)
    return NewPractice(practice, owner, code)


MEDICAL = frozenset({"medecin", "chirurgien_dentiste", "sage_femme"})


@transaction.atomic
def add_circle(*, keyring: Keyring, practice: Practice, name: str) -> tuple[Circle, Keyring]:
    """A second care circle with its own keys; gives it and a keyring that holds them, to grant its members.

    The recovery code is granted too. The author keeps no grant unless they belong to the circle.
    """
    circle = Circle.objects.create(name=name)
    recovery = KeyHolder.unscoped.get(practice_id=practice.pk, kind=KeyHolder.Kind.RECOVERY)
    opened = [custody.create_domain_key(practice.pk, domain, circle.pk) for domain in CIRCLE_DOMAINS]
    for secret in opened:
        custody.grant(recovery, secret)
    wider = Keyring(
        practice_id=keyring.practice_id,
        holder_id=keyring.holder_id,
        secrets=[*keyring.secrets, *opened],
        signing_seed=keyring.signing_seed,
        private_key=keyring.private_key,
    )
    return circle, wider


def open_recovery(practice_id: int, code: str) -> Keyring:
    """The keyring of the code in the safe. Raises CannotOpen for a wrong code."""
    recovery = KeyHolder.unscoped.get(practice_id=practice_id, kind=KeyHolder.Kind.RECOVERY)
    holder, key = custody.open_holder_key(recovery.pk, Unlock.Method.CODE, normal_code(code))
    return custody.open_keyring(holder, key)


@transaction.atomic
def renew_recovery_code(*, keyring: Keyring) -> str:
    """Replace the recovery code by a new one with the domains this keyring holds; gives it, to be shown once.

    Raises NoKey where a domain of the practice is not held here (the code must open everything).
    """
    practice_id = keyring.practice_id
    old = KeyHolder.unscoped.get(practice_id=practice_id, kind=KeyHolder.Kind.RECOVERY)
    pairs = {
        (Domain(g.domain_key.domain), g.domain_key.circle_id) for g in old.grants.select_related("domain_key")
    }
    code = new_recovery_code()
    fresh, _ = custody.create_holder(
        practice_id, KeyHolder.Kind.RECOVERY, Unlock.Method.CODE, normal_code(code)
    )
    custody.grant_domains(keyring, fresh, sorted(pairs))
    old.delete()
    return code


@transaction.atomic
def renew_on_screen(*, keyring: Keyring, person: Person, password: str) -> str:
    """`renew_recovery_code` by whoever answers for the practice, password typed again. Raises RefusedAccount."""
    try:
        custody.open_holder_key(person.holder_id, Unlock.Method.PASSWORD, password)
    except crypto.CannotOpen:
        raise RefusedAccount("Ce n’est pas votre mot de passe.") from None
    try:
        code = renew_recovery_code(keyring=custody.refresh(keyring))
    except NoKey:
        raise RefusedAccount(
            "Vous n’avez pas les clés de tous les cercles de soins\u00a0: le code se renouvelle sur la machine de "
            "Serment, avec l’ancien («\u00a0serment recover\u00a0»)."
        ) from None
    journal.record("access.recovery_renewed")
    return code


@transaction.atomic
def recover(*, keyring: Keyring, person: Person) -> str:
    """With the recovery code's keyring, give ``person`` their profile's grants anew and a temporary password."""
    circle_id = person.practitioner.circle_id if person.practitioner else None
    pairs = pairs_of(person, circle_id)
    password = reset_password(keyring=keyring, by=person, person=person)
    custody.grant_domains(keyring, person.holder, pairs)
    return password
