"""The fields of a template as its author writes them: a row each, added, moved and removed by hand."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from pydantic import ValidationError

from serment.formats import ucum
from serment.formats.text import is_digits, number_input
from serment.record.forms_base import line_field
from serment.record.kinds.asked import (
    CHOICE,
    HELP,
    LABEL,
    MOST_CHOICES,
    MOST_FIELDS,
    PARTS,
    TYPES,
    AskedField,
)
from serment.record.observation_form import number_field

COUNT = "rows"
_DO = re.compile(r"(up|down|remove)-([0-9]{1,2})")


class RowForm(forms.Form):
    """One field. What its type does not use is not read; the page shows what the type in front of it uses (CSS)."""

    label = line_field("Intitulé", LABEL)
    part = forms.ChoiceField(label="Partie", choices=list(PARTS.items()), required=False)
    type = forms.ChoiceField(label="Type", choices=list(TYPES.items()), required=False)
    choices = line_field("Choix, séparés par des points-virgules", MOST_CHOICES * (CHOICE + 3))
    unit = forms.ChoiceField(label="Unité", choices=[("", "sans unité"), *ucum.SHOWN.items()], required=False)
    low = number_field("Au moins", required=False)
    high = number_field("Au plus", required=False)
    help = line_field("Aide, sous le champ", HELP)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.field: AskedField | None = None
        label, kind = data.get("label", ""), data.get("type") or "ST"
        if not label:
            if data.get("choices") or data.get("help") or data.get("unit"):
                self.add_error("label", "Donnez un intitulé à ce champ, ou retirez-le.")
            return data
        choices = self._choices(str(data.get("choices") or "")) if kind == "CE" else []
        number = {name: data.get(name) for name in ("unit", "low", "high")} if kind == "NM" else {}
        low, high = number.get("low"), number.get("high")
        if low is not None and high is not None and low > high:
            self.add_error("high", "Ce plus haut est sous le plus bas\u00a0: vérifiez les deux.")
        if not self.errors:
            try:
                self.field = AskedField.model_validate(
                    {"part": data["part"] or "history", "label": label, "type": kind}
                    | {"help": data["help"], "choices": choices}
                    | {name: value for name, value in number.items() if value not in (None, "")}
                )
            except ValidationError:
                self.add_error("label", "Ce champ n’est pas possible ainsi\u00a0: vérifiez-le.")
        return data

    def _choices(self, text: str) -> list[str]:
        found = list(dict.fromkeys(filter(None, (part.strip() for part in text.split(";")))))
        if len(found) < 2:
            self.add_error("choices", "Donnez au moins deux choix, séparés par des points-virgules.")
        elif len(found) > MOST_CHOICES:
            self.add_error("choices", f"{MOST_CHOICES} choix au plus.")
        elif any(len(choice) > CHOICE for choice in found):
            self.add_error("choices", f"Un choix a {CHOICE} caractères au plus.")
        return found


def _name(place: int) -> str:
    return f"c{place}"


class Rows:
    """The rows of a page. ``focus``: (place, input or button) that has the focus once the page is drawn again."""

    def __init__(self, forms_: list[RowForm]) -> None:
        self.forms = forms_
        self.focus: tuple[int, str] = (-1, "")

    @classmethod
    def of(cls, fields: Any) -> Rows:
        """Rows that show these fields."""
        given = [
            field.model_dump()
            | {"choices": " ; ".join(field.choices)}
            | {
                name: number_input(value)
                for name in ("low", "high")
                if (value := getattr(field, name)) is not None
            }
            for field in fields
        ]
        return cls([RowForm(initial=values, prefix=_name(place)) for place, values in enumerate(given)])

    @classmethod
    def read(cls, data: Any) -> Rows:
        """Rows as they were sent."""
        return cls([RowForm(data, prefix=_name(place)) for place in range(_count(data))])

    @classmethod
    def changed(cls, data: Any, what: str) -> Rows:
        """The rows sent after a gesture, nothing judged: « add », « up-2 », « down-0 », « remove-1 »."""
        names = list(RowForm.base_fields)
        sent = [{name: data.get(f"{_name(n)}-{name}", "") for name in names} for n in range(_count(data))]
        focus = (-1, "")
        found = _DO.fullmatch(what)
        if found is None:
            if len(sent) < MOST_FIELDS:
                sent.append({"part": sent[-1]["part"] if sent else "history"})
            focus = (len(sent) - 1, "label")
        elif (place := int(found[2])) < len(sent):
            focus = _moved(sent, found[1], place)
        rows = cls([RowForm(initial=values, prefix=_name(n)) for n, values in enumerate(sent)])
        rows.focus = focus
        return rows

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in self.forms)

    def fields(self) -> list[AskedField]:
        """The fields written, rows left empty aside. After `is_valid`."""
        return [form.field for form in self.forms if form.field is not None]

    @property
    def full(self) -> bool:
        return len(self.forms) >= MOST_FIELDS

    def __iter__(self) -> Any:
        """(row, its place, the name of what has the focus in it)"""
        at, name = self.focus
        return iter([(form, place, name if place == at else "") for place, form in enumerate(self.forms)])

    def __len__(self) -> int:
        return len(self.forms)


def _moved(sent: list[dict[str, Any]], what: str, place: int) -> tuple[int, str]:
    """Changes the rows; gives where the focus goes."""
    if what == "remove":
        del sent[place]
        return min(place, len(sent) - 1), "label"
    other = place - 1 if what == "up" else place + 1
    if not 0 <= other < len(sent):
        return place, "label"
    sent[place], sent[other] = sent[other], sent[place]
    at_end = other == (0 if what == "up" else len(sent) - 1)
    return other, "label" if at_end else what


def _count(data: Any) -> int:
    text = str(data.get(COUNT, ""))
    return min(int(text), MOST_FIELDS) if is_digits(text) and len(text) < 3 else 0
