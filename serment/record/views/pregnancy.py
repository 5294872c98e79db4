"""The pregnancy under way: its age, its term, what its follow-up foresees, and what was measured at each visit."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import (
    gestation,
    perms,
    pregnancy,
    pregnancy_marks,
    pregnancy_traces,
    selectors,
    services,
)
from serment.record.kinds.pregnancy import WAYS


class MarkForm(forms.Form):
    """One step: what is said of it, and when; ``version`` of the pregnancy that the page showed."""

    step = forms.CharField(max_length=40, widget=forms.HiddenInput)
    version = forms.IntegerField()
    way = forms.ChoiceField(choices=list(WAYS.items()))
    on = forms.DateField(required=False)

    def clean_on(self) -> date | None:
        day: date | None = self.cleaned_data["on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("Cette date est à venir\u00a0: vérifiez-la.")
        return day


@requires("record.view")
@require_GET
def follow(request: Any, patient_id: int) -> HttpResponse:
    """The follow-up of the pregnancy under way, and those that are over."""
    perms.patient_or_404(patient_id)
    return _page(request, patient_id)


@requires("record.write")
@require_POST
def mark_step(request: Any, patient_id: int) -> HttpResponse:
    """Mark a step by hand, or take the mark back (``undo``)."""
    perms.patient_or_404(patient_id)
    known = selectors.of_kind(keyring=request.keyring, patient_id=patient_id, kind="pregnancy")
    current = _current(known)
    if current is None:
        raise Http404
    undo = request.POST.get("undo") == "1"
    form = MarkForm({**request.POST.dict(), "way": "here"} if undo else request.POST)
    error = " ".join(text for texts in form.errors.values() for text in texts)
    if form.is_valid():
        data = form.cleaned_data
        given = {
            "keyring": request.keyring,
            "author": request.person,
            "entry": perms.entry_or_404(current.id),
            "version": data["version"],
            "step": data["step"],
        }
        try:
            if undo:
                pregnancy_marks.unmark(**given)
            else:
                pregnancy_marks.mark(**given, way=data["way"], on=data["on"])
            messages.success(request, "Marque retirée." if undo else "Noté dans le suivi.")
            return redirect("record:pregnancy", patient_id)
        except services.Refused as refused:
            error = str(refused)
    return _page(request, patient_id, {**request.POST.dict(), "error": error}, 422)


def _current(known: list[selectors.Item]) -> Any:
    return next((item for item in known if item.content.status == "ongoing"), None)  # type: ignore[attr-defined]


def _page(
    request: Any, patient_id: int, refused: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """``refused``: what was typed for a step, and why it was not written."""
    known = selectors.of_kind(keyring=request.keyring, patient_id=patient_id, kind="pregnancy")
    current = _current(known)
    context = patient_context(request, patient_id, "record")
    context |= {"past": [item for item in known if item is not current], "current": current}
    if current is not None:
        context |= _follow_up(request, patient_id, current.content)
        context |= {"refused": refused or {}, "ways": WAYS.items(), "today": timezone.localdate()}
    journal.record("record.viewed", subject_id=patient_id, details={"what": "pregnancy"})
    return render(request, "record/pregnancy.html", context, status=status)


def _follow_up(request: Any, patient_id: int, content: Any) -> dict[str, Any]:
    today, start = timezone.localdate(), content.origin
    given = {"keyring": request.keyring, "patient_id": patient_id}
    since = timezone.make_aware(datetime.combine(start, time()))
    held = selectors.of_kinds(**given, kinds=pregnancy_traces.KINDS, since=since)
    held["screening"] = selectors.of_kind(**given, kind="screening")
    facts = pregnancy_traces.facts(item for items in held.values() for item in items)
    return {
        "age": pregnancy.age_text(content, today),
        "month": pregnancy.month_on(content, today),
        "due": content.due_on,
        "origin": start,
        "steps": pregnancy.by_state(pregnancy.steps(content, today, facts)),
        "visits": [
            (item, pregnancy.age_text(content, timezone.localdate(item.occurred_at)))
            for item in held["measure"][:60]
        ],
        "source": gestation.rules()["source"],
        "dated": gestation.rules()["dated"],
    }
