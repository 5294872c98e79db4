"""One organisational measure, answered."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.utils import timezone

from serment.conformity.models import Attestation, Justification


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


class JustifyForm(forms.ModelForm):
    """A gap needs all three: a motive, what makes up for it, a day to look again within a year."""

    class Meta:
        model = Justification
        fields = ("motive", "measure", "review_on")
        widgets = {
            "motive": forms.Textarea({"rows": 3}),
            "measure": forms.Textarea({"rows": 3}),
            "review_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def clean_review_on(self) -> date:
        day: date = self.cleaned_data["review_on"]
        today = timezone.localdate()
        if not today < day <= today + timedelta(days=366):
            raise forms.ValidationError("Choisissez un jour dans l’année qui vient.")
        return day
