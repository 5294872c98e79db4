"""Verbs on the team that touch several rows: a new member with their practitioner, a changed rule for all."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from serment.access import accounts, setup
from serment.access.models import Person
from serment.access.profiles import PROFILES
from serment.practice.models import Circle, Practice, Practitioner
from serment.vault import custody
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring
from serment.vault.models import Grant


@transaction.atomic
def add_member(*, keyring: Keyring, by: Person, data: dict[str, Any]) -> tuple[Person, str]:
    """Invite someone from the cleaned data of `InviteForm`; a profile that treats gets its practitioner.

    Raises RefusedAccount.
    """
    practitioner = None
    if PROFILES[data["profile"]].practitioner:
        own = data.get("replaces") or by.practitioner
        circle_id = own.circle_id if own else Circle.objects.order_by("pk")[0].pk
        if data.get("new_circle"):
            circle, keyring = setup.add_circle(keyring=keyring, practice=by.practice, name=data["new_circle"])
            circle_id = circle.pk
        practitioner, _ = Practitioner.objects.get_or_create(
            rpps=data["rpps"],
            practice_id=by.practice_id,
            defaults={
                "circle_id": circle_id,
                "family_name": data["family_name"],
                "given_name": data["given_name"],
                "profession": data["profession"],
                "specialty": data["specialty"],
                "sector": data["sector"] or "1",
            },
        )
    return accounts.invite(
        keyring=keyring,
        by=by,
        login=data["login"],
        given_name=data["given_name"],
        family_name=data["family_name"],
        profile=data["profile"],
        practitioner=practitioner,
        replaces=data.get("replaces"),
        starts_on=data["starts_on"],
        ends_on=data["ends_on"],
    )


@transaction.atomic
def apply_secretary_billing(*, keyring: Keyring, practice: Practice) -> int:
    """Give or withdraw the billing domain of every secretary, as the practice now says; gives how many changed."""
    secretaries = Person.objects.select_related("holder").filter(profile="secretary", suspended_at=None)
    for person in secretaries:
        if practice.secretary_billing:
            custody.grant_domains(keyring, person.holder, [(Domain.BILLING, 0)])
        else:
            Grant.unscoped.filter(holder=person.holder, domain_key__domain=Domain.BILLING.value).delete()
    if secretaries and not practice.secretary_billing:
        custody.turn_epoch(keyring, Domain.BILLING, 0)
    return len(secretaries)
