"""Read the record: the page, the trends, an entry's versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from serment.access.rules import requires
from serment.formats.units import MEASURES
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import kinds, perms, selectors
from serment.record.forms import ADDABLE
from serment.record.models import Draft
from serment.record.services import patient_keys, signature_holds
from serment.vault.ids import decode, encode


def _place(text: str) -> tuple[datetime, int] | None:
    """Where the last page ended, « time~id » as the page wrote it; None for anything else."""
    when, _, entry = text.partition("~")
    try:
        moment = datetime.fromisoformat(when)
        return (moment, decode(entry)) if moment.tzinfo else None
    except ValueError:
        return None


@requires("record.view")
@require_GET
def open_record(request: Any, patient_id: int) -> HttpResponse:
    """Summary and timeline, side by side. One look, one event."""
    perms.patient_or_404(patient_id)
    kind = request.GET.get("type", "")
    keyring = request.keyring
    summary = selectors.summary(keyring=keyring, patient_id=patient_id)
    items, authors = selectors.timeline(
        keyring=keyring, patient_id=patient_id, kind=kind, before=_place(request.GET.get("avant", ""))
    )
    journal.record("record.viewed", subject_id=patient_id)
    context = patient_context(request, patient_id, "record")
    context |= {
        "summary": summary,
        "items": items,
        "authors": authors,
        "kind": kind,
        "kinds": kinds.all_kinds(),
        "addable": [kinds.get(code) for code in ADDABLE],
        "next_before": f"{items[-1].occurred_at.isoformat()}~{encode(items[-1].id)}"
        if len(items) == 20
        else "",
        "draft": Draft.objects.filter(patient_id=patient_id, author_id=request.person.pk).first(),
    }
    return render(request, "record/record.html", context)


@requires("record.view")
@require_GET
def trend(request: Any, patient_id: int) -> HttpResponse:
    """Every measure as a chart, with the same values as a table."""
    perms.patient_or_404(patient_id)
    series = selectors.measure_series(keyring=request.keyring, patient_id=patient_id)
    journal.record("record.viewed", subject_id=patient_id, details={"what": "trend"})
    charts = [
        {
            "id": f"c-{code}",
            "title": kind.label,
            "data": {
                "unit": kind.shown,
                "series": [
                    {
                        "label": kind.label,
                        "unit": kind.shown,
                        "points": [[when.isoformat(), value] for when, value in series[code]],
                    }
                ],
            },
        }
        for code, kind in MEASURES.items()
        if code in series
    ]
    return render(
        request, "record/trend.html", patient_context(request, patient_id, "record") | {"charts": charts}
    )


@requires("record.view")
@require_GET
def entry_versions(request: Any, entry_id: int) -> HttpResponse:
    """An entry, its signature, and every version before it."""
    entry = perms.entry_or_404(entry_id)
    item = selectors.one(keyring=request.keyring, entry=entry)
    older = selectors.versions(keyring=request.keyring, entry=entry)
    payload = patient_keys(request.keyring, entry.patient_id).open(entry, "payload")
    people = {entry.author_id, *(v["row"].author_id for v in older), *(v["row"].corrected_by for v in older)}
    journal.record("record.versions", subject_id=entry.patient_id, object_id=entry.pk)
    context = patient_context(request, entry.patient_id, "record")
    context |= {
        "item": item,
        "fields": _fields(item.content),
        "older": [{**v, "fields": _fields(v["content"])} for v in older],
        "holds": signature_holds(entry, payload),
        "authors": selectors.author_names(people),
    }
    return render(request, "record/versions.html", context)


_LABELS = {
    "reason": "Motif",
    "history": "Histoire",
    "examination": "Examen",
    "conclusion": "Conclusion",
    "label": "Libellé",
    "code": "Code",
    "since": "Depuis",
    "note": "Précision",
    "substance": "Substance",
    "reaction": "Réaction",
    "text": "Texte",
    "when": "Date",
    "dosage": "Posologie",
}


def _fields(content: Any) -> list[tuple[str, str]]:
    """(label, text) of what is filled, in the profession's words."""
    found = [(_LABELS[name], str(value)) for name, value in content if name in _LABELS and value]
    return found or [("Contenu", content.line())]
