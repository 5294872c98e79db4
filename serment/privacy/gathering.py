"""Everything the practice holds about a patient, as plain values: for their copy, and for the archive (R9.2).

``HELD`` says where each table that declares data of patients is found in it; a test holds that none is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from serment.access.models import Person
from serment.agenda.models import Appointment
from serment.billing.models import Claim, Payment
from serment.journal import actions
from serment.journal.models import Event
from serment.patients.models import PatientVersion, Restriction
from serment.patients.selectors import card
from serment.practice.models import Practitioner
from serment.privacy import profiles, recipients, register
from serment.privacy.models import CopyHanding, Declaration, EmergencyAccess, NoticeHanding, RightsRequest
from serment.record import kinds
from serment.record.models import Entry, EntryVersion
from serment.record.services import patient_keys
from serment.results.models import Incoming
from serment.transmission.models import Sheet
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring, SubjectKeys

HELD = {
    "patients.Patient": "identity",
    "patients.PatientVersion": "identity_versions",
    "patients.Restriction": "restrictions",
    "agenda.Appointment": "appointments",
    "record.Entry": "record",
    "record.EntryVersion": "record_versions",
    "billing.Claim": "claims",
    "billing.Payment": "payments",
    "transmission.Sheet": "sheets",
    "results.Incoming": "results",
    "privacy.NoticeHanding": "notices",
    "privacy.RightsRequest": "requests",
    "privacy.CopyHanding": "copies",
    "privacy.Declaration": "declarations",
    "privacy.EmergencyAccess": "emergencies",
    "journal.Event": "accesses",
}
APART = {
    "record.FilePart": "joined to the copy as files",
    "record.Thumbnail": "a smaller picture of a file that is joined",
    "record.Capture": "ids and times of an opening for a phone: the journal tells them",
    "record.Photo": "not part of the record until kept, and its author's alone",
    "record.Draft": "not part of the record until signed, and its author's alone",
    "billing.Allocation": "the claims and the payments hold what it says",
    "transmission.Attachment": "a copy, for the fund, of an ordonnance that the record holds",
    "retention.ArchivedFile": "made of this very copy",
    "retention.Departure": "keys made ready for the archive: nothing about the patient that is not elsewhere",
    "retention.Look": "of an archived file, that has no identity: told with it",
    "retention.Comeback": "two ids, until someone who may open the archive says whether it is theirs",
    "retention.Hold": "a motive of the practice; its dates are in the register",
}
"""Tables that the copy leaves out, and why."""


@dataclass(frozen=True)
class Keys:
    """What this session opens of the patient."""

    care: SubjectKeys
    admin: SubjectKeys
    billing: SubjectKeys | None


def gather(*, keyring: Keyring, patient_id: int) -> dict[str, Any]:
    """A constant number of queries. Raises NoKey for whoever does not follow the patient, Patient.DoesNotExist."""
    care = patient_keys(keyring, patient_id)
    admin = keyring.subject_keys([patient_id], Domain.ADMIN)
    billing = keyring.subject_keys([patient_id], Domain.BILLING) if keyring.holds(Domain.BILLING) else None
    keys = Keys(care, admin, billing)
    who = card(keyring=keyring, patient_id=patient_id)
    names = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    sheets = [sheet for sheet in register.sheets("patient") if sheet.active]
    return {
        "made_at": timezone.now().isoformat(),
        "identity": who.identity.model_dump(mode="json"),
        "coverage": who.coverage.model_dump(mode="json") if who.coverage else None,
        "ins": who.ins.model_dump(mode="json") if who.ins else None,
        "identity_versions": _versions(keys, patient_id, names),
        **_care(keys, patient_id, names),
        **_desk(keys, patient_id),
        **_rights(keys, patient_id, names),
        "recipients": [
            recipient.text for recipient in recipients.past(keyring=keyring, patient_id=patient_id)
        ],
        "durations": list(
            dict.fromkeys(f"{label} : {text}" for sheet in sheets for label, text, _ in sheet.retention)
        ),
        "purposes": [f"{sheet.label} : {sheet.basis}" for sheet in sheets],
    }


def _versions(keys: Keys, patient_id: int, names: dict[int, str]) -> list[dict[str, Any]]:
    """The identity as it was before each change."""
    return [
        {
            "at": row.made_at.isoformat(),
            "by": names.get(row.author_id, ""),
            "identity": keys.admin.open(row, "identity").model_dump(mode="json") if row.identity else None,
            "coverage": keys.billing.open(row, "coverage").model_dump(mode="json")
            if keys.billing and row.coverage
            else None,
            "ins": keys.care.open(row, "ins").model_dump(mode="json") if row.ins else None,
        }
        for row in PatientVersion.objects.filter(patient_id=patient_id).order_by("pk")
    ]


def _care(keys: Keys, patient_id: int, names: dict[int, str]) -> dict[str, Any]:
    return {
        "record": [
            {
                "kind": kinds.get(row.kind).label,
                "at": row.occurred_at.isoformat(),
                "written_at": row.created_at.isoformat(),
                "author": names.get(row.author_id, ""),
                "version": row.version,
                "state": row.get_state_display(),
                "content": keys.care.open(row, "payload"),
            }
            for row in Entry.objects.filter(patient_id=patient_id).order_by("occurred_at", "pk")
        ],
        "record_versions": [
            {
                "kind": kinds.get(row.entry.kind).label,
                "at": row.occurred_at.isoformat(),
                "version": row.number,
                "author": names.get(row.author_id, ""),
                "corrected_by": names.get(row.corrected_by, ""),
                "corrected_at": row.made_at.isoformat(),
                "reason": keys.care.open(row, "reason").get("text", ""),
                "content": keys.care.open(row, "payload"),
            }
            for row in EntryVersion.objects.select_related("entry")
            .filter(patient_id=patient_id)
            .order_by("pk")
        ],
        "results": [
            {
                "at": row.received_at.isoformat(),
                "state": row.get_state_display(),
                "seen_at": row.seen_at.isoformat() if row.seen_at else "",
                "seen_by": names.get(row.seen_by or 0, ""),
            }
            for row in Incoming.objects.filter(patient_id=patient_id).order_by("pk")
        ],
        "declarations": [
            {"on": row.declared_on.isoformat(), **keys.care.open(row, "content")}
            for row in Declaration.objects.filter(patient_id=patient_id).order_by("declared_on", "pk")
        ],
    }


def _desk(keys: Keys, patient_id: int) -> dict[str, Any]:
    """Appointments and money."""
    practitioners = {p.pk: p.display_name for p in Practitioner.objects.all()}
    return {
        "appointments": [
            {
                "start": row.start.isoformat(),
                "end": row.end.isoformat(),
                "practitioner": practitioners.get(row.practitioner_id, ""),
                "state": row.get_state_display(),
            }
            for row in Appointment.objects.filter(patient_id=patient_id).order_by("start")
        ],
        "claims": [
            {
                "number": row.number,
                "on": row.established_on.isoformat(),
                "total_cents": row.total_cents,
                "paid_cents": row.paid_cents,
                "acts": keys.billing.open(row, "payload").model_dump(mode="json")["lines"]
                if keys.billing
                else [],
            }
            for row in Claim.objects.filter(patient_id=patient_id).order_by("established_on", "pk")
        ],
        "payments": [
            {
                "at": row.received_at.isoformat(),
                "what": row.get_kind_display(),
                "mode": row.get_mode_display(),
                "amount_cents": row.amount_cents,
            }
            for row in Payment.objects.filter(patient_id=patient_id).order_by("received_at", "pk")
        ],
        "sheets": [
            {"claim": row.claim.number, "state": row.state, "at": row.updated_at.isoformat()}
            for row in Sheet.objects.select_related("claim")
            .filter(claim__patient_id=patient_id)
            .order_by("pk")
        ],
    }


def _rights(keys: Keys, patient_id: int, names: dict[int, str]) -> dict[str, Any]:
    purposes = profiles.load(register.settings_of_practice().profile).purposes
    return {
        "notices": [
            {"at": row.at.isoformat(), "how": row.get_how_display()}
            for row in NoticeHanding.objects.filter(patient_id=patient_id).order_by("at")
        ],
        "requests": [
            {
                "on": row.received_on.isoformat(),
                "kind": row.get_kind_display(),
                "state": row.get_state_display(),
                "asked": keys.admin.open(row, "asked")["text"] if row.asked else "",
                "answer": keys.admin.open(row, "answer")["text"] if row.answer else "",
            }
            for row in RightsRequest.objects.filter(patient_id=patient_id).order_by("received_on")
        ],
        "copies": [
            {
                "at": row.at.isoformat(),
                "to": row.get_to_display(),
                **(keys.admin.open(row, "recipient") if row.recipient else {"name": "", "ground": ""}),
            }
            for row in CopyHanding.objects.filter(patient_id=patient_id).order_by("at")
        ],
        "restrictions": [
            {
                "since": row.since.isoformat(),
                "kind": row.get_kind_display(),
                "purpose": purposes[row.purpose].label if row.purpose else "",
                "person": names.get(row.person_id, ""),
                "lifted_at": row.lifted_at.isoformat() if row.lifted_at else None,
            }
            for row in Restriction.objects.filter(patient_id=patient_id).order_by("since")
        ],
        "emergencies": [
            {
                "at": row.at.isoformat(),
                "until": row.until.isoformat(),
                "who": names.get(row.person_id, "—"),
                "reason": row.get_reason_display(),
                "words": keys.care.open(row, "words")["text"],
            }
            for row in EmergencyAccess.objects.filter(patient_id=patient_id).order_by("at")
        ],
        "accesses": [
            {"at": row.at.isoformat(), "who": names.get(row.actor_id, "—"), "what": actions.label(row.action)}
            for row in Event.objects.filter(subject_id=patient_id).order_by("seq")
        ],
    }
