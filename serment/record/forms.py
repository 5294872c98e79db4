"""Forms of the record: one per kind that is added by hand, the corrections, and the consultation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from pydantic import BaseModel

from serment.catalogues import allergens, brands, codes
from serment.catalogues import cisp as primary_care
from serment.record import code_check, gestation, guards
from serment.record.asked_fields import AskedMixin, to_correct
from serment.record.form_of import form_of
from serment.record.forms_base import EntryForm, area_field, line_field
from serment.record.kinds.allergy import CERTAINTIES, SEVERITIES, Allergy
from serment.record.kinds.asked import PARTS
from serment.record.kinds.consultation import CodedProblem, Consultation
from serment.record.kinds.content import GUIDANCE
from serment.record.kinds.history import SIDES, History
from serment.record.kinds.measure import MeasureSet
from serment.record.kinds.note import Note
from serment.record.kinds.problem import STATES as PROBLEM_STATES
from serment.record.kinds.problem import Problem
from serment.record.kinds.screening import Screening
from serment.record.kinds.situation import Situation
from serment.record.kinds.treatment import STATES as TREATMENT_STATES
from serment.record.kinds.treatment import Treatment
from serment.record.lifestyle_form import LifestyleForm
from serment.record.measure_fields import MeasuresMixin
from serment.record.moment_form import MomentMixin
from serment.record.observation_form import ObservationForm
from serment.record.pregnancy_form import PregnancyForm
from serment.record.vaccination_form import VaccinationForm


def _day(label: str) -> forms.DateField:
    """A day that is not to come."""
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        validators=[_not_to_come],
    )


def _not_to_come(day: date) -> None:
    if day > timezone.localdate():
        raise forms.ValidationError("Cette date est à venir : vérifiez-la.")


class ProblemForm(EntryForm):
    picks = ("code", "label")
    written = ("since",)

    label = line_field("Problème", 200, required=True, min_length=2)
    code = line_field("Code CIM-10", 10)
    cisp = line_field("Code CISP-2", 80)
    since = line_field("Depuis", 40, help_text="année, mois ou date")
    status = forms.ChoiceField(label="État", choices=list(PROBLEM_STATES.items()))
    note = line_field("Précision", 500, help_text=GUIDANCE)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.listed = primary_care.is_listed()
        self.fields["cisp"].help_text = (
            "un mot ou un code de la liste"
            if self.listed
            else "à la main : la liste (droits Wonca) n’est pas fournie"
        )

    @property
    def cisp_picked(self) -> str:
        """The code ticked in the list, « code|label »."""
        return str(self.data.get("cisp_pick", "")) if self.is_bound and self.listed else ""

    @property
    def cisp_picked_label(self) -> str:
        return " ".join(filter(None, self.cisp_picked.partition("|")[::2]))

    def look_up(self, code: str, label: str) -> tuple[str, str] | None:
        return codes.diagnosis(code)

    def clean_code(self) -> str:
        kept = str(self.initial.get("code", ""))
        code, caution = ("", "") if self.picked else code_check.diagnosis(self.cleaned_data["code"], kept)
        self.asked += filter(None, [caution])
        return code

    def clean_cisp(self) -> str:
        typed = str(self.cleaned_data["cisp"]).strip()
        code = (self.cisp_picked.partition("|")[0] or typed).upper()
        self.cisp_label = ""
        if not code:
            return ""
        if not self.listed:
            if not primary_care.CODE.fullmatch(code):
                raise forms.ValidationError("Un code CISP-2 est une lettre et deux chiffres, comme K86.")
            return code
        known = primary_care.find(code)
        if known is not None:
            self.cisp_label = known.label
            return known.code
        if code == self.initial.get("cisp"):  # coded by hand, or with a list that has changed since
            self.cisp_label = str(self.initial.get("cisp_label", ""))
            return code
        raise forms.ValidationError(
            f"«\u00a0{typed or code}\u00a0» n’est pas un code de la liste CISP-2\u00a0: tapez un mot ou un début de "
            "code, puis choisissez dans la liste proposée, ou laissez vide."
        )

    def payload(self) -> BaseModel:
        return Problem(**self.cleaned_data, cisp_label=self.cisp_label)


class AllergyForm(EntryForm):
    picks = ("code", "substance")

    substance = line_field("Substance ou classe", 120, required=True, min_length=2)
    code = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    reaction = line_field("Réaction", 200)
    severity = forms.ChoiceField(label="Gravité", required=False, choices=list(SEVERITIES.items()))
    certainty = forms.ChoiceField(label="Certitude", choices=list(CERTAINTIES.items()))

    def look_up(self, code: str, label: str) -> tuple[str, str] | None:
        """A substance has its code; a class, a brand, or what is no medicine, its name only."""
        if code:
            return codes.substance(code, label)
        return ("", label) if allergens.is_listed(label) or brands.is_listed(label) else None

    def payload(self) -> BaseModel:
        return Allergy(**self.cleaned_data)


class HistoryForm(EntryForm):
    picks = ("code", "text")
    written = ("when",)

    side = forms.ChoiceField(
        label="Type",
        choices=list(SIDES.items()),
        initial="personal",
        help_text="dit dans quelle liste chercher : CIM-10 ou, pour une opération, CCAM",
    )
    text = line_field("Antécédent", 300, required=True, min_length=2, help_text=GUIDANCE)
    when = line_field("Date", 40, help_text="année, mois ou date")
    relative = line_field("Qui, dans la famille", 60, help_text="pour un antécédent familial")
    code = line_field("Code (CIM-10 ou CCAM)", 13)

    def look_up(self, code: str, label: str) -> tuple[str, str] | None:
        return codes.act(code) if code_check.CCAM.fullmatch(code) else codes.diagnosis(code)

    def clean_code(self) -> str:
        surgical, kept = self.cleaned_data.get("side") == "surgical", str(self.initial.get("code", ""))
        typed = "" if self.picked else self.cleaned_data["code"]
        code, caution = code_check.of_history(typed, surgical, kept)
        self.asked += filter(None, [caution])
        return code

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("side") == "family":  # a grandmother's illness is older than the patient
            self.before_birth = ("when",)
        return super().clean()

    def payload(self) -> BaseModel:
        return History(**self.cleaned_data)


class TreatmentForm(EntryForm):
    picks = ("medicine", "label")

    label = line_field("Traitement", 300, required=True, min_length=2)
    medicine = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    dosage = line_field("Posologie", 300)
    since = _day("Depuis le")
    status = forms.ChoiceField(label="État", choices=list(TREATMENT_STATES.items()))
    until = _day("Arrêté le")
    reason = line_field("Motif d’arrêt", 200)

    def look_up(self, code: str, label: str) -> tuple[str, str] | None:
        return codes.medicine(code)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", "L’arrêt précède le début : vérifiez les deux dates.")
        elif until and data.get("status") == "running":
            self.add_error("status", "Une date d’arrêt est donnée : choisissez « arrêté », ou retirez-la.")
        return data

    def payload(self) -> BaseModel:
        return Treatment(**self.cleaned_data)


class NoteForm(MomentMixin, EntryForm):
    when_label = "Date de la note"

    subject = line_field("Objet", 120)
    text = area_field("Note", 4, GUIDANCE, 2000, required=True, min_length=2)

    def payload(self) -> BaseModel:
        return Note(subject=self.cleaned_data["subject"], text=self.cleaned_data["text"])


class MeasureForm(MeasuresMixin, MomentMixin):
    when_label = "Date des mesures"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.values = self.read_measures()
        if not self.values and not self.errors:
            raise forms.ValidationError("Saisissez au moins une mesure.")
        return data

    def payload(self) -> BaseModel:
        return MeasureSet(values=self.values)


class ConsultationTextForm(AskedMixin, MomentMixin):
    """What is said in a consultation: its texts, the fields of its template, and when it took place."""

    when_label = "Date de la séance"

    reason = line_field("Motif", 300)
    history = area_field("Histoire", 4, GUIDANCE)
    examination = area_field("Examen", 4)
    conclusion = area_field("Conclusion et conduite à tenir", 4)

    def texts(self) -> dict[str, str]:
        names = ("reason", "history", "examination", "conclusion")
        return {name: str(self.cleaned_data.get(name) or "") for name in names}

    @property
    def cautions(self) -> list[str]:
        texts = [(str(self[name].label), text) for name, text in self.texts().items()]
        return guards.cautions([*texts, *self.answered_texts()])


class CodedMixin(forms.Form):
    """Problems ticked on the page, « code|label » values of ``problem``, as the list has them once checked."""

    kept_problems: Iterable[CodedProblem] = ()

    def coded(self) -> list[CodedProblem]:
        return getattr(self, "_coded", None) or coded_problems(self._ticked())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._check_coded()
        return data

    def _check_coded(self) -> None:
        """Each code has the label of its list; one that the whole list does not have is refused, but one kept."""
        chosen = coded_problems(self._ticked())
        known = codes.diagnoses(problem.code for problem in chosen)
        there = {problem.code: problem for problem in self.kept_problems}
        unknown = [problem.code for problem in chosen if problem.code not in {**known, **there}]
        if unknown and codes.is_imported("cim10"):
            self.add_error(None, f"Code inconnu de la liste CIM-10\u00a0: {', '.join(unknown)}. Décochez-le.")
        self._coded = [
            there.get(problem.code)
            or CodedProblem(code=problem.code, label=known.get(problem.code, problem.label)[:200])
            for problem in chosen
        ]

    def _ticked(self) -> list[str]:
        return self.data.getlist("problem") if hasattr(self.data, "getlist") else []


class CorrectionForm(CodedMixin, ConsultationTextForm):
    """A signed consultation as it is corrected: its texts, its problems, the fields of its template once answered.

    A page that did not show the problems (no ``coded`` among what it sends) leaves them as they were.
    """

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        asked, typed = to_correct(Consultation.model_validate(initial).answers)
        super().__init__(data, asked=asked, initial={**initial, **typed})
        self.kept_problems = [CodedProblem.model_validate(problem) for problem in initial.get("problems", ())]
        order = ["reason"]
        for part in PARTS:
            order += [*(bound.name for bound in self.bound_of(part)), part]
        self.order_fields(order)

    def coded(self) -> list[CodedProblem]:
        return super().coded() if self.is_bound and "coded" in self.data else list(self.kept_problems)

    def payload(self) -> BaseModel:
        return Consultation(**self.texts(), problems=self.coded(), answers=self.answers())


class ConsultationForm(CodedMixin, MeasuresMixin, ConsultationTextForm):
    keep_problems = forms.BooleanField(label="Ajouter aux problèmes du patient", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.values = self.read_measures()
        return data

    def consultation(self) -> Consultation:
        return Consultation(**self.texts(), problems=self.coded(), answers=self.answers())


def coded_problems(chosen: list[str]) -> list[CodedProblem]:
    """« code|label » values, each once, eight at most."""
    pairs = dict(value.split("|", 1) for value in chosen if "|" in value)
    return [CodedProblem(code=code[:10], label=label[:200]) for code, label in pairs.items()][:8]


class CorrectionReason(forms.Form):
    why = line_field("Pourquoi cette correction", 300, required=True)
    version = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def cautions(self) -> list[str]:
        return guards.cautions([(str(self["why"].label), str(self.cleaned_data.get("why") or ""))])


ADDABLE: dict[str, type[Any]] = {
    "problem": ProblemForm,
    "allergy": AllergyForm,
    "history": HistoryForm,
    "treatment": TreatmentForm,
    "measure": MeasureForm,
    "observation": ObservationForm,
    "note": NoteForm,
    "pregnancy": PregnancyForm,
    "vaccination": VaccinationForm,
    "screening": form_of(
        Screening,
        past=("done_on",),
        follows=(("done_on", "next_on", "Le prochain vient après celui-ci\u00a0: vérifiez les deux dates."),),
    ),
    "situation": form_of(Situation, some=("family", "work", "exposure")),
    "lifestyle": LifestyleForm,
}
FIRST = ("problem", "allergy", "treatment", "measure")
"""Offered at once on the record's page; the others are one gesture further."""
MORE = tuple(code for code in ADDABLE if code not in FIRST)


def more_for(sex: str) -> tuple[str, ...]:
    """`MORE`, as it is offered to this patient."""
    return tuple(code for code in MORE if code != "pregnancy" or gestation.is_offered(sex))


CORRECTABLE = {**ADDABLE, "consultation": CorrectionForm}
"""A test, a result and a document are as they were made: marked in error, and made again."""
