"""A form made from a kind's own model: its fields, their French titles and bounds, its coded choices."""

from __future__ import annotations

import types
import typing
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from pydantic import BaseModel, ValidationError

from serment.record import guards
from serment.record.forms_base import DatedForm
from serment.record.kinds.content import Content


def form_of(
    model: type[Content],
    *,
    past: tuple[str, ...] = (),
    follows: tuple[tuple[str, str, str], ...] = (),
    some: tuple[str, ...] = (),
) -> type[forms.Form]:
    """A form class with ``payload()``. ``past``: dates that cannot be to come. Lists are left out.

    ``follows``: as `DatedForm` has them. ``some``: fields of which at least one is filled.
    """
    fields: dict[str, Any] = {}
    for name, declared in model.model_fields.items():
        field = _field(model, name, declared)
        if field is not None:
            fields[name] = field
    told = {"content": model, "past": past, "follows": follows, "some": some}
    return type(f"{model.__name__}Form", (_ModelForm,), {**fields, **told})


def _field(model: type[Content], name: str, declared: Any) -> forms.Field | None:
    kind, title = declared.annotation, declared.title or name
    optional = not declared.is_required()
    if isinstance(kind, types.UnionType):
        kind = next(part for part in typing.get_args(kind) if part is not type(None))
    if typing.get_origin(kind) is typing.Literal:
        values = typing.get_args(kind)
        if values == (True,):
            return forms.BooleanField(label=title)
        words = model.words.get(name, {})
        return forms.ChoiceField(
            label=title,
            choices=[(value, words.get(value, value)) for value in values],
            required="" not in values,
        )
    if kind is date:
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(label=title, required=not optional, widget=day)
    if kind is int:
        lowest, highest = (
            next((getattr(m, name) for m in declared.metadata if hasattr(m, name)), None)
            for name in ("ge", "le")
        )
        return forms.IntegerField(
            label=title,
            required=not optional,
            min_value=lowest,
            max_value=highest,
            initial=declared.default if optional and declared.default else None,
        )
    if kind is str:
        longest = next((m.max_length for m in declared.metadata if hasattr(m, "max_length")), 200)
        widget: Any = (
            forms.TextInput({"autocomplete": "off"}) if longest <= 200 else forms.Textarea({"rows": 3})
        )
        return forms.CharField(label=title, required=not optional, max_length=longest, widget=widget)
    return None


class _ModelForm(DatedForm):
    content: type[Content]
    past: tuple[str, ...] = ()
    some: tuple[str, ...] = ()
    cautions: list[str] = []

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in self.past:
            day = data.get(name)
            if day and day > timezone.localdate():
                self.add_error(name, "Cette date est à venir\u00a0: vérifiez-la.")
        if self.some and not any(data.get(name) for name in self.some):
            self.add_error(self.some[0], "Rien n’est noté\u00a0: remplissez au moins une ligne.")
        texts = [(str(self[n].label), v) for n, v in data.items() if isinstance(v, str) and n in self.fields]
        self.cautions = guards.cautions(texts)
        if not self.errors:
            try:
                self._payload = self.content.model_validate(
                    {name: value for name, value in data.items() if value not in (None, "")}
                )
            except ValidationError as error:
                for found in error.errors():
                    place = str(found["loc"][0]) if found["loc"] else None
                    self.add_error(
                        place if place in self.fields else None, "Valeur impossible\u00a0: vérifiez-la."
                    )
        return data

    def payload(self) -> BaseModel:
        return self._payload
