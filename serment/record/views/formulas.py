"""Kidney function and cardiovascular risk: computed from what the record holds, shown first, noted at a word."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import formulas, once, perms, selectors, services, tracks
from serment.record.formula_forms import KidneyForm, RiskForm


@requires("record.write")
@require_http_methods(["GET", "POST"])
def kidney(request: Any, patient_id: int) -> HttpResponse:
    """Cockcroft and CKD-EPI."""
    perms.patient_or_404(patient_id)
    found = tracks.of_patient(keyring=request.keyring, patient_id=patient_id)
    context = patient_context(request, patient_id, "prevention")
    card = context["card"]
    form = KidneyForm(request.POST or None, known=found, age=card.age_years, sex=card.identity.sex)
    sources = [formulas.COCKCROFT, formulas.CKD_2021, formulas.CKD_2009]
    return _page(request, patient_id, context, form, "Fonction rénale", sources)


@requires("record.write")
@require_http_methods(["GET", "POST"])
def risk(request: Any, patient_id: int) -> HttpResponse:
    """SCORE2, for the region where France is."""
    perms.patient_or_404(patient_id)
    given = {"keyring": request.keyring, "patient_id": patient_id}
    found = tracks.of_patient(**given)
    standing = selectors.standing(**given)
    context = patient_context(request, patient_id, "prevention")
    card = context["card"]
    form = RiskForm(
        request.POST or None, known=found, standing=standing, age=card.age_years, sex=card.identity.sex
    )
    return _page(
        request, patient_id, context, form, "SCORE2, risque cardiovasculaire à dix ans", [formulas.SCORE2]
    )


def _page(
    request: Any, patient_id: int, context: dict[str, Any], form: Any, title: str, sources: list[str]
) -> HttpResponse:
    """``form.unfit``: why the formula does not apply to this patient; then there is nothing to fill."""
    status = 200
    results: list[Any] = []
    to_confirm: list[str] = []
    if request.method == "POST" and not form.unfit:
        status = 422
        sure = request.POST.get("confirm_unusual") == "1"
        if form.is_valid():
            to_confirm = form.unusual
            if sure or not to_confirm:
                status, results = 200, form.observations()
        if results and request.POST.get("note") == "1":
            try:
                _note(request, patient_id, results)
                messages.success(request, "Noté au dossier\u00a0: la valeur est aussi sur les courbes.")
                return redirect("record:trend", patient_id)
            except services.Refused as error:
                status = 422
                form.add_error(None, str(error))
    journal.record("record.viewed", subject_id=patient_id, details={"what": "formula"})
    context |= {"form": form, "title": title, "sources": sources, "results": results}
    context |= {"to_confirm": to_confirm, "sure": bool(results and to_confirm)}
    context["once"] = once.token(request, patient_id)
    return render(request, "record/formula.html", context, status=status)


def _note(request: Any, patient_id: int, results: list[Any]) -> None:
    first, *others = results
    once.add_once(
        keyring=request.keyring,
        author=request.person,
        patient_id=patient_id,
        entries=[
            services.NewEntry("observation", first, id=once.entry_id(request, patient_id)),
            *(services.NewEntry("observation", result) for result in others),
        ],
    )
