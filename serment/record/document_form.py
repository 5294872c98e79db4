"""A document to add: the file, what it is and whom it comes from. A photo from a phone: the same, without a file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from serment.record import guards
from serment.record.forms_base import EARLIEST
from serment.record.kinds.content import GUIDANCE
from serment.record.kinds.document import TYPES

TYPED = 20_000
OWN = ("photo", "dictation")
"""Natures of what the practitioner makes oneself."""

BEFORE_BIRTH = timedelta(days=300)
"""A pregnancy's ultrasound may be in the child's record."""


class _AboutForm(forms.Form):
    """What is said of a document. ``cautions``: what to confirm before it is kept; ``born``: the patient's birth.

    ``author``: name of who writes, from whom comes what is one's own where nothing else is said.
    """

    cautions: list[str] = []
    born: date | None = None
    author = ""

    title = forms.CharField(label="Titre", min_length=2, max_length=160)
    kind = forms.ChoiceField(label="Nature", choices=[("", "Choisir…"), *TYPES.items()])
    source = forms.CharField(
        label="Reçu de",
        required=False,
        min_length=2,
        max_length=120,
        help_text="le patient, un confrère, un laboratoire… ; vide pour votre photo ou votre dictée\u00a0: vous",
    )
    dated = forms.DateField(
        label="Daté du", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_dated(self) -> date | None:
        day: date | None = self.cleaned_data["dated"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("Cette date est à venir\u00a0: vérifiez-la.")
        if day and day < (self.born - BEFORE_BIRTH if self.born else EARLIEST):
            raise forms.ValidationError("Cette date est trop ancienne pour ce patient\u00a0: vérifiez-la.")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "source" not in self.errors and not data.get("source"):
            if data.get("kind") in OWN and self.author:
                data["source"] = self.author
            else:
                self.add_error("source", "Dites qui vous l’a remis.")
        self.cautions = guards.cautions(
            (str(self.fields[name].label), str(data.get(name) or "")) for name in ("title", "source")
        )
        return data


class DocumentForm(_AboutForm):
    """The file comes last: a browser empties it when the page comes back, so the rest is asked before it.

    ``typed``: a text in place of a file, dictated to the machine or pasted from another program.
    """

    typed = forms.CharField(
        label="Texte dicté ou collé",
        required=False,
        max_length=TYPED,
        widget=forms.Textarea({"rows": 8, "data-grow": ""}),
        help_text=f"{GUIDANCE} Vingt mille signes au plus.",
    )
    file = forms.FileField(
        label="Fichier ou photo",
        required=False,
        widget=forms.ClearableFileInput({"accept": "application/pdf,image/jpeg,image/png,text/plain"}),
        help_text="PDF, photo ou texte, quinze mégaoctets au plus. Sur un téléphone, l’appareil photo s’ouvre.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        typed, file = data.get("typed", "").strip(), data.get("file")
        if not self.errors and bool(typed) == bool(file):
            both = "Un fichier ou un texte, pas les deux\u00a0: gardez-les l’un après l’autre."
            self.add_error("file", both if file else "Choisissez un fichier, ou écrivez un texte.")
        self.cautions = [
            *self.cautions,
            *guards.cautions([(str(self.fields["typed"].label), typed)]),
        ]
        return data

    def content(self) -> bytes:
        """What is kept: the file's bytes, or the text."""
        file = self.cleaned_data["file"]
        return bytes(file.read()) if file else self.cleaned_data["typed"].strip().encode()


class PhotoForm(_AboutForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].initial = "photo prise au cabinet"
        self.fields["kind"].initial = "photo"
