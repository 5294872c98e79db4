"""A document to add: the file, what it is and whom it comes from. A photo from a phone: the same, without a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from serment.record import guards
from serment.record.kinds.document import TYPES


class _AboutForm(forms.Form):
    """What is said of a document. ``cautions``: what to confirm before it is kept."""

    cautions: list[str] = []

    title = forms.CharField(label="Titre", min_length=2, max_length=160)
    kind = forms.ChoiceField(label="Nature", choices=list(TYPES.items()))
    source = forms.CharField(
        label="Reçu de", min_length=2, max_length=120, help_text="le patient, un confrère, un laboratoire…"
    )
    dated = forms.DateField(
        label="Daté du", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_dated(self) -> date | None:
        day: date | None = self.cleaned_data["dated"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("Cette date est à venir\u00a0: vérifiez-la.")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.cautions = guards.cautions(
            (str(self.fields[name].label), str(data.get(name) or "")) for name in ("title", "source")
        )
        return data


class DocumentForm(_AboutForm):
    """The file comes last: a browser empties it when the page comes back, so the rest is asked before it."""

    file = forms.FileField(
        label="Fichier ou photo",
        widget=forms.ClearableFileInput({"accept": "application/pdf,image/jpeg,image/png,text/plain"}),
        help_text="PDF, photo ou texte, quinze mégaoctets au plus. Sur un téléphone, l’appareil photo s’ouvre.",
    )


class PhotoForm(_AboutForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].initial = "photo prise au cabinet"
        self.fields["kind"].initial = "photo"
