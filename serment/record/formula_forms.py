"""The forms of the formulas, filled from the record's last values; what they give is observations to note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from serment.formats.text import number_text
from serment.record import formulas
from serment.record.kinds.observation import Observation
from serment.record.observation_form import number_field
from serment.record.tracks import Tracks

CREATININE = ("14682-9", "2160-0")
MMOL = {"g/L": formulas.MMOL_PER_G_CHOLESTEROL, "mmol/L": 1.0}
UMOL = {"µmol/L": 1.0, "mg/L": formulas.UMOL_PER_MG_DL / 10, "mg/dL": formulas.UMOL_PER_MG_DL}


USUAL_CREATININE_UMOL = (30.0, 500.0)
USUAL_CHOLESTEROL_MMOL, USUAL_HDL_MMOL = (3.0, 10.0), (0.6, 2.8)
"""Out of these a wrong unit is likelier than the value: asked to confirm, never refused (Serment's own bounds)."""


class _Formula(forms.Form):
    """``unfit``: why the formula is not for this patient, empty when it is. ``hints``: where a value comes from.

    ``unusual``: what a valid form asks to confirm before it computes.
    """

    unfit = ""

    def __init__(self, data: Any, *, known: Tracks, age: int, sex: str, **more: Any) -> None:
        self.known, self.age, self.sex = known, age, sex
        self.hints: dict[str, str] = {}
        self.unusual: list[str] = []
        super().__init__(data, initial=self.first(**more))

    def first(self) -> dict[str, Any]:
        raise NotImplementedError

    def ask_if_odd(self, name: str, factor: float, usual: tuple[float, float]) -> None:
        """Asks to confirm a value whose unit seems wrong; ``factor`` brings it to the unit of ``usual``."""
        value = self.cleaned_data.get(name)
        if value is not None and not usual[0] <= value * factor <= usual[1]:
            unit = self.cleaned_data["unit"]
            self.unusual.append(
                f"{self.fields[name].label}\u00a0: {number_text(value)}\u00a0{unit}, l’unité est-elle la bonne\u00a0?"
            )

    def last(self, *codes: str, units: tuple[str, ...] = ()) -> tuple[float, str, str] | None:
        """(value, unit, « du 12/03/2026 ») of the newest value in one of these units (any, when none is named)."""
        found = [
            (*track.points[-1], track)
            for track in self.known.all
            if track.key[0] in codes and track.points and (not units or track.unit in units)
        ]
        if not found:
            return None
        when, value, track = max(found, key=lambda item: item[0])
        return value, track.unit, f"du {timezone.localtime(when):%d/%m/%Y}"


def _bounded(label: str, low: float, high: float, **more: Any) -> forms.FloatField:
    return number_field(label, min_value=low, max_value=high, **more)


class KidneyForm(_Formula):
    creatinine = _bounded("Créatinine", 0.1, 3000)
    unit = forms.ChoiceField(label="Unité de la créatinine", choices=[(u, u) for u in UMOL])
    weight = _bounded("Poids (kg)", 20, 300)

    def first(self) -> dict[str, Any]:
        if self.age < 18:
            self.unfit = "Ces formules sont pour l’adulte : avant 18 ans, elles ne sont pas calculées ici."
        elif self.sex not in "FM":
            self.unfit = "Ces formules demandent le sexe, que la fiche d’identité ne donne pas."
        initial: dict[str, Any] = {}
        creatinine, weight = self.last(*CREATININE, units=tuple(UMOL)), self.last("weight")
        if creatinine:
            initial |= {"creatinine": creatinine[0], "unit": creatinine[1]}
            self.hints["creatinine"] = f"dernière valeur, {creatinine[2]}"
        if weight:
            initial["weight"] = weight[0]
            self.hints["weight"] = f"dernière valeur, {weight[2]}"
        return initial

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("unit"):
            self.ask_if_odd("creatinine", UMOL[data["unit"]], USUAL_CREATININE_UMOL)
        return data

    def converted(self) -> str:
        """« créatinine 1,2 mg/dL, soit 106 µmol/L »: as typed, and as the formulas take it."""
        value, unit = self.cleaned_data["creatinine"], self.cleaned_data["unit"]
        said = f"créatinine {number_text(value)} {unit}"
        return said if UMOL[unit] == 1 else f"{said}, soit {value * UMOL[unit]:.0f} µmol/L"

    def observations(self) -> list[Observation]:
        given = self.cleaned_data
        micromol = given["creatinine"] * UMOL[given["unit"]]
        by = {"age": self.age, "creatinine_umol": micromol, "sex": self.sex}
        old, new = formulas.ckd_epi_2009(**by), formulas.ckd_epi_2021(**by)
        clearance = formulas.cockcroft(**by, weight_kg=given["weight"])
        from_what = f"{self.converted()}, {number_text(given['weight'])} kg, {self.age} ans"
        made = [
            Observation(
                label="Clairance de la créatinine (Cockcroft)",
                loinc="35591-7",
                value=clearance,
                unit="mL/min",
                reading=from_what,
                method=formulas.COCKCROFT,
            ),
            Observation(
                label="Débit de filtration (CKD-EPI 2021)",
                loinc="98979-8",
                value=new,
                unit="mL/min/1,73 m²",
                reading=f"{formulas.ckd_stage(new)} si cela dure trois mois ; {from_what}",
                method=formulas.CKD_2021,
            ),
            Observation(
                label="Débit de filtration (CKD-EPI 2009)",
                code="ckd-epi-2009",
                value=old,
                unit="mL/min/1,73 m²",
                reading=f"{formulas.ckd_stage(old)} si cela dure trois mois ; {from_what}",
                method=formulas.CKD_2009,
            ),
        ]
        return made


def _smokes(standing: Any) -> str:
    """ "yes" or "no" as the habits of life say, empty where they do not."""
    tobacco = next((item.content.tobacco for item in standing.others if item.kind.code == "lifestyle"), "")
    return "" if not tobacco else "yes" if tobacco == "current" else "no"


class RiskForm(_Formula):
    systolic = _bounded("Tension systolique (mmHg)", 80, 250)
    cholesterol = _bounded("Cholestérol total", 0.5, 15)
    hdl = _bounded("Cholestérol HDL", 0.1, 5)
    unit = forms.ChoiceField(label="Unité du cholestérol", choices=[(u, u) for u in MMOL])
    smoker = forms.ChoiceField(label="Fume", choices=[("", "—"), ("no", "non"), ("yes", "oui")])

    def first(self, standing: Any = None) -> dict[str, Any]:
        low, high = formulas.SCORE2_AGES
        if not low <= self.age <= high:
            self.unfit = f"SCORE2 est pour les personnes de {low} à {high} ans ; SCORE2-OP n’est pas fourni."
        elif self.sex not in "FM":
            self.unfit = "SCORE2 demande le sexe, que la fiche d’identité ne donne pas."
        elif standing and any(
            item.content.code.startswith(("E10", "E11", "I2", "I6")) for item in standing.problems
        ):
            self.unfit = "SCORE2 n’est pas pour qui a un diabète ou une maladie cardiovasculaire déjà connue."
        initial: dict[str, Any] = {}
        pressure = self.last("systolic")
        total = self.last("2093-3", units=tuple(MMOL))
        hdl = self.last("2085-9", units=(total[1],)) if total else None
        if pressure:
            initial["systolic"] = pressure[0]
            self.hints["systolic"] = f"dernière valeur, {pressure[2]}"
        if total:
            initial |= {"cholesterol": total[0], "unit": total[1]}
            self.hints["cholesterol"] = f"dernière valeur, {total[2]}"
        if hdl:
            initial["hdl"] = hdl[0]
            self.hints["hdl"] = f"dernière valeur, {hdl[2]}"
        if standing and (smokes := _smokes(standing)):
            initial["smoker"] = smokes
        return initial

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("cholesterol") and data.get("hdl") and data["hdl"] >= data["cholesterol"]:
            self.add_error("hdl", "Le HDL est une part du cholestérol total\u00a0: vérifiez les deux.")
        elif data.get("unit"):
            self.ask_if_odd("cholesterol", MMOL[data["unit"]], USUAL_CHOLESTEROL_MMOL)
            self.ask_if_odd("hdl", MMOL[data["unit"]], USUAL_HDL_MMOL)
        return data

    def observations(self) -> list[Observation]:
        given = self.cleaned_data
        factor = MMOL[given["unit"]]
        risk = formulas.score2(
            age=self.age,
            sex=self.sex,
            smoker=given["smoker"] == "yes",
            systolic=given["systolic"],
            cholesterol_mmol=given["cholesterol"] * factor,
            hdl_mmol=given["hdl"] * factor,
        )
        from_what = (
            f"{self.age} ans, {'fume' if given['smoker'] == 'yes' else 'ne fume pas'}, "
            f"{number_text(given['systolic'])} mmHg, total {number_text(given['cholesterol'])} "
            f"et HDL {number_text(given['hdl'])} {given['unit']}"
        )
        return [
            Observation(
                label="SCORE2 (risque cardiovasculaire à dix ans)",
                code="score2",
                value=risk,
                unit="%",
                reading=f"risque {formulas.score2_band(self.age, risk)} ; {from_what}"[:200],
                method=formulas.SCORE2,
            )
        ]
