"""One organisational measure, answered."""

from __future__ import annotations

from django import forms

from serment.conformity.models import Attestation


class AttestForm(forms.Form):
    answer = forms.ChoiceField(
        label="Cette mesure est en place", choices=Attestation.Answer.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label="Ce qui est fait, où, depuis quand",
        max_length=600,
        widget=forms.Textarea({"rows": 3}),
        help_text="Ou pourquoi elle est sans objet ici. Jamais de nom de patient.",
    )
