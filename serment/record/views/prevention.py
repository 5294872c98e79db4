"""Prevention and scores: what is due, and tests answered with the patient."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from serment.access.rules import requires
from serment.formats.text import is_digits
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import perms, scores, selectors, services
from serment.record import prevention as rules


@requires("record.view")
@require_GET
def prevention(request: Any, patient_id: int) -> HttpResponse:
    """Vaccinations given and due, screenings of the age, tests at hand."""
    perms.patient_or_404(patient_id)
    given = selectors.of_kind(keyring=request.keyring, patient_id=patient_id, kind="vaccination")
    context = patient_context(request, patient_id, "prevention")
    who, today = context["card"].identity, timezone.localdate()
    context |= {
        "given": given,
        "due": rules.vaccines_due(who.birth_date, [item.content for item in given], today),
        "screenings": rules.screenings_due(who.birth_date, who.sex, today),
        "source": rules.source(),
        "scores": scores.definitions().values(),
        "past": selectors.of_kind(keyring=request.keyring, patient_id=patient_id, kind="score"),
    }
    journal.record("record.viewed", subject_id=patient_id, details={"what": "prevention"})
    return render(request, "record/prevention.html", context)


@requires("record.write")
@require_http_methods(["GET", "POST"])
def score(request: Any, patient_id: int, code: str) -> HttpResponse:
    """One test, item by item; the total is computed here."""
    perms.patient_or_404(patient_id)
    services.patient_keys(request.keyring, patient_id)
    definition = scores.definitions().get(code)
    if definition is None:
        raise Http404
    error, status = "", 200
    answers = [request.POST.get(f"item-{place}", "") for place in range(len(definition.items))]
    if request.method == "POST":
        status = 422
        try:
            if any(not is_digits(answer) or len(answer) > 3 for answer in answers):
                raise ValueError("Répondez à chaque item.")
            payload = definition.read([int(answer) for answer in answers], request.POST.get("note", "")[:300])
            services.add_entry(
                keyring=request.keyring,
                author=request.person,
                patient_id=patient_id,
                kind="score",
                payload=payload,
            )
            messages.success(request, payload.line())
            return redirect("record:prevention", patient_id)
        except ValueError as refused:
            error = str(refused)
    context = patient_context(request, patient_id, "prevention") | {
        "definition": definition,
        "items": [
            (place, label, definition.choices(place), answers[place])
            for place, label in enumerate(definition.items)
        ],
        "error": error,
    }
    journal.record("record.viewed", subject_id=patient_id, details={"what": "score"})
    return render(request, "record/score.html", context, status=status)
