"""Find an archived file, open it with a reason, confirm a destruction."""

from __future__ import annotations

from django import forms


class FindForm(forms.Form):
    family = forms.CharField(label="Nom de naissance", max_length=80)
    first = forms.CharField(label="Premier prénom", max_length=80)
    born = forms.DateField(
        label="Date de naissance", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Pourquoi ouvrir cette archive",
        min_length=5,
        max_length=300,
        help_text="Gardé, chiffré, avec l’archive ; l’ouverture est inscrite au journal à votre nom.",
    )
    password = forms.CharField(
        label="Votre mot de passe",
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class DestroyForm(forms.Form):
    code = forms.CharField(label="Code de confirmation", max_length=12)
