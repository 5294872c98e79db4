"""One field per measure: hard bounds refuse at the field, soft ones ask to confirm (R5.7)."""

from __future__ import annotations

from typing import Any

from django import forms

from serment.formats.units import (
    MEASURES,
    TAKEN,
    bmi,
    height_meant,
    is_unusual,
    parse_measure,
    pressure_meant,
    pressure_problem,
    split_pressure,
    temperature_written,
)

PREFIX = "m_"
NAMES = tuple(f"{PREFIX}{code}" for code in TAKEN)


USUAL = ("weight", "height", "systolic", "diastolic", "temperature", "heart_rate", "spo2")
OF_A_CHILD = ("weight", "height", "head", "temperature")
OF_A_PREGNANCY = ("weight", "systolic", "diastolic", "fundal_height", "fetal_heart_rate")
OF_A_PREGNANCY_ONLY = ("fundal_height", "fetal_heart_rate")
HEAD_UNTIL = 5


def shown_first(age_years: int, pregnant: bool, wanted: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Codes shown at once: those that a model wants, else those of the age and the state."""
    if wanted:
        return wanted
    if pregnant:
        return OF_A_PREGNANCY
    return OF_A_CHILD if age_years < HEAD_UNTIL else USUAL


def wanted_in(text: str) -> tuple[str, ...]:
    """The measures that a page was asked to show first, as it carries them: « weight,systolic »."""
    return tuple(code for code in text.split(",") if code in TAKEN)


class MeasuresMixin(forms.Form):
    """Adds the fields ``m_weight``, ``m_height``… ``unusual`` is filled by `read_measures`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in TAKEN:
            kind = MEASURES[code]
            self.fields[f"{PREFIX}{code}"] = forms.CharField(
                label=f"{kind.label} ({kind.shown})",
                required=False,
                max_length=16,
                widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "data-measure": code}),
            )
        self.unusual: list[str] = []

    def measure_fields(self) -> list[tuple[str, Any]]:
        """(code, bound field)"""
        return [(code, self[f"{PREFIX}{code}"]) for code in TAKEN]

    def without_pregnancy(self) -> None:
        """The measures of a pregnancy are not asked for."""
        for code in OF_A_PREGNANCY_ONLY:
            self.fields.pop(f"{PREFIX}{code}", None)

    def is_filled(self, code: str) -> bool:
        """Whether a value was typed, or is wrong."""
        name = f"{PREFIX}{code}"
        return bool(self[name].value() or self.errors.get(name))

    def read_measures(self) -> dict[str, float]:
        """Values given; adds errors at the fields, and fills ``unusual``."""
        found: dict[str, float] = {}
        self.unusual = []
        typed = self._as_meant(
            {code: str(self.cleaned_data.get(f"{PREFIX}{code}") or "").strip() for code in TAKEN}
        )
        for code, text in typed.items():
            if not text or self.errors.get(f"{PREFIX}{code}"):
                continue
            try:
                found[code] = parse_measure(code, text)
            except ValueError as error:
                self.add_error(f"{PREFIX}{code}", str(error))
                continue
            if is_unusual(code, found[code]):
                self.unusual.append(f"{MEASURES[code].label}\u00a0: {MEASURES[code].text(found[code])}")
        if {"systolic", "diastolic"} <= set(found):
            problem = pressure_problem(found["systolic"], found["diastolic"])
            if problem:
                self.add_error(f"{PREFIX}diastolic", problem)
        if {"weight", "height"} <= set(found):
            self._check_bmi(found)
        return found

    def _as_meant(self, typed: dict[str, str]) -> dict[str, str]:
        """As people write: « 140/90 » is two pressures; « 14/9 », « 1m75 » are read and asked about."""
        high, low = typed["systolic"], typed["diastolic"]
        try:
            high, low = split_pressure(high, low)
        except ValueError as error:
            self.add_error(f"{PREFIX}systolic", str(error))
        meant = pressure_meant(high, low)
        if all(meant):
            self.unusual.append(
                f"Tension\u00a0: «\u00a0{high}/{low}\u00a0» lu {meant[0]}/{meant[1]}\u00a0mmHg"
            )
            high, low = meant
        height = height_meant(typed["height"])
        if height:
            self.unusual.append(f"Taille\u00a0: «\u00a0{typed['height']}\u00a0» lu {height}\u00a0cm")
        return {
            **typed,
            "systolic": high,
            "diastolic": low,
            "height": height or typed["height"],
            "temperature": temperature_written(typed["temperature"]),
        }

    def _check_bmi(self, found: dict[str, float]) -> None:
        """A weight and a height that are each possible may not be so together."""
        value, kind = bmi(found["weight"], found["height"]), MEASURES["bmi"]
        if not kind.hard[0] <= value <= kind.hard[1]:
            self.add_error(
                f"{PREFIX}height",
                f"Ce poids et cette taille donnent un IMC de {kind.text(value)}\u00a0: vérifiez les deux.",
            )
        elif is_unusual("bmi", value):
            self.unusual.append(f"{kind.label}\u00a0: {kind.text(value)}")


class MeasureHints(MeasuresMixin):
    """What can be said of the measures while they are typed."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.values = self.read_measures()
        return data

    def phrases(self) -> list[str]:
        """BMI, then what is impossible, then what is unusual."""
        self.is_valid()
        found = []
        if {"weight", "height"} <= set(self.values) and not self.errors.get(f"{PREFIX}height"):
            value = bmi(self.values["weight"], self.values["height"])
            found.append(f"IMC\u00a0: {MEASURES['bmi'].text(value)}")
        found += [str(phrase) for phrases in self.errors.values() for phrase in phrases]
        return found + [f"À vérifier – {text}" for text in self.unusual if not text.startswith("IMC")]
