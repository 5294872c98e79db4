"""The patient's full copy: a readable PDF with the machine-readable archive inside, encrypted for hand-over (R9.3).

One file, AES-256, opened by a secret that is shown once and must travel another way (P-ECH-4). It says who looked.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from serment.documents import file_pdf
from serment.documents.locked import lock_pdf, new_secret
from serment.documents.models import FileDocument
from serment.formats import dates
from serment.formats.money import format_euros
from serment.journal import services as journal
from serment.patients.representatives import CAPACITIES
from serment.practice.models import Practice
from serment.privacy.gathering import gather
from serment.privacy.models import CopyHanding
from serment.record import files, kinds, moments
from serment.record.kinds.content import rows_of
from serment.record.kinds.result import Result
from serment.record.models import Entry
from serment.vault.keyring import Keyring, NoKey

__all__ = ["gather", "make", "parts_of"]

Part = tuple[str, list[tuple[str, str]]]


def parts_of(data: dict[str, Any]) -> list[Part]:
    """The same data as a person reads them; an archive made before a part existed has none of it."""
    found = [
        ("Identité et coordonnées", _identity(data)),
        ("Dossier", [_entry_line(entry) for entry in data["record"]]),
        ("Ce qui a été corrigé au dossier", [_version_line(row) for row in data.get("record_versions", ())]),
        (
            "Identité, avant ses corrections",
            [
                (_moment(v["at"]), f"{_name(v['identity'])} ({v['by']})")
                for v in data.get("identity_versions", ())
            ],
        ),
        ("Résultats reçus", [received(row) for row in data.get("results", ())]),
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
            "Règlements",
            [
                (_moment(p["at"]), f"{p['what']}, {p['mode']} – {format_euros(p['amount_cents'])}")
                for p in data.get("payments", ())
            ],
        ),
        ("Information, demandes, gel et oppositions", _rights(data)),
        (
            "Déclarations que la loi demande",
            [
                (_day(d["on"]), f"{d['label']} – {d['recipient']} ({d['ground']})")
                for d in data.get("declarations", ())
            ],
        ),
        (
            "Accès d’urgence",
            [
                (_moment(e["at"]), f"{e['who']} – {e['reason']} : {e['words']}")
                for e in data.get("emergencies", ())
            ],
        ),
        ("À qui vos données ont été remises", [("", text) for text in data.get("recipients", ())]),
        ("Combien de temps elles sont gardées", [("", text) for text in data.get("durations", ())]),
        (
            "Qui a consulté ou modifié",
            [(_moment(e["at"]), f"{e['who']} – {e['what']}") for e in data["accesses"]],
        ),
    ]
    return [(title, lines) for title, lines in found if lines]


def _identity(data: dict[str, Any]) -> list[tuple[str, str]]:
    identity = data["identity"]
    contact = identity["contact"]
    return [
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
            (
                "Représentants légaux",
                " ; ".join(
                    f"{one['name']}, {CAPACITIES[one['capacity']]}"
                    for one in identity.get("representatives", ())
                ),
            ),
            ("Numéro de sécurité sociale", (data["coverage"] or {}).get("nir", "")),
            ("Identifiant national de santé", (data["ins"] or {}).get("matricule", "")),
        )
        if value
    ]


def _name(identity: dict[str, Any] | None) -> str:
    """« LESTRANGE Apolline, 12 rue des Lilas »: what a past version said."""
    if not identity:
        return "droits modifiés"
    contact = identity["contact"]
    words = (identity["birth_family_name"], identity["first_given_name"])
    where = (contact["address"], contact["city"], contact["mobile"], contact["email"])
    return ", ".join(filter(None, (" ".join(words), *where)))


def _rights(data: dict[str, Any]) -> list[tuple[str, str]]:
    found = [(_day(n["at"]), f"Notice : {n['how']}") for n in data["notices"]]
    for row in data["requests"]:
        words = " – ".join(filter(None, (row.get("asked", ""), row.get("answer", ""))))
        found.append(
            (_day(row["on"]), f"Demande : {row['kind']}, {row['state']}{f' – {words}' if words else ''}")
        )
    for row in data.get("copies", ()):
        who = f"\u00a0: {row['name']}, {row['ground']}" if row["name"] else ""
        found.append((_day(row["at"]), f"Copie remise\u00a0: {row['to']}{who}"))
    for row in data.get("restrictions", ()):
        until = f", levée le {_day(row['lifted_at'])}" if row["lifted_at"] else ""
        found.append(
            (_day(row["since"]), f"{row['kind'].capitalize()} {row['purpose'].lower()}{row['person']}{until}")
        )
    return found


def _day(value: str) -> str:
    """« 23/11/2026 » from an ISO date or moment."""
    if len(value) == 10:
        return dates.short(date.fromisoformat(value))
    return dates.short(timezone.localtime(datetime.fromisoformat(value)))


def _moment(value: str) -> str:
    local = timezone.localtime(datetime.fromisoformat(value))
    return f"{dates.short(local)} à {dates.clock(local)}"


def _taken(value: str) -> str:
    """When an entry took place: without an hour where none is known."""
    return moments.text(datetime.fromisoformat(value))


def received(row: dict[str, str]) -> tuple[str, str]:
    """When a result was received, and who saw it when; a copy made before did not say who."""
    seen = row.get("seen_at", "")
    return _moment(row["at"]), f"{row['state']} par {row['seen_by']} le {_moment(seen)}" if seen else row[
        "state"
    ]


def _entry_line(entry: dict[str, Any]) -> tuple[str, str]:
    model = next(kind.model for kind in kinds.all_kinds() if kind.label == entry["kind"])
    content = model.model_validate(entry["content"])
    rows = rows_of(content)
    text = " ; ".join(f"{label} : {value}" for label, value in rows) if rows else str(content.line())
    note = " [saisi par erreur]" if entry["state"] != "signé" else ""
    written = entry.get("written_at", entry["at"])
    late = moments.written_late(*(datetime.fromisoformat(text) for text in (entry["at"], written)))
    word = moments.RECEIVED if model is Result else moments.WRITTEN
    by = f"{entry['author']}, {word} {late}" if late else entry["author"]
    return f"{_taken(entry['at'])} {entry['kind']}", f"{text}{note} ({by})"


def _version_line(row: dict[str, Any]) -> tuple[str, str]:
    model = next(kind.model for kind in kinds.all_kinds() if kind.label == row["kind"])
    line = model.model_validate(row["content"]).line()
    fate = f"corrigé le {_day(row['corrected_at'])} par {row['corrected_by']} : {row['reason']}"
    return f"{_taken(row['at'])} {row['kind']}", f"{line} ({row['author']}) – {fate}"


def require_followed(keyring: Keyring, patient_id: int) -> None:
    """Raises NoKey for an emergency's key: a copy is made by those who follow the patient."""
    if keyring.is_lent(patient_id):
        raise NoKey("a copy is made by those who follow the patient")


def make(
    *,
    keyring: Keyring,
    practice: Practice,
    patient_id: int,
    secret: str = "",
    handing: CopyHanding | None = None,
) -> tuple[bytes, str]:
    """(encrypted PDF, its secret: the one given, or a new one). It is kept nowhere. Raises NoKey, CannotRender."""
    require_followed(keyring, patient_id)
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
        object_id=handing.pk if handing else None,
        details={"entries": len(data["record"]), "bytes": len(content)}
        | ({"to": handing.to} if handing else {}),
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
