"""Write a letter; keep a model."""

from __future__ import annotations

from django import forms

from serment.letters.payloads import KINDS
from serment.record import guards


class LetterForm(forms.Form):
    kind = forms.ChoiceField(label="Nature", choices=list(KINDS.items()))
    title = forms.CharField(label="Objet", min_length=2, max_length=120)
    recipient = forms.CharField(
        label="Destinataire",
        max_length=160,
        required=False,
        help_text="nom et qualité ; vide pour une remise en main propre",
    )
    body = forms.CharField(label="Texte", min_length=5, max_length=8000, widget=forms.Textarea({"rows": 16}))

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"])
        if guards.has_nir(body):
            raise forms.ValidationError("Un numéro de sécurité sociale y est écrit\u00a0: retirez-le.")
        return body


class ModelForm(forms.Form):
    label = forms.CharField(label="Nom du modèle", min_length=2, max_length=80)
    kind = forms.ChoiceField(label="Nature", choices=list(KINDS.items()))
    body = forms.CharField(label="Texte", min_length=5, max_length=6000, widget=forms.Textarea({"rows": 14}))
