"""The form of habits of life: the agreement comes first, with its day."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from serment.record.form_of import form_of
from serment.record.kinds.lifestyle import Lifestyle

_Form: Any = form_of(
    Lifestyle,
    past=("agreed_on",),
    some=("tobacco", "pack_years", "alcohol", "activity", "diet", "other"),
)


class LifestyleForm(_Form):  # type: ignore[misc]
    """The day left empty is today's for what is said first; said anew, the agreement given before keeps its own."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["agreed_on"].initial = timezone.localdate

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not given.get("agreed_on") and "agreed_on" not in self.errors:
            given["agreed_on"] = self.initial.get("agreed_on", timezone.localdate())
        data: dict[str, Any] = super().clean()
        return data
