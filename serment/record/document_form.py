"""A document to add: the file, what it is and whom it comes from."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils import timezone

from serment.record.kinds.document import TYPES


class DocumentForm(forms.Form):
    file = forms.FileField(
        label="Fichier ou photo",
        widget=forms.ClearableFileInput({"accept": "application/pdf,image/jpeg,image/png,text/plain"}),
        help_text="PDF, photo ou texte, quinze mégaoctets au plus. Sur un téléphone, l’appareil photo s’ouvre.",
    )
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
