"""Read the record: the page, the trends, an entry's versions."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.formats.text import is_digits
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import beside, charts, drafts, filters, perms, rows, selectors, tracks, versions
from serment.record.forms import FIRST, more_for


@requires("record.view")
@require_GET
def open_record(request: Any, patient_id: int) -> HttpResponse:
    """Summary and timeline, side by side. One look, one event."""
    perms.patient_or_404(patient_id)
    chosen = filters.Filter.read(request.GET.get("type", ""), request.GET.get("depuis", ""))
    keyring = request.keyring
    summary = selectors.summary(keyring=keyring, patient_id=patient_id)
    page = selectors.timeline(
        keyring=keyring,
        patient_id=patient_id,
        kinds=chosen.codes,
        since=chosen.since,
        before=selectors.Cursor.parse(request.GET.get("avant", "")),
    )
    journal.record("record.viewed", subject_id=patient_id)
    prescribes = request.person.can("prescribing.write")
    context = patient_context(request, patient_id, "record")
    context |= {
        "summary": summary,
        "entries": [
            rows.entry(item, page.authors.get(item.author_id, ""), prescribes) for item in page.items
        ],
        "after": page.after,
        "older": chosen.older(page.after),
        "kind": chosen.kind,
        "span": chosen.span,
        "filters": rows.nav(chosen.kind, chosen.span),
        "addable": rows.adders(patient_id, FIRST, "btn"),
        "more_addable": rows.adders(patient_id, more_for(context["card"].identity.sex), "btn btn-sm"),
        "draft": drafts.find(person=request.person, patient_id=patient_id),
    }
    return render(request, "record/record.html", context)


@requires("record.view")
@require_POST
def find(request: Any, patient_id: int) -> HttpResponse:
    """Entries with these words. By POST: what is looked for in a record never stands in an address."""
    perms.patient_or_404(patient_id)
    text = request.POST.get("text", "").strip()[:80]
    page = selectors.find_in(keyring=request.keyring, patient_id=patient_id, text=text)
    journal.record("record.searched", subject_id=patient_id, details={"count": len(page.items)})
    context = {"entries": [(item, page.authors.get(item.author_id, "")) for item in page.items], "text": text}
    return render(request, "record/found.html", context)


@requires("record.view")
@require_GET
def trend(request: Any, patient_id: int) -> HttpResponse:
    """Every quantity as a chart, with what ran meanwhile beneath and the same values as a table."""
    perms.patient_or_404(patient_id)
    found = tracks.of_patient(keyring=request.keyring, patient_id=patient_id)
    journal.record("record.viewed", subject_id=patient_id, details={"what": "trend"})
    context = patient_context(request, patient_id, "record")
    who = context["card"].identity
    child = (who.sex, who.birth_date) if context["card"].age_years < 19 else None
    drawn = charts.of_all(found.all, found.courses, child)
    context |= {
        "charts": drawn,
        "singles": [chart for chart in drawn if chart.data is None],
        "tracks": [(place, track) for place, track in enumerate(found.all)],
    }
    return render(request, "record/trend.html", context)


@requires("record.view")
@require_POST
def compare(request: Any, patient_id: int) -> HttpResponse:
    """Several quantities on one figure. By POST, and by their place in the list: no address says what is looked at."""
    perms.patient_or_404(patient_id)
    found = tracks.of_patient(keyring=request.keyring, patient_id=patient_id)
    places = [int(text) for text in request.POST.getlist("grandeur") if is_digits(text) and len(text) < 5]
    chosen = [found.all[place] for place in dict.fromkeys(places) if place < len(found.all)]
    context: dict[str, Any] = {"chart": None, "error": ""}
    if len(chosen) < 2:
        context["error"] = "Cochez au moins deux grandeurs."
    else:
        try:
            context["chart"] = charts.compared(chosen, found.courses)
        except charts.TooManyUnits as error:
            context["error"] = str(error)
    journal.record("record.viewed", subject_id=patient_id, details={"what": "trend"})
    if request.htmx:
        return render(request, "record/compared.html", context)
    context |= patient_context(request, patient_id, "record") | {
        "charts": [],
        "tracks": list(enumerate(found.all)),
    }
    return render(request, "record/trend.html", context)


@requires("record.view")
@require_GET
def entry_versions(request: Any, entry_id: int) -> HttpResponse:
    """An entry, and every version of it: author, reason, signature, what changed."""
    entry = perms.entry_or_404(entry_id)
    history = versions.history(keyring=request.keyring, entry=entry)
    journal.record("record.versions", subject_id=entry.patient_id, object_id=entry.pk)
    context = patient_context(request, entry.patient_id, "record")
    context |= {"history": history, "item": history.item, "beside": beside.of(entry.kind, entry.pk)}
    return render(request, "record/versions.html", context)
