"""The two fields that say when something took place, folded on « aujourd’hui »."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone

from serment.formats import dates
from serment.record.forms_base import DatedForm
from serment.record.moments import at, has_hour

NAMES = ("took_on", "took_at")


def typed(moment: datetime) -> dict[str, Any]:
    """The two fields, as a correction begins with them."""
    local = timezone.localtime(moment)
    hour = local.time().replace(second=0, microsecond=0) if has_hour(moment) else None
    return {"took_on": local.date(), "took_at": hour}


class MomentMixin(DatedForm):
    """Adds ``took_on`` and ``took_at``, shown apart, folded (`record/moment.html`): they are no visible field.

    ``kept``: of what is corrected, when it took place; set by the page before it is judged.
    """

    when_label = "Date"
    kept: datetime | None = None

    took_on = forms.DateField(
        label="Jour", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    took_at = forms.TimeField(
        label="Heure",
        required=False,
        help_text="si elle compte",
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Une heure s’écrit comme 14:30."},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        day, hour = data.get("took_on"), data.get("took_at")
        today = timezone.localdate()
        if day and day > today:
            self.add_error("took_on", "Cette date est à venir\u00a0: vérifiez-la.")
        elif (
            hour and not self.errors and at(day or self._day(), hour) > timezone.now() + timedelta(minutes=5)
        ):
            self.add_error("took_at", "Cette heure est à venir\u00a0: vérifiez-la, ou dites le jour.")
        return data

    def _day(self) -> date:
        return timezone.localdate(self.kept) if self.kept else timezone.localdate()

    def moment(self) -> datetime | None:
        """When it took place; None for now (of a correction: as it was)."""
        day, hour = self.cleaned_data.get("took_on"), self.cleaned_data.get("took_at")
        if self.kept is not None:
            same = typed(self.kept) == {"took_on": day or self._day(), "took_at": hour}
            return None if same else at(day or self._day(), hour)
        if hour is None and day in (None, timezone.localdate()):
            return None
        return at(day or self._day(), hour)

    def visible_fields(self) -> list[BoundField]:
        return [bound for bound in super().visible_fields() if bound.name not in NAMES]

    @property
    def moment_fields(self) -> list[BoundField]:
        return [self[name] for name in NAMES]

    @property
    def moment_open(self) -> bool:
        """Another day than today was said, or what was said is wrong."""
        return any(self[name].value() or self.errors.get(name) for name in NAMES)

    @property
    def moment_said(self) -> str:
        """What the folded line says: « aujourd’hui », « 23/11/2026 à 14 h 30 »."""
        day, hour = (self[name].value() for name in NAMES)
        try:
            day = date.fromisoformat(day) if isinstance(day, str) and day else day
            hour = time.fromisoformat(hour) if isinstance(hour, str) and hour else hour
        except ValueError:
            return "à vérifier"
        if not day or day == timezone.localdate():
            return f"aujourd’hui à {dates.clock(hour)}" if hour else "aujourd’hui"
        return dates.short(day) + (f" à {dates.clock(hour)}" if hour else "")
