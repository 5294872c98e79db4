"""Every row about a patient, out of the active base and back, in an order that the foreign keys allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import serializers
from django.db import DEFAULT_DB_ALIAS, models

from serment.agenda.models import Appointment
from serment.billing.models import Allocation, Claim
from serment.patients.models import Patient, PatientVersion, Restriction
from serment.privacy.models import CopyHanding, Declaration, EmergencyAccess, NoticeHanding, RightsRequest
from serment.record.models import Capture, Draft, Entry, EntryVersion, FilePart, Photo, Thumbnail
from serment.results.models import Incoming
from serment.retention.models import Comeback, Departure, Hold
from serment.transmission.models import Attachment, ReturnLine, Sheet, SheetEvent
from serment.vault.models import IndexToken
from serment.vault.prepared import Prepared, Slot

MODELS: tuple[tuple[type[models.Model], str], ...] = (
    (Patient, "pk"),
    (PatientVersion, "patient_id"),
    (Restriction, "patient_id"),
    (Hold, "patient_id"),
    (NoticeHanding, "patient_id"),
    (RightsRequest, "patient_id"),
    (CopyHanding, "patient_id"),
    (EmergencyAccess, "patient_id"),
    (Declaration, "patient_id"),
    (Appointment, "patient_id"),
    (Entry, "patient_id"),
    (EntryVersion, "patient_id"),
    (FilePart, "patient_id"),
    (Thumbnail, "patient_id"),
    (Capture, "patient_id"),
    (Photo, "patient_id"),
    (Incoming, "patient_id"),
    (Draft, "patient_id"),
    (Claim, "patient_id"),
    (Sheet, "claim__patient_id"),
    (SheetEvent, "sheet__claim__patient_id"),
    (Attachment, "sheet__claim__patient_id"),
    (ReturnLine, "sheet__claim__patient_id"),
    (Allocation, "claim__patient_id"),
)
"""(model, how its rows name the patient). A test holds that no table about patients is missing. Payments stay: they are
the accounts', with no link to a claim once its `Allocation` has left.
"""

SHED: tuple[tuple[type[models.Model], str], ...] = ((Departure, "patient_id"), (Comeback, "patient_id"))
"""What goes without being put away: it served to leave, or to come back."""


def about(model: type[models.Model], name: str, patient_id: Any) -> models.QuerySet:
    """Rows of ``model`` about a patient. The way through a claim is a subquery, so that it is the patient's index that
    leads: a join let SQLite read every sheet of the practice.
    """
    head, _, rest = name.partition("__")
    if not rest:
        return model.objects.filter(**{name: patient_id})  # type: ignore[attr-defined, no-any-return]
    parent = model._meta.get_field(head).related_model
    return model.objects.filter(  # type: ignore[attr-defined, no-any-return]
        **{f"{head}__in": about(parent, rest, patient_id).values("pk")}  # type: ignore[arg-type]
    )


_FOUND = [
    Prepared(lambda model=model, name=name: about(model, name, Slot("patient_id")).order_by("pk"))  # type: ignore[misc]
    for model, name in MODELS
]
_TOKENS = Prepared(lambda: IndexToken.objects.filter(subject_id=Slot("subject_id")).values_list("token"))


@dataclass(frozen=True)
class Taken:
    """``bundle``: rows as text, still sealed field by field, tokens, count. ``held``: the models that had some."""

    bundle: dict[str, Any]
    held: frozenset[type[models.Model]]


def take(patient_id: int) -> Taken:
    """All rows of a patient and their index tokens, a query for each model."""
    found = [row for prepared in _FOUND for row in prepared.all(patient_id=patient_id)]
    tokens = [token for (token,) in _TOKENS.all(subject_id=patient_id)]
    bundle = {"rows": serializers.serialize("json", found), "tokens": tokens, "count": len(found)}
    return Taken(bundle, frozenset(type(row) for row in found))


def remove(patient_id: int, taken: Taken) -> None:
    """Delete what was taken from the active base, children first: in this order nothing points at what has gone.

    A table where nothing was taken is left alone: a row that came there since is never lost unseen, its foreign key
    stops the move, and the next night takes it.
    """
    for model, name in SHED:
        about(model, name, patient_id)._raw_delete(DEFAULT_DB_ALIAS)  # type: ignore[attr-defined]
    for model, name in reversed(MODELS):
        if model in taken.held:
            about(model, name, patient_id)._raw_delete(DEFAULT_DB_ALIAS)  # type: ignore[attr-defined]
    IndexToken.objects.filter(subject_id=patient_id)._raw_delete(DEFAULT_DB_ALIAS)


def put_back(taken: dict[str, Any], patient_id: int) -> None:
    """The rows as they were, with their ids: what was sealed to them opens again."""
    # A column that a later version dropped is passed over: years go by between the two.
    for made in serializers.deserialize("json", taken["rows"], ignorenonexistent=True):
        made.save()
    practice_id = Patient.objects.values_list("practice_id", flat=True).get(pk=patient_id)
    IndexToken.objects.bulk_create(
        IndexToken(practice_id=practice_id, token=token, subject_id=patient_id) for token in taken["tokens"]
    )
