"""What the forms of the record are made of: a line, a text, and the base of the quick additions."""

from __future__ import annotations

from typing import Any

from django import forms

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
