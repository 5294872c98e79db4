"""The kinds of ordonnance, each a separate document with its fields and mentions: dated data (`data/kinds.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.utils import timezone

from serment.formats import dates

_FILE = Path(__file__).parent / "data" / "kinds.toml"
LONG_DAYS = 365
"""Days of a leave from which the page asks whether it is meant."""
COVERAGE = {
    "": "régime ordinaire",
    "ald": "en rapport avec une ALD exonérante (100 %)",
    "at": "accident du travail ou maladie professionnelle",
    "maternity": "maternité",
}


@dataclass(frozen=True)
class Field:
    """``type``: text, area, choice, date, number or tick."""

    name: str
    label: str
    type: str
    required: bool = False
    help: str = ""
    choices: tuple[str, ...] = ()
    max: int = 200

    def build(self) -> forms.Field:
        """The form field of this definition."""
        common: dict[str, Any] = {"label": self.label, "required": self.required, "help_text": self.help}
        if self.type == "tick":
            return forms.BooleanField(**common | {"required": False})
        if self.type == "choice":
            return forms.ChoiceField(choices=[(text, text or "—") for text in self.choices], **common)
        if self.type == "date":
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
        if self.type == "number":
            return forms.IntegerField(min_value=1, max_value=400, **common)
        if self.type == "area":
            return forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 2}), **common)
        return forms.CharField(max_length=self.max, **common)


@dataclass(frozen=True)
class Kind:
    """``catalogue``: where its lines are searched; ``summary``: its one line where it has none of its own."""

    code: str
    label: str
    fields: tuple[Field, ...] = ()
    catalogue: str = ""
    line: str = ""
    counted: tuple[str, str] = ("ligne", "lignes")
    placeholder: str = ""
    suggestions: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    heading: str = ""
    notice: str = ""
    summary: str = ""


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its code, in the order of the file."""
    raw = tomllib.loads(_FILE.read_text())
    return {code: _kind(code, row) for code, row in raw.items() if isinstance(row, dict)}


def _kind(code: str, row: dict[str, Any]) -> Kind:
    fields = tuple(
        Field(**values | {"choices": tuple(values.get("choices", ()))}) for values in row.get("fields", ())
    )
    more = {
        name: row.get(name, "")
        for name in ("catalogue", "line", "placeholder", "heading", "notice", "summary")
    }
    return Kind(
        code,
        row["label"],
        fields,
        counted=tuple(row.get("counted", ("ligne", "lignes"))),
        suggestions=tuple(row.get("suggestions", ())),
        hints=tuple(row.get("hints", ())),
        mentions=tuple(row.get("mentions", ())),
        **more,
    )


class DetailsForm(forms.Form):
    """The fields of a kind, and who pays. ``details`` gives them as they are sealed: name → text."""

    coverage = forms.ChoiceField(label="Prise en charge", choices=list(COVERAGE.items()), required=False)

    def __init__(self, kind: Kind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for field in kind.fields:
            self.fields[field.name] = field.build()
        self.order_fields([field.name for field in kind.fields])

    def leave_out(self, name: str) -> None:
        """What is not asked for this patient; nothing where the kind has no such field."""
        self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        start, end = found.get("start"), found.get("end")
        if start and end and end < start:
            self.add_error("end", "La fin précède le début.")
        return found

    @property
    def cautions(self) -> list[str]:
        """What to confirm before signing, in French, each behind its field's label. After ``is_valid``."""
        found, today = [], timezone.localdate()
        for name, bound in self.fields.items():
            day = self.cleaned_data.get(name)
            if isinstance(day, date) and abs((day - today).days) > 366 and name != "end":
                found.append(f"{bound.label}\u00a0: le {dates.short(day)} est à plus d’un an d’aujourd’hui")
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and (days := (end - start).days + 1) >= LONG_DAYS:
            text = f"{days:,}".replace(",", "\u202f")
            found.append(f"{self.fields['end'].label}\u00a0: {text} jours, soit un an ou plus")
        return found

    def _of(self, *types: str) -> list[forms.BoundField]:
        return [
            self[field.name]
            for field in self.kind.fields
            if field.type in types and field.name in self.fields
        ]

    @property
    def areas(self) -> list[forms.BoundField]:
        """Fields of several lines, as wide as the page."""
        return self._of("area")

    @property
    def ticks(self) -> list[forms.BoundField]:
        """Yes or no, side by side."""
        return self._of("tick")

    @property
    def plain(self) -> list[forms.BoundField]:
        """The others, and who pays."""
        return [*self._of("text", "choice", "date", "number"), self["coverage"]]

    @property
    def details(self) -> dict[str, str]:
        """Filled values only: dates in ISO form, a tick as « 1 »."""
        found = {}
        for name, value in self.cleaned_data.items():
            if value not in (None, "", False):
                text = value.isoformat() if isinstance(value, date) else "1" if value is True else str(value)
                found[name] = " ".join(text.split())
        return found


def shown(kind: Kind, details: dict[str, str]) -> list[tuple[str, str]]:
    """(label, text) of what is filled, as read on screen and on paper."""
    found = []
    for field in kind.fields:
        if not details.get(field.name):
            continue
        found.append((field.label, _text(field, details[field.name])))
        if field.name == "end" and details.get("start"):
            days = (date.fromisoformat(details["end"]) - date.fromisoformat(details["start"])).days + 1
            found.append(("Durée", f"{days} jour{'s' if days > 1 else ''}"))
    if details.get("coverage"):
        found.append(("Prise en charge", COVERAGE.get(details["coverage"], "")))
    return found


def _text(field: Field, value: str) -> str:
    if field.type == "tick":
        return "oui"
    return dates.short(date.fromisoformat(value)) if field.type == "date" else value


def summary(kind: Kind, details: dict[str, str]) -> str:
    """The one line of a kind that has no lines of its own; empty for the others."""
    texts = {f.name: _text(f, details[f.name]) if details.get(f.name) else "—" for f in kind.fields}
    return kind.summary.format(**texts)
