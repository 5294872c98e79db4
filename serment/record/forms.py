"""Forms of the record: one per kind that is added by hand, the corrections, and the consultation."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from pydantic import BaseModel

from serment.record import guards
from serment.record.form_of import form_of
from serment.record.kinds.allergy import CERTAINTIES, SEVERITIES, Allergy
from serment.record.kinds.consultation import TEXT, CodedProblem, Consultation
from serment.record.kinds.content import GUIDANCE
from serment.record.kinds.history import SIDES, History
from serment.record.kinds.lifestyle import Lifestyle
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.note import Note
from serment.record.kinds.problem import STATES as PROBLEM_STATES
from serment.record.kinds.problem import Problem
from serment.record.kinds.situation import Situation
from serment.record.kinds.treatment import STATES as TREATMENT_STATES
from serment.record.kinds.treatment import Treatment
from serment.record.kinds.vaccination import Vaccination
from serment.record.measure_fields import MeasuresMixin

_CIM10 = re.compile(r"[A-Z][0-9]{2}(?:\.?[0-9A-Z+*]{1,4})?")


def _line(label: str, length: int, **more: Any) -> forms.CharField:
    required = more.pop("required", False)
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        widget=forms.TextInput({"autocomplete": "off"}),
        **more,
    )


def _area(label: str, rows: int, help_text: str = "", length: int = TEXT, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        required=more.pop("required", False),
        help_text=help_text,
        widget=forms.Textarea({"rows": rows, "data-grow": ""}),
        **more,
    )


class EntryForm(forms.Form):
    """Base of the quick additions. ``cautions``: what to confirm before it is written.

    ``picked`` is the choice ticked in a list of the catalogue, « code|label », put in the fields that ``picks`` names.
    """

    picks: tuple[str, str] | None = None
    cautions: list[str] = []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.picks:
            self._take_pick(data, *self.picks)
        shown = [(str(self[n].label), v) for n, v in data.items() if isinstance(v, str) and n in self.fields]
        self.cautions = guards.cautions(shown)
        return data

    @property
    def picked(self) -> str:
        return str(self.data.get("pick", "")) if self.is_bound and self.picks else ""

    @property
    def picked_label(self) -> str:
        return self.picked.partition("|")[2]

    def _take_pick(self, data: dict[str, Any], code_name: str, label_name: str) -> None:
        code, _, label = self.picked.partition("|")
        if code and label:
            data[code_name] = code[: self.fields[code_name].max_length]
            data[label_name] = label[: self.fields[label_name].max_length]
            self.errors.pop(label_name, None)
        elif self.fields[code_name].widget.is_hidden and data.get(label_name) != self.initial.get(label_name):
            # Typed by hand: the code that went with another text is no longer its own.
            data[code_name] = ""


class ProblemForm(EntryForm):
    picks = ("code", "label")

    label = _line("Problème", 200, required=True, min_length=2)
    code = _line("Code CIM-10", 10)
    since = _line("Depuis", 40, help_text="année, mois ou date")
    status = forms.ChoiceField(label="État", choices=list(PROBLEM_STATES.items()))
    note = _line("Précision", 500, help_text=GUIDANCE)

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip().upper()
        if code and not _CIM10.fullmatch(code):
            raise forms.ValidationError("Un code CIM-10 commence par une lettre et deux chiffres, comme I10.")
        return code

    def payload(self) -> BaseModel:
        return Problem(**self.cleaned_data)


class AllergyForm(EntryForm):
    picks = ("code", "substance")

    substance = _line("Substance ou classe", 120, required=True, min_length=2)
    code = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    reaction = _line("Réaction", 200)
    severity = forms.ChoiceField(label="Gravité", required=False, choices=list(SEVERITIES.items()))
    certainty = forms.ChoiceField(label="Certitude", choices=list(CERTAINTIES.items()))

    def payload(self) -> BaseModel:
        return Allergy(**self.cleaned_data)


class HistoryForm(EntryForm):
    text = _line("Antécédent", 300, required=True, min_length=2, help_text=GUIDANCE)
    side = forms.ChoiceField(label="Type", choices=list(SIDES.items()))
    when = _line("Date", 40)

    def payload(self) -> BaseModel:
        return History(**self.cleaned_data)


class TreatmentForm(EntryForm):
    picks = ("medicine", "label")

    label = _line("Traitement", 300, required=True, min_length=2)
    medicine = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    dosage = _line("Posologie", 300)
    status = forms.ChoiceField(label="État", choices=list(TREATMENT_STATES.items()))
    reason = _line("Motif d’arrêt", 200)

    def payload(self) -> BaseModel:
        return Treatment(**self.cleaned_data)


class NoteForm(EntryForm):
    subject = _line("Objet", 120)
    text = _area("Note", 4, GUIDANCE, 2000, required=True, min_length=2)

    def payload(self) -> BaseModel:
        return Note(**self.cleaned_data)


class MeasureForm(MeasuresMixin):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.values = self.read_measures()
        if not self.values and not self.errors:
            raise forms.ValidationError("Saisissez au moins une mesure.")
        return data

    def payload(self) -> BaseModel:
        return MeasureSet(values=self.values)


class ConsultationTextForm(forms.Form):
    """The text of a consultation: as it is written, and as it is corrected."""

    reason = _line("Motif", 300)
    history = _area("Histoire", 4, GUIDANCE)
    examination = _area("Examen", 4)
    conclusion = _area("Conclusion et conduite à tenir", 4)

    def texts(self) -> dict[str, str]:
        names = ("reason", "history", "examination", "conclusion")
        return {name: str(self.cleaned_data.get(name) or "") for name in names}

    @property
    def cautions(self) -> list[str]:
        return guards.cautions((str(self[name].label), text) for name, text in self.texts().items())

    def payload(self) -> BaseModel:
        return Consultation(**self.texts(), problems=self.initial.get("problems", []))


class ConsultationForm(MeasuresMixin, ConsultationTextForm):
    keep_problems = forms.BooleanField(label="Ajouter aux problèmes du patient", required=False)

    def coded(self) -> list[CodedProblem]:
        """Problems ticked on the page: « code|label » values of ``problem``."""
        return coded_problems(self.data.getlist("problem") if hasattr(self.data, "getlist") else [])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.values = self.read_measures()
        return data

    def consultation(self) -> Consultation:
        return Consultation(**self.texts(), problems=self.coded())


def coded_problems(chosen: list[str]) -> list[CodedProblem]:
    """« code|label » values, each once, eight at most."""
    pairs = dict(value.split("|", 1) for value in chosen if "|" in value)
    return [CodedProblem(code=code[:10], label=label[:200]) for code, label in pairs.items()][:8]


class CorrectionReason(forms.Form):
    why = _line("Pourquoi cette correction", 300, required=True)
    version = forms.IntegerField(widget=forms.HiddenInput)


ADDABLE: dict[str, type[Any]] = {
    "problem": ProblemForm,
    "allergy": AllergyForm,
    "history": HistoryForm,
    "treatment": TreatmentForm,
    "measure": MeasureForm,
    "note": NoteForm,
    "vaccination": form_of(Vaccination, past=("given_on",)),
    "situation": form_of(Situation),
    "lifestyle": form_of(Lifestyle),
}
FIRST = ("problem", "allergy", "treatment", "measure")
"""Offered at once on the record's page; the others are one gesture further."""
CORRECTABLE = {**ADDABLE, "consultation": ConsultationTextForm}
