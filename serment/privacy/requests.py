"""The requests of people: receive, extend, grant, refuse; and what granting does for real (R9.1-R9.7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.journal import services as journal
from serment.patients.models import Patient, Restriction
from serment.privacy import erasure, profiles, register, rights
from serment.privacy.models import RightsRequest
from serment.record import set_aside
from serment.vault import custody, emergency
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, NoKey, SubjectKeys

Kind = RightsRequest.Kind
SHARING = "echanges"


class Refused(ValueError):
    """French: why nothing was done."""


def _keys(keyring: Keyring, patient_id: int) -> SubjectKeys:
    keys = keyring.subject_keys([patient_id], Domain.ADMIN)
    if patient_id not in keys:
        raise NoKey("no admin key for this patient")
    return keys


@transaction.atomic
def receive(
    *,
    keyring: Keyring,
    author: Person,
    patient_id: int,
    kind: str,
    received_on: date,
    identity_check: str,
    asked: str,
    purpose: str = "",
    old_file: bool = False,
    acts_as: str = RightsRequest.ActsAs.SELF,
    representative: str = "",
    representative_ground: str = "",
) -> RightsRequest:
    """Write a request down with its deadline; whoever acts for a patient is named, with their ground (R9.1).

    Raises Refused, NoKey, Patient.DoesNotExist.
    """
    Patient.objects.only("pk").get(pk=patient_id)
    if received_on > timezone.localdate():
        raise Refused("La date de réception est dans le futur\u00a0: vérifiez-la.")
    if kind == Kind.OPPOSITION and purpose not in profiles.load(profiles.DEFAULT).purposes:
        raise Refused("Dites à quoi le patient s’oppose.")
    asking = {"text": asked.strip()}
    if acts_as != RightsRequest.ActsAs.SELF:
        if not representative.strip() or not representative_ground.strip():
            raise Refused(
                "Dites qui agit pour le patient, et ce qui le fonde (livret, jugement, mandat, acte)."
            )
        asking |= {"representative": representative.strip(), "ground": representative_ground.strip()}
    row = RightsRequest(
        id=new_id(),
        practice_id=keyring.practice_id,
        patient_id=patient_id,
        kind=kind,
        purpose=purpose if kind == Kind.OPPOSITION else "",
        received_on=received_on,
        due_on=rights.due(kind, received_on, old_file=old_file),
        identity_check=identity_check,
        acts_as=acts_as,
        received_by=author.pk,
    )
    _keys(keyring, patient_id).seal(row, "asked", asking)
    row.save(force_insert=True)
    journal.record(
        "privacy.request_received",
        subject_id=patient_id,
        object_id=row.pk,
        details={"kind": str(kind), "acts_as": str(acts_as)},
    )
    return row


@transaction.atomic
def extend(*, keyring: Keyring, author: Person, request_id: int, reason: str) -> RightsRequest:
    """Two more months, told to the person with the reason (article 12.3). Not for a copy of the medical file.

    The reason is kept with what was asked; `letters.extension` tells it. Raises Refused, NoKey.
    """
    row = RightsRequest.objects.select_for_update().get(pk=request_id)
    if row.state != RightsRequest.State.RECEIVED or row.extended:
        raise Refused("Cette demande est close ou déjà prolongée.")
    if row.kind == Kind.ACCESS:
        raise Refused("Le délai de copie d’un dossier ne se prolonge pas (article L.1111-7 CSP).")
    if len(reason.strip()) < 5:
        raise Refused("Dites pourquoi\u00a0: la personne doit l’apprendre avant la fin du premier mois.")
    keys = _keys(keyring, row.patient_id)
    keys.seal(row, "asked", {**(keys.open(row, "asked") if row.asked else {}), "extension": reason.strip()})
    row.extended = True
    row.due_on = rights.due(row.kind, row.received_on, extended=True)
    row.save(update_fields=["asked", "extended", "due_on"])
    journal.record(
        "privacy.request_changed", subject_id=row.patient_id, object_id=row.pk, details={"what": "extended"}
    )
    return row


def grounds_for(row: RightsRequest) -> list[tuple[str, str]]:
    """(purpose, why the right does not hold) for each purpose that this right does not reach."""
    profile = profiles.load(register.settings_of_practice().profile)
    wanted = [profile.purposes[row.purpose]] if row.purpose else list(profile.purposes.values())
    found = []
    for rule in wanted:
        ground = rights.ground_of(rule.basis, row.kind)
        if ground is not None:
            found.append((rule.label, ground.text))
    return found


@transaction.atomic
def close(
    *,
    keyring: Keyring,
    author: Person,
    request_id: int,
    state: str,
    answer: str,
    ground: str = "",
    aside: Sequence[int] = (),
) -> RightsRequest:
    """Answer: granted (and done), granted in part, or refused on a ground. Raises Refused, NoKey.

    ``aside``: with an opposition to sharing, the people whom the patient sets aside.
    """
    row = RightsRequest.objects.select_for_update().get(pk=request_id)
    if row.state != RightsRequest.State.RECEIVED:
        raise Refused("Cette demande est déjà close.")
    if state not in (RightsRequest.State.GRANTED, RightsRequest.State.PARTLY, RightsRequest.State.REFUSED):
        raise Refused("Choisissez la suite donnée.")
    if state == RightsRequest.State.REFUSED and ground not in rights.GROUNDS:
        raise Refused("Un refus se fonde en droit\u00a0: choisissez le motif.")
    if (
        state == RightsRequest.State.GRANTED
        and grounds_for(row)
        and row.kind in (Kind.ERASURE, Kind.OPPOSITION)
    ):
        raise Refused(
            "Ce droit ne vaut pas pour tout ce que tient le cabinet\u00a0: choisissez "
            "«\u00a0accordée en partie\u00a0» ou refusez."
        )
    if len(answer.strip()) < 5:
        raise Refused("Écrivez la réponse faite à la personne.")
    if state != RightsRequest.State.REFUSED:
        _set_aside(keyring, author, row, aside)
        _act(keyring, author, row)
    _keys(keyring, row.patient_id).seal(row, "answer", {"text": answer.strip()})
    row.state, row.ground = state, ground if state == RightsRequest.State.REFUSED else ""
    row.closed_at, row.closed_by = timezone.now(), author.pk
    row.save()
    journal.record(
        "privacy.request_closed", subject_id=row.patient_id, object_id=row.pk, details={"state": str(state)}
    )
    return row


def _set_aside(keyring: Keyring, author: Person, row: RightsRequest, people: Sequence[int]) -> None:
    if row.kind != Kind.OPPOSITION or row.purpose != SHARING:
        return
    for person_id in people:
        try:
            set_aside.set_aside(
                keyring=keyring,
                author=author,
                patient_id=row.patient_id,
                person_id=person_id,
                request_id=row.pk,
            )
        except ValueError as error:
            raise Refused(str(error)) from None


def _act(keyring: Keyring, author: Person, row: RightsRequest) -> None:
    if row.kind == Kind.LIMITATION:
        limit(author=author, patient_id=row.patient_id, request_id=row.pk)
    elif row.kind == Kind.OPPOSITION:
        oppose(
            keyring=keyring, author=author, patient_id=row.patient_id, purpose=row.purpose, request_id=row.pk
        )
    elif row.kind == Kind.ERASURE:
        row.outcome = erasure.carry_out(keyring=keyring, patient_id=row.patient_id)


@transaction.atomic
def limit(*, author: Person, patient_id: int, request_id: int | None = None) -> Restriction:
    """Freeze a patient's data until `lift` (article 18). Twice is once."""
    found, made = Restriction.objects.get_or_create(
        practice_id=author.practice_id,
        patient_id=patient_id,
        kind=Restriction.Kind.LIMITATION,
        purpose="",
        lifted_at=None,
        defaults={"author_id": author.pk, "request_id": request_id},
    )
    if made:
        journal.record("privacy.limited", subject_id=patient_id, object_id=found.pk)
    return found


