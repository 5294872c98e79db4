"""The pregnancy under way: its age, its term, what its follow-up foresees, and what was measured at each visit."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import gestation, perms, pregnancy, selectors


@requires("record.view")
@require_GET
def follow(request: Any, patient_id: int) -> HttpResponse:
    perms.patient_or_404(patient_id)
    known = selectors.of_kind(keyring=request.keyring, patient_id=patient_id, kind="pregnancy")
    current: Any = next((item for item in known if item.content.status == "ongoing"), None)  # type: ignore[attr-defined]
    context = patient_context(request, patient_id, "record")
    today = timezone.localdate()
    context |= {"past": [item for item in known if item is not current], "current": current}
    if current is not None:
        content = current.content
        start = content.origin
        measures = selectors.of_kind(keyring=request.keyring, patient_id=patient_id, kind="measure", limit=60)
        context |= {
            "age": pregnancy.age_text(content, today),
            "month": pregnancy.month_on(content, today),
            "due": content.due_on,
            "origin": start,
            "steps": pregnancy.by_state(pregnancy.steps(content, today)),
            "visits": [
                (item, pregnancy.age_text(content, timezone.localdate(item.occurred_at)))
                for item in measures
                if timezone.localdate(item.occurred_at) >= start
            ],
            "source": gestation.rules()["source"],
            "dated": gestation.rules()["dated"],
        }
    journal.record("record.viewed", subject_id=patient_id, details={"what": "pregnancy"})
    return render(request, "record/pregnancy.html", context)
