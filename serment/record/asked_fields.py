"""The fields of a template as inputs of a consultation, and as they are corrected. Nothing is mandatory."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.forms import BoundField
from pydantic import TypeAdapter, ValidationError

from serment.formats.text import NBSP, number_input, number_text, plain_spaces
from serment.record.kinds.asked import LONG, MOST_FIELDS, PARTS, SHORT, YES_NO, Answer, AskedField, Part

PREFIX = "a_"
NONE = "non précisé"
RADIO_CHOICES, RADIO_WIDTH = 5, 60
_LIST = TypeAdapter(list[AskedField])
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:[.,][0-9]{1,4})?")


def dumped(fields: Iterable[AskedField]) -> str:
    """The fields as the page carries them, so that a draft keeps its own whatever becomes of the template."""
    return _LIST.dump_json(list(fields), exclude_defaults=True).decode()


def loaded(text: str) -> list[AskedField]:
    """What `dumped` wrote. Raises ValidationError, a ValueError."""
    return _LIST.validate_json(text)[:MOST_FIELDS] if text else []


class NumberField(forms.CharField):
    """A number typed with a comma or a point, its unit too; ``clean`` gives a float, or None."""

    def __init__(self, asked: AskedField) -> None:
        self.asked = asked
        super().__init__(
            label=f"{asked.label} ({asked.unit_text})" if asked.unit else asked.label,
            required=False,
            max_length=30,
            help_text=asked.help,
            widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        )

    def clean(self, value: Any) -> float | None:
        typed = plain_spaces(super().clean(value))
        unit = self.asked.unit_text
        if unit and typed.casefold().endswith(unit.casefold()):
            typed = typed[: -len(unit)].rstrip()
        if not typed:
            return None
        number = float(typed.replace(",", ".")) if _NUMBER.fullmatch(typed) else None
        low, high = self.asked.low, self.asked.high
        if number is None or (low is not None and number < low) or (high is not None and number > high):
            raise forms.ValidationError(self._wanted())
        return number

    def _wanted(self) -> str:
        low, high = self.asked.low, self.asked.high
        unit = f"{NBSP}{self.asked.unit_text}" if self.asked.unit else ""
        if low is not None and high is not None:
            return f"Saisissez un nombre entre {number_text(low)} et {number_text(high)}{unit}."
        if low is not None:
            return f"Saisissez un nombre, {number_text(low)}{unit} au moins."
        if high is not None:
            return f"Saisissez un nombre, {number_text(high)}{unit} au plus."
        return f"Saisissez un nombre{f', en{unit}' if unit else ''}."


def _of_our_time(day: date) -> None:
    """A year typed with three digits is a slip of the hand."""
    if not 1880 <= day.year <= 2200:
        raise forms.ValidationError("Cette année n’est pas possible\u00a0: vérifiez la date.")


def _input(asked: AskedField) -> forms.Field:
    common: dict[str, Any] = {"label": asked.label, "required": False, "help_text": asked.help}
    if asked.type == "NM":
        return NumberField(asked)
    if asked.type == "DT":
        day = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(**common, widget=day, validators=[_of_our_time])
    if asked.type in ("ID", "CE"):
        choices = YES_NO if asked.type == "ID" else asked.choices
        few = len(choices) <= RADIO_CHOICES and sum(map(len, choices)) <= RADIO_WIDTH
        widget = forms.RadioSelect if few else forms.Select
        return forms.ChoiceField(**common, choices=[("", NONE), *((c, c) for c in choices)], widget=widget)
    if asked.type == "TX":
        text = forms.Textarea({"rows": 2, "data-grow": ""})
        return forms.CharField(**common, max_length=LONG, widget=text)
    return forms.CharField(**common, max_length=SHORT, widget=forms.TextInput({"autocomplete": "off"}))


class AskedMixin(forms.Form):
    """Adds the inputs ``a_0``, ``a_1``… of the fields that the page carries in ``asked``, or else of those given."""

    asked = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, asked: Iterable[AskedField] = (), **more: Any) -> None:
        super().__init__(data, **more)
        self.lost = False
        self.asked_fields = list(asked)
        if self.is_bound and not self.asked_fields:
            try:
                self.asked_fields = loaded(data.get("asked", ""))
            except ValidationError:
                self.lost = True
        self.fields["asked"].initial = dumped(self.asked_fields) if self.asked_fields else ""
        for place, field in enumerate(self.asked_fields):
            self.fields[f"{PREFIX}{place}"] = _input(field)

    def bound_of(self, part: str) -> list[BoundField]:
        """The inputs of a part, in the order asked."""
        return [self[f"{PREFIX}{n}"] for n, field in enumerate(self.asked_fields) if field.part == part]

    @property
    def history_fields(self) -> list[BoundField]:
        return self.bound_of("history")

    @property
    def examination_fields(self) -> list[BoundField]:
        return self.bound_of("examination")

    @property
    def conclusion_fields(self) -> list[BoundField]:
        return self.bound_of("conclusion")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.lost:
            raise forms.ValidationError(
                "Les champs de la trame n’ont pas été reçus en entier\u00a0: rechargez la page."
            )
        return data

    def answers(self) -> dict[Part, list[Answer]]:
        """What was answered, by part, in the order asked; nothing of what was left empty."""
        found: dict[Part, list[Answer]] = {}
        for part in PARTS:
            answered = [
                _answer(field, self.cleaned_data.get(f"{PREFIX}{place}"))
                for place, field in enumerate(self.asked_fields)
                if field.part == part
            ]
            if kept := [answer for answer in answered if answer is not None]:
                found[cast("Part", part)] = kept
        return found

    def answered_texts(self) -> list[tuple[str, str]]:
        """(label, text) of the free texts among the answers: what the guards of free text read."""
        typed = [(n, field) for n, field in enumerate(self.asked_fields) if field.type in ("ST", "TX")]
        return [(field.label, str(self.cleaned_data.get(f"{PREFIX}{n}") or "")) for n, field in typed]


def with_way(
    data: dict[str, list[str]], texts: dict[str, str], asked: Iterable[AskedField]
) -> dict[str, list[str]]:
    """What was typed already, with a template taken afterwards: it fills what is empty and adds its fields.

    Fields of another template stay where they were answered, and leave the page where they were not.
    """
    try:
        before = loaded((data.get("asked") or [""])[0])
    except ValidationError:
        before = []
    kept = [
        (field, values)
        for place, field in enumerate(before)
        if any(values := data.get(f"{PREFIX}{place}", []))
    ]
    there = {(field.part, field.label) for field, _ in kept}
    fields = [field for field, _ in kept] + [f for f in asked if (f.part, f.label) not in there]
    found = {name: values for name, values in data.items() if not name.startswith(PREFIX) and name != "asked"}
    found |= {f"{PREFIX}{place}": values for place, (_, values) in enumerate(kept)}
    found["asked"] = [dumped(fields[:MOST_FIELDS])]
    return found | {name: [text] for name, text in texts.items() if text and not any(data.get(name, []))}


def _answer(field: AskedField, value: Any) -> Answer | None:
    if value in (None, ""):
        return None
    if field.type == "NM":
        return field.answer("", number=value)
    return field.answer(f"{value:%d/%m/%Y}" if field.type == "DT" else str(value))


def to_correct(answers: dict[Part, list[Answer]]) -> tuple[list[AskedField], dict[str, Any]]:
    """(fields, initial values by input) of the answers of a signed consultation."""
    pairs = [(answer.field(part), answer) for part, found in answers.items() for answer in found]
    return [field for field, _ in pairs], {
        f"{PREFIX}{place}": _typed(answer) for place, (_, answer) in enumerate(pairs)
    }


def _typed(answer: Answer) -> Any:
    """A value as its input shows it."""
    if answer.type == "NM" and answer.number is not None:
        return number_input(answer.number)
    return datetime.strptime(answer.value, "%d/%m/%Y").date() if answer.type == "DT" else answer.value
