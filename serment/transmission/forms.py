"""Forms of the room: a sheet's details, the mail channel, the paper's offsets."""

from __future__ import annotations

from typing import Any

from django import forms

from serment.connectors.mail import secure
from serment.practice.professions import profession_choices
from serment.transmission import channels
from serment.transmission.models import PaperLayout
from serment.transmission.payloads import EXEMPTIONS, INSURANCES, PAYEES, MailSettings, SheetDetails

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DetailsForm(forms.Form):
    """What the claim does not say and the fund asks. Shapes only: `rules` says what the fund would refuse."""

    insurance = forms.ChoiceField(label="Nature de l’assurance", choices=list(INSURANCES.items()))
    accident_on = forms.DateField(label="Date de l’accident", required=False, widget=DAY)
    maternity_on = forms.DateField(label="Maternité\u00a0: date de conception", required=False, widget=DAY)
    exemption = forms.ChoiceField(label="Exonération", choices=list(EXEMPTIONS.items()), required=False)
    payee = forms.ChoiceField(
        label="Règlement",
        choices=[("", "selon ce qui est encaissé"), *PAYEES.items()],
        required=False,
    )
    care_on = forms.DateField(
        label="Date des soins", required=False, widget=DAY, help_text="Vide\u00a0: la date de la facture."
    )
    prescriber = forms.CharField(
        label="Numéro du prescripteur",
        required=False,
        max_length=11,
        widget=forms.TextInput({"inputmode": "numeric"}),
        help_text="Neuf chiffres, sur l’ordonnance.",
    )
    prescribed_on = forms.DateField(label="Date de la prescription", required=False, widget=DAY)

    def clean_prescriber(self) -> str:
        return "".join(self.cleaned_data["prescriber"].split())

    def details(self) -> SheetDetails:
        return SheetDetails(**self.cleaned_data)

    def show(self, faults: dict[str, str]) -> None:
        """Put each fault at its field; those of the patient's own sheet at the top."""
        for name, text in faults.items():
            self.add_error(name if name in self.fields else None, text)


_PORT = {"min_value": 1, "max_value": 65535}
_SECURITY = [("tls", "TLS"), ("starttls", "STARTTLS")]


class ChannelForm(forms.Form):
    """The mail channel. A password left empty stays as it was."""

    smtp_host = forms.CharField(label="Serveur d’envoi (SMTP)", max_length=120)
    smtp_port = forms.IntegerField(label="Port", **_PORT)
    smtp_security = forms.ChoiceField(label="Chiffrement", choices=_SECURITY)
    imap_host = forms.CharField(label="Serveur de réception (IMAP)", max_length=120)
    imap_port = forms.IntegerField(label="Port", **_PORT)
    imap_security = forms.ChoiceField(label="Chiffrement", choices=_SECURITY)
    user = forms.CharField(label="Identifiant", max_length=120)
    password = forms.CharField(
        label="Mot de passe",
        required=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text="Vide\u00a0: inchangé. Il est scellé.",
    )
    sender = forms.EmailField(label="Adresse de l’expéditeur")
    amo_address = forms.CharField(label="Adresse des caisses", max_length=200)
    amc_address = forms.CharField(label="Adresse des complémentaires", max_length=200, required=False)
    subject = forms.CharField(label="Objet des messages", max_length=200)
    description = forms.CharField(label="Description du contenu", max_length=60)
    certificate = forms.CharField(
        label="Certificat du destinataire (PEM)",
        max_length=10_000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Chaque envoi est chiffré pour lui\u00a0: sans certificat, rien ne part.",
    )
    authority = forms.CharField(
        label="Autorité des serveurs",
        max_length=200,
        required=False,
        help_text="Chemin d’un fichier PEM, sur la machine. Vide\u00a0: les autorités du système.",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in ("amo_address", "amc_address", "subject"):
            try:
                channels.fill(data.get(name, ""), **channels.FILLINGS)
            except ValueError:
                words = ", ".join(f"{{{word}}}" for word in channels.FILLINGS)
                self.add_error(name, f"Ce modèle ne se remplit pas. Mots permis\u00a0: {words}.")
        try:
            secure.recipient(data.get("certificate", ""))
        except ValueError:
            if "certificate" not in self.errors:
                self.add_error("certificate", "Ce n’est pas un certificat RSA au format PEM.")
        return data

    def given(self, before: MailSettings) -> MailSettings:
        data = {**self.cleaned_data}
        data["password"] = data["password"] or before.password
        return MailSettings(**data)


def _tenths(value: float) -> int:
    return round(value * 10)


class PaperForm(forms.Form):
    """Offsets of one printer for one profession's form, in millimetres to one decimal."""

    profession = forms.ChoiceField(label="Profession", choices=profession_choices())
    printer = forms.CharField(label="Imprimante", max_length=60)
    right = forms.DecimalField(
        label="Vers la droite (mm)", min_value=-30, max_value=30, decimal_places=1, localize=True
    )
    down = forms.DecimalField(
        label="Vers le bas (mm)", min_value=-30, max_value=30, decimal_places=1, localize=True
    )

    def save(self) -> PaperLayout:
        data = self.cleaned_data
        row, _ = PaperLayout.objects.update_or_create(
            profession=data["profession"],
            printer=data["printer"].strip(),
            defaults={"right": _tenths(data["right"]), "down": _tenths(data["down"])},
        )
        return row
