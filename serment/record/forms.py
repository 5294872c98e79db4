"""Forms of the record: one per kind that is added by hand, and the consultation with its measures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from pydantic import BaseModel

from serment.formats.units import MEASURES, TAKEN, is_unusual, parse_measure, pressure_problem
from serment.record.kinds.allergy import SEVERITIES, Allergy
from serment.record.kinds.consultation import GUIDANCE, TEXT, CodedProblem, Consultation
from serment.record.kinds.history import SIDES, History
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.problem import Problem
from serment.record.kinds.treatment import Treatment


def _line(label: str, length: int, **more: Any) -> forms.CharField:
    required = more.pop("required", False)
    return forms.CharField(
        label=label,
        min_length=2 if required else None,
        max_length=length,
        required=required,
        widget=forms.TextInput({"autocomplete": "off"}),
        **more,
    )


def _area(label: str, rows: int, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=TEXT,
        required=False,
        help_text=help_text,
        widget=forms.Textarea({"rows": rows, "data-grow": ""}),
    )


class ProblemForm(forms.Form):
    label = _line("Problème", 200, required=True)
    code = _line("Code CIM-10", 10)
    since = _line("Depuis", 40, help_text="année, mois ou date")
    status = forms.ChoiceField(label="État", choices=[("active", "actif"), ("resolved", "résolu")])
    note = _line("Précision", 500)

    def payload(self) -> BaseModel:
        return Problem(**self.cleaned_data)


class AllergyForm(forms.Form):
    substance = _line("Substance ou classe", 120, required=True)
    code = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    reaction = _line("Réaction", 200)
    severity = forms.ChoiceField(label="Gravité", required=False, choices=list(SEVERITIES.items()))
    certainty = forms.ChoiceField(
        label="Certitude", choices=[("confirmed", "confirmée"), ("suspected", "suspectée")]
    )

    def clean(self) -> dict[str, Any]:
        """A substance picked from the list (« code|name ») replaces what was half typed to find it."""
        data = super().clean() or {}
        code, bar, name = data.get("code", "").partition("|")
        data["code"] = code[:60]
        if bar and name:
            data["substance"] = name[:120]
        return data

    def payload(self) -> BaseModel:
        return Allergy(**self.cleaned_data)


class HistoryForm(forms.Form):
    side = forms.ChoiceField(label="Type", choices=list(SIDES.items()))
    text = _line("Antécédent", 300, required=True)
    when = _line("Date", 40)

    def payload(self) -> BaseModel:
        return History(**self.cleaned_data)


class TreatmentForm(forms.Form):
    label = _line("Traitement", 300, required=True)
    dosage = _line("Posologie", 300)
    status = forms.ChoiceField(label="État", choices=[("running", "en cours"), ("stopped", "arrêté")])
    reason = _line("Motif d’arrêt", 200)
    medicine = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def payload(self) -> BaseModel:
        return Treatment(**self.cleaned_data)


class MeasuresMixin(forms.Form):
    """Adds one field per measure; hard bounds refuse at the field, soft ones ask to confirm."""

    confirm_unusual = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in TAKEN:
            kind = MEASURES[code]
            self.fields[f"m_{code}"] = forms.CharField(
                label=f"{kind.label} ({kind.shown})",
                required=False,
                max_length=8,
                widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "data-measure": code}),
            )
        self.unusual: list[str] = []

    def measure_fields(self) -> list[Any]:
        return [self[f"m_{code}"] for code in TAKEN]

    def read_measures(self) -> dict[str, float]:
        """Values given; adds errors at the fields, and fills ``unusual``."""
        found: dict[str, float] = {}
        for code in TAKEN:
            text = str(self.cleaned_data.get(f"m_{code}") or "").strip()
            if not text:
                continue
            try:
                found[code] = parse_measure(code, text)
            except ValueError as error:
                self.add_error(f"m_{code}", str(error))
                continue
            if is_unusual(code, found[code]):
                self.unusual.append(f"{MEASURES[code].label} : {MEASURES[code].text(found[code])}")
        if {"systolic", "diastolic"} <= set(found):
            problem = pressure_problem(found["systolic"], found["diastolic"])
            if problem:
                self.add_error("m_diastolic", problem)
        return found


class MeasureForm(MeasuresMixin):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.values = self.read_measures()
        if not self.values and not self.errors:
            raise forms.ValidationError("Saisissez au moins une mesure.")
        return data

    def payload(self) -> BaseModel:
        return MeasureSet(values=self.values)


class ConsultationForm(MeasuresMixin):
    reason = _line("Motif", 300)
    history = _area("Histoire", 4, GUIDANCE)
    examination = _area("Examen", 4)
    conclusion = _area("Conclusion et conduite à tenir", 4)
    problems = forms.CharField(required=False, widget=forms.HiddenInput)
    keep_problems = forms.BooleanField(label="Ajouter aux problèmes du patient", required=False)

    def coded(self) -> list[CodedProblem]:
        """Problems ticked on the page: « code|label » values of ``problem``."""
        chosen = self.data.getlist("problem") if hasattr(self.data, "getlist") else []
        pairs = [value.split("|", 1) for value in chosen if "|" in value]
        return [CodedProblem(code=code[:10], label=label[:200]) for code, label in pairs][:8]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.values = self.read_measures()
        return data

    def consultation(self) -> Consultation:
        names = ("reason", "history", "examination", "conclusion")
        return Consultation(**{name: self.cleaned_data[name] for name in names}, problems=self.coded())


class CorrectionReason(forms.Form):
    why = _line("Pourquoi cette correction", 300, required=True)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ConsultationTextForm(forms.Form):
    """Correct a signed consultation."""

    reason = _line("Motif", 300)
    history = _area("Histoire", 4)
    examination = _area("Examen", 4)
    conclusion = _area("Conclusion et conduite à tenir", 4)

    def payload(self) -> BaseModel:
        return Consultation(**self.cleaned_data, problems=self.initial.get("problems", []))


ADDABLE = {
    "problem": ProblemForm,
    "allergy": AllergyForm,
    "history": HistoryForm,
    "treatment": TreatmentForm,
    "measure": MeasureForm,
}
CORRECTABLE = {**{k: f for k, f in ADDABLE.items() if k != "measure"}, "consultation": ConsultationTextForm}


def now_text() -> str:
    return timezone.now().isoformat()
