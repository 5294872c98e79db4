"""The agenda's forms: what is typed, checked one field at a time, with French messages."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from serment.agenda import clock
from serment.agenda.models import Absence, AppointmentType
from serment.agenda.payloads import NOTE_LENGTH
from serment.formats import phone as phones
from serment.formats.dates import minutes_text
from serment.formats.errors import FormatError
from serment.practice.models import Practitioner
from serment.vault.ids import decode, encode

REQUIRED = {"required": "Ce champ est nécessaire."}


def id_or_none(text: str) -> int | None:
    """An id as written in URLs, or in digits → int; None for anything else."""
    if text.isascii() and text.isdigit() and len(text) > 13:
        return int(text)
    try:
        return decode(text)
    except ValueError:
        return None


def _day(label: str, **more: Any) -> forms.DateField:
    # The browser's date field speaks ISO, whatever the language of the page.
    return forms.DateField(
        label=label,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={**REQUIRED, "invalid": "Cette date ne se lit pas : 23/11/2026."},
        **more,
    )


def _clock(label: str, **more: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
        error_messages={**REQUIRED, "invalid": "Cette heure ne se lit pas : 14:30."},
        **more,
    )


def _choice(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, error_messages={**REQUIRED, "invalid_choice": "Choisissez dans la liste."}
    )


class AppointmentForm(forms.Form):
    """An appointment to give or to change. ``patient`` comes from the search; ``name`` when there is no file yet."""

    practitioner = _choice("Praticien")
    type = _choice("Type de rendez-vous")
    date = _day("Date")
    time = _clock("Heure")
    minutes = forms.IntegerField(
        label="Durée (minutes)",
        required=False,
        min_value=5,
        max_value=720,
        help_text="Vide : la durée du type.",
        widget=forms.NumberInput(attrs={"step": 5, "inputmode": "numeric"}),
        error_messages={
            "invalid": "Donnez un nombre de minutes.",
            "min_value": "5 minutes au moins.",
            "max_value": "12 heures au plus.",
        },
    )
    home_visit = forms.BooleanField(label="À domicile", required=False)
    note = forms.CharField(
        label="Note pour l’accueil",
        required=False,
        max_length=NOTE_LENGTH,
        help_text="Pas d’information médicale : cette note est lue par le secrétariat.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": NOTE_LENGTH}),
    )
    name = forms.CharField(
        label="Nom et prénom",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label="Téléphone",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    patient = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        practitioners: list[Practitioner],
        types: list[AppointmentType],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._practitioners = {encode(p.pk): p for p in practitioners}
        self._types = {encode(t.pk): t for t in types}
        self.fields["practitioner"].choices = [(k, p.display_name) for k, p in self._practitioners.items()]
        self.fields["type"].choices = [
            (k, f"{t.label} ({minutes_text(t.minutes)})") for k, t in self._types.items()
        ]

    def clean_practitioner(self) -> Practitioner:
        return self._practitioners[self.cleaned_data["practitioner"]]

    def clean_type(self) -> AppointmentType:
        return self._types[self.cleaned_data["type"]]

    def clean_patient(self) -> int | None:
        return id_or_none(self.cleaned_data["patient"])

    def clean_phone(self) -> str:
        """E.164; what cannot be read is refused with the reason."""
        text = self.cleaned_data["phone"].strip()
        if not text:
            return ""
        try:
            return phones.parse_phone(text)
        except FormatError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("date") and data.get("time") is not None and data.get("type"):
            try:
                data["start"] = clock.instant(data["date"], data["time"])
            except clock.NoSuchTime as error:
                self.add_error("time", str(error))
                return data
            minutes = data.get("minutes") or data["type"].minutes
            data["end"] = data["start"] + timedelta(minutes=minutes)
        return data


class AbsenceForm(forms.Form):
    """An absence of a practitioner: whole days, or between two times."""

    practitioner = _choice("Praticien")
    start_day = _day("Du")
    start_time = _clock("Heure de début", required=False)
    end_day = _day("Au (inclus)")
    end_time = _clock("Heure de fin", required=False)
    reason = forms.ChoiceField(label="Motif", choices=Absence.Reason.choices)

    def __init__(self, *args: Any, practitioners: list[Practitioner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._practitioners = {encode(p.pk): p for p in practitioners}
        self.fields["practitioner"].choices = [(k, p.display_name) for k, p in self._practitioners.items()]

    def clean_practitioner(self) -> Practitioner:
        return self._practitioners[self.cleaned_data["practitioner"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            data["start"] = clock.instant(data["start_day"], data.get("start_time") or time.min)
            if data.get("end_time"):
                data["end"] = clock.instant(data["end_day"], data["end_time"])
            else:
                data["end"] = clock.midnight(data["end_day"] + timedelta(days=1))
        except clock.NoSuchTime as error:
            raise forms.ValidationError(str(error)) from error
        if data["end"] <= data["start"]:
            self.add_error("end_day", "La fin doit être après le début.")
        return data


class TypeForm(forms.ModelForm):
    """A type of appointment. The name stays neutral: it is read at the desk."""

    class Meta:
        model = AppointmentType
        fields = ("label", "minutes", "colour", "practitioner", "overlaps_allowed", "active")
        widgets = {"colour": forms.TextInput(attrs={"type": "color", "class": "form-control-color"})}
        help_texts = {"label": "Un nom neutre, sans motif médical : il est lu au secrétariat."}

    def __init__(self, *args: Any, practitioners: list[Practitioner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["practitioner"]
        field.choices = [("", "Tous les praticiens"), *((p.pk, p.display_name) for p in practitioners)]
        field.queryset = Practitioner.objects.filter(active=True)


def slot_initial(start: datetime | None, end: datetime | None) -> dict[str, Any]:
    """Initial values of the time fields: the slot asked for, or the next quarter of an hour."""
    if start is None:
        now = timezone.now().replace(second=0, microsecond=0)
        start = now + timedelta(minutes=15 - now.minute % 15)
    first = clock.wall(start)
    minutes = int((end - start).total_seconds() // 60) if end and end > start else None
    return {"date": first.date(), "time": first.time(), "minutes": minutes}
