"""The patient's full copy: a readable PDF with the machine-readable archive inside, encrypted for hand-over (R9.3).

One file, AES-256, opened by a secret that is shown once and must travel another way (P-ECH-4). It says who looked.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from serment.access.models import Person
from serment.agenda.models import Appointment
from serment.billing.models import Claim
from serment.documents import file_pdf
from serment.documents.locked import lock_pdf, new_secret
from serment.documents.models import FileDocument
from serment.formats import dates
from serment.formats.money import format_euros
from serment.journal import actions
from serment.journal import services as journal
from serment.journal.models import Event
from serment.patients.selectors import card
from serment.practice.models import Practice, Practitioner
from serment.privacy.models import Declaration, EmergencyAccess, NoticeHanding, RightsRequest
from serment.record import files, kinds
from serment.record.kinds.content import rows_of
from serment.record.models import Entry
from serment.record.services import patient_keys
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring, NoKey

Part = tuple[str, list[tuple[str, str]]]


def gather(*, keyring: Keyring, patient_id: int) -> dict[str, Any]:
    """Everything the practice holds about a patient, as plain values: a constant number of queries.

    Raises NoKey for whoever does not follow the patient, Patient.DoesNotExist.
    """
    keys = patient_keys(keyring, patient_id)
    who = card(keyring=keyring, patient_id=patient_id)
    names = {p.pk: p.display_name for p in Person.objects.select_related("practitioner")}
    practitioners = {p.pk: p.display_name for p in Practitioner.objects.all()}
    entries = [
        {
            "kind": kinds.get(row.kind).label,
            "at": row.occurred_at.isoformat(),
            "author": names.get(row.author_id, ""),
            "version": row.version,
            "state": row.get_state_display(),
            "content": keys.open(row, "payload"),
        }
        for row in Entry.objects.filter(patient_id=patient_id).order_by("occurred_at", "pk")
    ]
    billing = keyring.subject_keys([patient_id], Domain.BILLING) if keyring.holds(Domain.BILLING) else None
    claims = [
        {
            "number": row.number,
            "on": row.established_on.isoformat(),
            "total_cents": row.total_cents,
            "paid_cents": row.paid_cents,
            "acts": billing.open(row, "payload").model_dump(mode="json")["lines"] if billing else [],
        }
        for row in Claim.objects.filter(patient_id=patient_id).order_by("established_on", "pk")
    ]
    return {
        "made_at": timezone.now().isoformat(),
        "identity": who.identity.model_dump(mode="json"),
        "coverage": who.coverage.model_dump(mode="json") if who.coverage else None,
        "ins": who.ins.model_dump(mode="json") if who.ins else None,
        "appointments": [
            {
                "start": row.start.isoformat(),
                "end": row.end.isoformat(),
                "practitioner": practitioners.get(row.practitioner_id, ""),
                "state": row.get_state_display(),
            }
            for row in Appointment.objects.filter(patient_id=patient_id).order_by("start")
        ],
        "record": entries,
        "claims": claims,
        "notices": [
            {"at": row.at.isoformat(), "how": row.get_how_display()}
            for row in NoticeHanding.objects.filter(patient_id=patient_id).order_by("at")
        ],
        "requests": [
            {
                "on": row.received_on.isoformat(),
                "kind": row.get_kind_display(),
                "state": row.get_state_display(),
            }
            for row in RightsRequest.objects.filter(patient_id=patient_id).order_by("received_on")
        ],
        "declarations": [
            {"on": row.declared_on.isoformat(), **keys.open(row, "content")}
            for row in Declaration.objects.filter(patient_id=patient_id).order_by("declared_on", "pk")
        ],
        "emergencies": [
            {
                "at": row.at.isoformat(),
                "until": row.until.isoformat(),
                "who": names.get(row.person_id, "—"),
                "reason": row.get_reason_display(),
                "words": keys.open(row, "words")["text"],
            }
            for row in EmergencyAccess.objects.filter(patient_id=patient_id).order_by("at")
        ],
        "accesses": [
            {"at": row.at.isoformat(), "who": names.get(row.actor_id, "—"), "what": actions.label(row.action)}
            for row in Event.objects.filter(subject_id=patient_id).order_by("seq")
        ],
    }


def parts_of(data: dict[str, Any]) -> list[Part]:
    """The same data as a person reads them."""
    identity = data["identity"]
    contact = identity["contact"]
    return [
        (
            "Identité et coordonnées",
            [
                (label, str(value))
                for label, value in (
                    ("Nom de naissance", identity["birth_family_name"]),
                    ("Nom utilisé", identity["used_family_name"]),
                    ("Prénoms", identity["given_names"] or identity["first_given_name"]),
                    ("Naissance", dates.short(date.fromisoformat(identity["birth_date"]))),
                    ("Lieu de naissance", identity["birth_place_name"]),
                    (
                        "Adresse",
                        " ".join(filter(None, (contact["address"], contact["postal_code"], contact["city"]))),
                    ),
                    ("Téléphone", contact["mobile"] or contact["phone"]),
                    ("Courriel", contact["email"]),
                    ("Numéro de sécurité sociale", (data["coverage"] or {}).get("nir", "")),
                    ("Identifiant national de santé", (data["ins"] or {}).get("matricule", "")),
                )
                if value
            ],
        ),
        ("Dossier", [_entry_line(entry) for entry in data["record"]]),
        (
            "Rendez-vous",
            [(_moment(a["start"]), f"{a['practitioner']} – {a['state']}") for a in data["appointments"]],
        ),
        (
            "Honoraires",
            [
                (
                    f"{_day(c['on'])}, n° {c['number']}",
                    f"{', '.join(line['code'] for line in c['acts'])} – {format_euros(c['total_cents'])}",
                )
                for c in data["claims"]
            ],
        ),
        (
            "Information et demandes",
            [(_day(n["at"]), f"Notice : {n['how']}") for n in data["notices"]]
            + [(_day(r["on"]), f"Demande : {r['kind']} – {r['state']}") for r in data["requests"]],
        ),
        (
            "Déclarations que la loi demande",
            [
                (_day(d["on"]), f"{d['label']} – {d['recipient']} ({d['ground']})")
                for d in data["declarations"]
            ],
        ),
        (
            "Accès d’urgence",
            [(_moment(e["at"]), f"{e['who']} – {e['reason']} : {e['words']}") for e in data["emergencies"]],
        ),
        (
            "Qui a consulté ou modifié",
            [(_moment(e["at"]), f"{e['who']} – {e['what']}") for e in data["accesses"]],
        ),
    ]


def _day(value: str) -> str:
    """« 23/11/2026 » from an ISO date or moment."""
    if len(value) == 10:
        return dates.short(date.fromisoformat(value))
    return dates.short(timezone.localtime(datetime.fromisoformat(value)))


def _moment(value: str) -> str:
    local = timezone.localtime(datetime.fromisoformat(value))
    return f"{dates.short(local)} à {dates.clock(local)}"


def _entry_line(entry: dict[str, Any]) -> tuple[str, str]:
    model = next(kind.model for kind in kinds.all_kinds() if kind.label == entry["kind"])
    content = model.model_validate(entry["content"])
    rows = rows_of(content)
    text = " ; ".join(f"{label} : {value}" for label, value in rows) if rows else str(content.line())
    note = " [saisi par erreur]" if entry["state"] != "signé" else ""
    return f"{_moment(entry['at'])} {entry['kind']}", f"{text}{note} ({entry['author']})"


def make(*, keyring: Keyring, practice: Practice, patient_id: int, secret: str = "") -> tuple[bytes, str]:
    """(encrypted PDF, its secret: the one given, or a new one). It is kept nowhere. Raises NoKey, CannotRender."""
    if keyring.is_lent(patient_id):
        raise NoKey("a copy is made by those who follow the patient")
    secret = secret or new_secret()
    data = gather(keyring=keyring, patient_id=patient_id)
    today = timezone.localdate()
    plain = file_pdf(
        FileDocument(
            title="Copie de vos données",
            subtitle=(
                "Tout ce que le cabinet tient à votre sujet, et qui l’a consulté. Le fichier « "
                "dossier.json » joint à ce "
                "PDF contient les mêmes données pour un autre logiciel."
            ),
            practice=practice.name,
            on=today,
            date_text=dates.long(today),
            parts=parts_of(data),
            demo=practice.is_demo,
        )
    )
    archive = json.dumps(data, ensure_ascii=False, indent=1, default=str).encode()
    attached = {"dossier.json": (archive, "application/json"), **_files(keyring, patient_id)}
    content = lock_pdf(plain, secret, attached)
    journal.record(
        "privacy.copy_made",
        subject_id=patient_id,
        details={"entries": len(data["record"]), "bytes": len(content)},
    )
    return content, secret


def _files(keyring: Keyring, patient_id: int) -> dict[str, tuple[bytes, str]]:
    """The documents of the record, numbered as they came, to join to the copy."""
    rows = Entry.objects.filter(patient_id=patient_id, kind="document", state=Entry.State.SIGNED)
    found = {}
    for number, row in enumerate(rows.order_by("occurred_at", "pk"), 1):
        data, known = files.content(keyring=keyring, entry=row)
        found[f"document-{number:03d}.{files.NAMES[known.media_type]}"] = (data, known.media_type)
    return found
