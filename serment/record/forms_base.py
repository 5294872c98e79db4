"""What the forms of the record are made of: a line, a text, and the base of the quick additions."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from serment.record import guards
from serment.record.kinds.consultation import TEXT


def line_field(label: str, length: int, **more: Any) -> forms.CharField:
    required = more.pop("required", False)
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        widget=forms.TextInput({"autocomplete": "off"}),
        **more,
    )


def area_field(
    label: str, rows: int, help_text: str = "", length: int = TEXT, **more: Any
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        required=more.pop("required", False),
        help_text=help_text,
        widget=forms.Textarea({"rows": rows, "data-grow": ""}),
        **more,
    )


EARLIEST = date(1880, 1, 1)
"""Before it nobody who is treated today was born."""
_WRITTEN = re.compile(r"(?:(?:[0-3]?[0-9]/)?[01]?[0-9]/)?([0-9]{4})")


class DatedForm(forms.Form):
    """Dates that can be this patient's. ``born``: set by the page, None where it does not know.

    ``before_birth``: dates that may precede it. ``written``: texts that may hold a year, a month or a day.
    ``follows``: (date, date that comes after it, what is said when it does not).
    """

    born: date | None = None
    before_birth: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    follows: tuple[tuple[str, str, str], ...] = ()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, field in self.fields.items():
            day = data.get(name)
            if isinstance(field, forms.DateField) and day and (why := self._too_early(day, name)):
                self.add_error(name, why)
        for name in self.written:
            found = _WRITTEN.fullmatch(str(data.get(name) or "").strip())
            if found:
                self._check_year(name, int(found[1]))
        for first, then, why in self.follows:
            if data.get(first) and data.get(then) and data[then] <= data[first]:
                self.add_error(then, why)
        return data

    def _too_early(self, day: date, name: str) -> str:
        if self.born and day < self.born and name not in self.before_birth:
            return f"Cette date précède la naissance ({self.born:%d/%m/%Y})\u00a0: vérifiez-la."
        return "Cette date est trop ancienne\u00a0: vérifiez l’année." if day < EARLIEST else ""

    def _check_year(self, name: str, year: int) -> None:
        if year > timezone.localdate().year:
            self.add_error(name, "Cette date est à venir\u00a0: vérifiez-la.")
        elif self.born and year < self.born.year and name not in self.before_birth:
            self.add_error(
                name, f"Cette date précède la naissance ({self.born:%d/%m/%Y})\u00a0: vérifiez-la."
            )
        elif year < EARLIEST.year:
            self.add_error(name, "Cette date est trop ancienne\u00a0: vérifiez l’année.")


class EntryForm(DatedForm):
    """Base of the quick additions. ``cautions``: what to confirm before it is written.

    ``picked`` is the choice ticked in a list of the catalogue, « code|label », put in the fields that ``picks`` names
    as the catalogue has them: `look_up` says it, whatever the page sent. ``asked``: what the form's own checks ask.
    """

    picks: tuple[str, str] | None = None
    cautions: list[str] = []

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.asked: list[str] = []

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.picks:
            self._take_pick(data, *self.picks)
        shown = [(str(self[n].label), v) for n, v in data.items() if isinstance(v, str) and n in self.fields]
        self.cautions = [*guards.cautions(shown), *self.asked]
        return data

    def look_up(self, code: str, label: str) -> tuple[str, str] | None:
        """(code, label) as the catalogue has them, None for what it does not."""
        raise NotImplementedError

    @property
    def looked_up(self) -> str:
        """Name of the field whose words are looked up in a list."""
        return self.picks[1] if self.picks else ""

    @property
    def picked(self) -> str:
        return str(self.data.get("pick", "")) if self.is_bound and self.picks else ""

    @property
    def picked_label(self) -> str:
        return self.picked.partition("|")[2]

    def _take_pick(self, data: dict[str, Any], code_name: str, label_name: str) -> None:
        code, _, label = self.picked.partition("|")
        if found := self.look_up(code, label) if label else None:
            for name, value in zip((code_name, label_name), found, strict=True):
                data[name] = value[: self.fields[name].max_length]
                self.errors.pop(name, None)
        elif self.fields[code_name].widget.is_hidden:
            # Typed by hand: the code that went with another text is no longer its own.
            same = data.get(label_name) == self.initial.get(label_name)
            data[code_name] = self.initial.get(code_name, "") if same else ""
