"""Write a letter; keep a model."""

from __future__ import annotations

from typing import Any

from django import forms

from serment.letters.payloads import KINDS
from serment.record import guards
from serment.record.kinds.content import GUIDANCE


class LetterForm(forms.Form):
    """``cautions``: what to confirm before it is signed."""

    cautions: list[str] = []

    kind = forms.ChoiceField(label="Nature", choices=list(KINDS.items()))
    title = forms.CharField(label="Objet", min_length=2, max_length=120)
    recipient = forms.CharField(
        label="Destinataire",
        max_length=160,
        required=False,
        help_text="nom et qualité ; vide pour une remise en main propre",
    )
    body = forms.CharField(
        label="Texte",
        min_length=5,
        max_length=8000,
        widget=forms.Textarea({"rows": 16}),
        help_text=f"{GUIDANCE} Huit mille signes au plus.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.cautions = guards.cautions(
            (str(self.fields[name].label), str(data.get(name) or ""))
            for name in ("title", "recipient", "body")
        )
        return data


class ModelForm(forms.Form):
    label = forms.CharField(label="Nom du modèle", min_length=2, max_length=80)
    kind = forms.ChoiceField(label="Nature", choices=list(KINDS.items()))
    body = forms.CharField(
        label="Texte",
        min_length=5,
        max_length=6000,
        widget=forms.Textarea({"rows": 16}),
        help_text="Une ligne vide sépare deux paragraphes. Les champs entre accolades se remplissent du dossier.",
    )
