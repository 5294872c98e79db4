"""Tests answered with the patient, and the tests that the practice defines."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from serment.access.rules import requires
from serment.formats.text import is_digits
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import guards, once, perms, questionnaires, scores, services
from serment.record.forms_base import EntryForm, line_field
from serment.record.kinds.content import GUIDANCE
from serment.record.models import Questionnaire
from serment.record.moment_form import MomentMixin
from serment.record.views.writing import born


class NoteForm(MomentMixin, EntryForm):
    """What is said beside the answers, and the day of the test."""

    when_label = "Date du test"

    note = line_field("Précision", 300, help_text=GUIDANCE)


@requires("record.write")
@require_http_methods(["GET", "POST"])
def score(request: Any, patient_id: int, code: str) -> HttpResponse:
    """One test, item by item; the total is computed here."""
    perms.patient_or_404(patient_id)
    services.patient_keys(request.keyring, patient_id)
    definition = questionnaires.find(code)
    if definition is None:
        raise Http404
    error, status = "", 200
    form = NoteForm(request.POST or None)
    to_confirm: list[str] = []
    answers = [request.POST.get(f"item-{place}", "") for place in range(len(definition.items))]
    if request.method == "POST":
        status = 422
        form.born = born(request, patient_id)
        try:
            if not form.is_valid():
                raise ValueError(" ".join(phrase for phrases in form.errors.values() for phrase in phrases))
            payload = definition.read(_points(answers), form.cleaned_data["note"])
            to_confirm = form.cautions
            if not to_confirm or request.POST.get("confirm_unusual") == "1":
                pk = once.entry_id(request, patient_id)
                once.add_once(
                    keyring=request.keyring,
                    author=request.person,
                    patient_id=patient_id,
                    entries=[services.NewEntry("score", payload, id=pk)],
                    occurred_at=form.moment(),
                )
                messages.success(request, "Test gardé au dossier.")
                if payload.attention:
                    messages.warning(request, payload.attention)
                return redirect("record:tests", patient_id)
        except ValueError as refused:
            error = str(refused)
    context = patient_context(request, patient_id, "prevention") | {
        "definition": definition,
        "items": [(place, item, answers[place]) for place, item in enumerate(definition.items)],
        "error": error,
        "form": form,
        "to_confirm": to_confirm,
        "once": once.token(request, patient_id),
    }
    journal.record("record.viewed", subject_id=patient_id, details={"what": "score"})
    return render(request, "record/score.html", context, status=status)


def _points(answers: list[str]) -> list[int]:
    if any(not is_digits(answer.removeprefix("-")) or len(answer) > 4 for answer in answers):
        raise ValueError("Répondez à chaque item.")
    return [int(answer) for answer in answers]


class QuestionnaireForm(forms.ModelForm):
    class Meta:
        model = Questionnaire
        fields = ("title", "source", "items", "bands")
        widgets = {"items": forms.Textarea({"rows": 10}), "bands": forms.Textarea({"rows": 4})}
        help_texts = {
            "source": "l’outil d’origine, sa référence, le droit de s’en servir",
            "items": "un par ligne : « orientation dans le temps | 5 » (points au plus), ou "
            "« marche seul | 0 non ; 1 avec aide ; 2 oui »",
            "bands": "une par ligne : « 24 : normal » (à partir de ce total)",
        }

    @property
    def cautions(self) -> list[str]:
        """A test is nobody's: no number of a person, no word that the practice does not write."""
        texts = [(str(self[name].label), str(self.cleaned_data.get(name) or "")) for name in self.fields]
        return guards.cautions(texts)

    def clean_items(self) -> str:
        return _checked(self.cleaned_data["items"], scores.parse_items)

    def clean_bands(self) -> str:
        return _checked(self.cleaned_data["bands"], scores.parse_bands)


def _checked(text: str, parse: Any) -> str:
    try:
        parse(text)
    except scores.BadDefinition as error:
        raise forms.ValidationError(str(error)) from None
    return text


@requires("record.write")
@require_http_methods(["GET", "POST"])
def practice_tests(request: Any, code: str = "") -> HttpResponse:
    """The practice's own tests; ``code`` names the one to change. Answers given before keep their own items."""
    row = questionnaires.row_of(code) if code else None
    if code and row is None:
        raise Http404
    form, status = QuestionnaireForm(request.POST or None, instance=row), 200
    to_confirm: list[str] = []
    if request.method == "POST" and request.POST.get("retire") == "1" and row is not None:
        questionnaires.retire(author=request.person, row=row)
        messages.success(request, "Test retiré. Les réponses déjà au dossier restent.")
        return redirect("record:questionnaires")
    if request.method == "POST":
        status = 422
        to_confirm = form.cautions if form.is_valid() else []
        if form.is_valid() and (not to_confirm or request.POST.get("confirm_unusual") == "1"):
            try:
                questionnaires.keep(author=request.person, row=row, **form.cleaned_data)
                messages.success(request, "Test gardé\u00a0: il est proposé dans l’onglet Prévention.")
                return redirect("record:questionnaires")
            except scores.BadDefinition as error:
                form.add_error("title", str(error))
    context: dict[str, Any] = {
        "form": form,
        "row": row,
        "own": [d for d in questionnaires.offered() if d.own],
    }
    context["to_confirm"] = to_confirm
    return render(request, "record/questionnaires.html", context, status=status)
