"""Forms of the access room. Every message is French and says what to do."""

from __future__ import annotations

from typing import Any

from django import forms

from serment.access.profiles import PROFILES
from serment.formats.text import is_digits
from serment.practice.models import Practice, Practitioner
from serment.vault.ids import encode

_CURRENT = {"autocomplete": "current-password"}
_NEW = {"autocomplete": "new-password"}


class SignInForm(forms.Form):
    login = forms.CharField(
        label="Identifiant",
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}
        ),
    )
    password = forms.CharField(
        label="Mot de passe", max_length=128, strip=False, widget=forms.PasswordInput(attrs=_CURRENT)
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code à 6 chiffres",
        max_length=24,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )


class RecoveryForm(forms.Form):
    code = forms.CharField(
        label="Code de secours",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class PasswordForm(forms.Form):
    """Re-enter one's password before a change of custody."""

    password = forms.CharField(
        label="Mot de passe", max_length=128, strip=False, widget=forms.PasswordInput(attrs=_CURRENT)
    )


class ChangePasswordForm(forms.Form):
    old = forms.CharField(
        label="Mot de passe actuel", max_length=128, strip=False, widget=forms.PasswordInput(attrs=_CURRENT)
    )
    new = forms.CharField(
        label="Nouveau mot de passe",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs=_NEW),
        help_text="12 caractères au moins. Une phrase de plusieurs mots sans rapport entre eux convient très bien.",
    )
    again = forms.CharField(
        label="Le même, encore une fois", max_length=128, strip=False, widget=forms.PasswordInput(attrs=_NEW)
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "Les deux saisies diffèrent. Retapez le nouveau mot de passe.")
        return data


def _rpps(value: str) -> str:
    from serment.formats.rpps import parse_rpps

    try:
        return parse_rpps(value)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error


class PractitionerForm(forms.ModelForm):
    """A practitioner's professional data, RPPS checked by its key."""

    class Meta:
        model = Practitioner
        fields = [
            "given_name",
            "family_name",
            "profession",
            "specialty",
            "sector",
            "rpps",
            "am_number",
            "siret",
            "phone",
            "email",
        ]

    def clean_rpps(self) -> str:
        return _rpps(self.cleaned_data["rpps"])

    def clean_am_number(self) -> str:
        from serment.formats.rpps import parse_am_number

        value = self.cleaned_data["am_number"].replace(" ", "")
        if not value:
            return ""
        try:
            return parse_am_number(value)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_siret(self) -> str:
        from serment.formats.siret import parse_siret

        value = self.cleaned_data["siret"].replace(" ", "")
        if not value:
            return ""
        try:
            return parse_siret(value)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class PracticeForm(forms.ModelForm):
    class Meta:
        model = Practice
        fields = ["name", "address", "postal_code", "city", "phone", "email"]

    def clean_postal_code(self) -> str:
        value = self.cleaned_data["postal_code"].replace(" ", "")
        if len(value) != 5 or not is_digits(value):
            raise forms.ValidationError("Un code postal compte 5 chiffres, par exemple 35000.")
        return value


class PracticeSettingsForm(PracticeForm):
    class Meta(PracticeForm.Meta):
        fields = [*PracticeForm.Meta.fields, "idle_minutes", "secretary_billing", "secretary_cash"]


class OwnerForm(forms.Form):
    """Login and password of the first person."""

    login = forms.CharField(
        label="Identifiant de connexion", max_length=60, help_text="Par exemple prenom.nom"
    )
    password = forms.CharField(
        label="Mot de passe",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs=_NEW),
        help_text="12 caractères au moins. Une phrase de plusieurs mots sans rapport entre eux convient très bien.",
    )
    again = forms.CharField(
        label="Le même, encore une fois", max_length=128, strip=False, widget=forms.PasswordInput(attrs=_NEW)
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", "Les deux saisies diffèrent. Retapez le mot de passe.")
        return data


class _Replacing(forms.Form):
    """Whom a substitute replaces: a practitioner of one of these circles."""

    replaces = forms.ChoiceField(
        label="Remplace",
        required=False,
        help_text="Pour un remplaçant\u00a0: les résultats et les rendez-vous de cette personne lui sont montrés "
        "aussi, le temps du remplacement.",
    )

    def __init__(self, *args: Any, circles: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Practitioner.objects.filter(active=True, circle_id__in=circles)
        self.replaced = {
            encode(row.pk): row for row in rows.exclude(people__profile="substitute").order_by("family_name")
        }
        self.fields["replaces"].choices = [
            ("", "—"),
            *((code, row.display_name) for code, row in self.replaced.items()),
        ]

    def clean_replaces(self) -> Practitioner | None:
        return self.replaced.get(self.cleaned_data["replaces"])


class DatesForm(_Replacing):
    """When an account opens and closes, and for a substitute whom they replace. Empty: no limit."""

    starts_on = forms.DateField(
        label="À partir du", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label="Jusqu’au", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class InviteForm(_Replacing):
    """A new member of the team. The practitioner's fields are asked for by a second form where the profile treats."""

    given_name = forms.CharField(label="Prénom", max_length=80)
    family_name = forms.CharField(label="Nom", max_length=80)
    login = forms.CharField(
        label="Identifiant", max_length=60, help_text="Personnel : une personne, un identifiant."
    )
    profile = forms.ChoiceField(label="Profil", choices=[(p.code, p.label) for p in PROFILES.values()])
    starts_on = forms.DateField(
        label="À partir du", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label="Jusqu’au",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Obligatoire pour un remplacement.",
    )
    profession = forms.ChoiceField(
        label="Profession",
        required=False,
        choices=[("", "—"), *Practitioner._meta.get_field("profession").choices],
    )
    specialty = forms.CharField(label="Spécialité", max_length=60, required=False)
    sector = forms.ChoiceField(
        label="Secteur conventionnel",
        required=False,
        choices=[("", "—"), *Practitioner._meta.get_field("sector").choices],
    )
    rpps = forms.CharField(label="Numéro RPPS", max_length=14, required=False)
    new_circle = forms.CharField(
        label="Cercle de soins séparé",
        max_length=80,
        required=False,
        help_text="Vide : soigne les mêmes patients que vous. Un nom : ses dossiers ont leurs propres clés.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        profile = PROFILES.get(data.get("profile", ""))
        if profile and profile.practitioner:
            if not data.get("profession"):
                self.add_error("profession", "Indiquez la profession : ce profil soigne.")
            try:
                data["rpps"] = _rpps(data.get("rpps", ""))
            except forms.ValidationError as error:
                self.add_error("rpps", error)
        if profile and profile.dated and not data.get("ends_on"):
            self.add_error("ends_on", "Un remplacement a une date de fin : indiquez-la.")
        if profile and profile.code == "substitute":
            if not data.get("replaces") and "replaces" not in self.errors:
                self.add_error("replaces", "Dites qui cette personne remplace.")
            if data.get("new_circle"):
                self.add_error("new_circle", "Un remplaçant est du même cercle que la personne remplacée.")
        else:
            data["replaces"] = None
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "La fin précède le début.")
        return data