@transaction.atomic
def oppose(
    *, keyring: Keyring, author: Person, patient_id: int, purpose: str, request_id: int | None = None
) -> Restriction:
    """Switch a purpose off for a patient (article 21). Raises Refused where the basis gives no such right.

    Sharing: the keys of the circles invited to the record are taken away at once, the emergency one too; those that
    follow the patient by right keep theirs, whoever notes the opposition. Raises NoKey for who reads by emergency.
    """
    rule = profiles.load(register.settings_of_practice().profile).purposes[purpose]
    ground = rights.ground_of(rule.basis, "opposition")
    if ground is not None:
        raise Refused(ground.text)
    found, made = Restriction.objects.get_or_create(
        practice_id=author.practice_id,
        patient_id=patient_id,
        kind=Restriction.Kind.OPPOSITION,
        purpose=purpose,
        lifted_at=None,
        defaults={"author_id": author.pk, "request_id": request_id},
    )
    taken = 0
    if purpose == SHARING:
        if keyring.is_lent(patient_id) or patient_id not in keyring.subject_keys([patient_id], Domain.CARE):
            raise NoKey("no care key for this patient")
        taken = custody.drop_guests(patient_id)
        emergency.refuse(patient_id)
    if made or taken:
        journal.record(
            "privacy.opposed",
            subject_id=patient_id,
            object_id=found.pk,
            details={"purpose": purpose, "keys": taken},
        )
    return found


@transaction.atomic
def lift(*, author: Person, restriction_id: int) -> Restriction:
    """End a limitation or an opposition; the decision stays on record. `set_aside.bring_back` ends an exclusion."""
    rows = Restriction.objects.select_for_update().exclude(kind=Restriction.Kind.EXCLUSION)
    row: Restriction = rows.get(pk=restriction_id)
    if row.lifted_at is None:
        row.lifted_at, row.lifted_by = timezone.now(), author.pk
        row.save(update_fields=["lifted_at", "lifted_by"])
        if row.purpose == SHARING:
            emergency.allow(row.patient_id)
        journal.record(
            "privacy.lifted", subject_id=row.patient_id, object_id=row.pk, details={"kind": row.kind}
        )
    return row


def opened(keyring: Keyring, row: RightsRequest) -> dict[str, Any]:
    """The words of a request and of its answer."""
    keys = _keys(keyring, row.patient_id)
    asked = keys.open(row, "asked") if row.asked else {}
    return {
        "asked": asked.get("text", ""),
        "extension": asked.get("extension", ""),
        "representative": asked.get("representative", ""),
        "ground": asked.get("ground", ""),
        "answer": keys.open(row, "answer")["text"] if row.answer else "",
    }


def overdue() -> int:
    """Requests whose last day has passed: one query."""
    return RightsRequest.objects.filter(
        state=RightsRequest.State.RECEIVED, due_on__lt=timezone.localdate()
    ).count()
