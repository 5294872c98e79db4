"""Forms of the privacy room."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from serment.privacy import declarations
from serment.privacy.models import (
    AwarenessSession,
    Breach,
    EmergencyAccess,
    Particulars,
    Processor,
    Settings,
)
from serment.vault.ids import decode, encode

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
_MOMENTS = ["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"]

CLAUSES = {
    "instruction": "n’agit que sur instruction du cabinet",
    "confidentiality": "engage son personnel à la confidentialité",
    "security": "prend toutes les mesures de sécurité requises",
    "subprocessing": "ne fait appel à personne sans accord écrit",
    "assistance": "aide le cabinet à répondre aux patients",
    "return": "rend ou supprime les données à la fin",
    "audit": "donne de quoi démontrer ses garanties et accepte l’audit",
}
NATURES = {
    "confidentiality": "données vues ou parties (confidentialité)",
    "integrity": "données altérées (intégrité)",
    "availability": "données perdues ou inaccessibles (disponibilité)",
}


class SettingsForm(forms.ModelForm):
    class Meta:
        model = Settings
        fields = ("profile", "exercise", "hosting", "dpo_name", "dpo_contact", "dpia_reason", "dpia_on")
        widgets = {"dpia_on": DAY, "dpia_reason": forms.Textarea({"rows": 3})}


class ParticularsForm(forms.ModelForm):
    class Meta:
        model = Particulars
        fields = ("note", "balancing")
        widgets = {"note": forms.Textarea({"rows": 4}), "balancing": forms.Textarea({"rows": 5})}


class EmergencyForm(forms.Form):
    reason = forms.ChoiceField(
        label="Motif", choices=EmergencyAccess.Reason.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label="Ce qui se passe",
        min_length=10,
        max_length=600,
        widget=forms.Textarea({"rows": 3}),
        help_text="Lu par les praticiens du patient, et remis au patient qui demande qui a vu son dossier.",
    )


def _declarable() -> list[tuple[str, Any]]:
    """« — », the diseases in their group, the other declarations."""
    known = declarations.kinds().values()
    diseases = [(kind.code, kind.label) for kind in known if kind.code.startswith("mdo-")]
    others = [(kind.code, kind.label) for kind in known if not kind.code.startswith("mdo-")]
    return [("", "—"), ("Maladies à déclaration obligatoire", diseases), ("Autres déclarations", others)]


class DeclarationForm(forms.Form):
    kind = forms.ChoiceField(label="Ce qui est déclaré", choices=_declarable)
    declared_on = forms.DateField(label="Faite le", initial=timezone.localdate, widget=DAY)
    means = forms.ChoiceField(label="Par quelle voie", choices=list(declarations.MEANS.items()))
    recipient = forms.CharField(
        label="Destinataire",
        max_length=160,
        required=False,
        help_text="Vide : celui que le texte désigne.",
    )
    words = forms.CharField(
        label="Ce qui a été transmis",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Numéro d’accusé, personne jointe, données transmises. Scellé avec le dossier.",
    )


class AwarenessForm(forms.ModelForm):
    """``people`` are offered from the team at hand."""

    people = forms.MultipleChoiceField(label="Participants", widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = AwarenessSession
        fields = ("held_on", "topic", "people")
        widgets = {"held_on": DAY}

    def __init__(self, *args: Any, team: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(encode(person.pk), person.display_name) for person in team]

    def clean_held_on(self) -> date:
        day: date = self.cleaned_data["held_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Notez la séance une fois tenue\u00a0: cette date est à venir.")
        return day

    def clean_people(self) -> list[int]:
        return [decode(text) for text in self.cleaned_data["people"]]


class ProcessorForm(forms.ModelForm):
    clauses = forms.MultipleChoiceField(
        label="Clauses du contrat (article 28 du RGPD)",
        choices=list(CLAUSES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Processor
        fields = (
            "name",
            "kind",
            "service",
            "contact",
            "country",
            "sees_data",
            "hosts_health",
            "hds_certificate",
            "hds_until",
            "contract_on",
            "clauses",
            "sub_processors",
            "responsibilities",
            "audited_on",
            "ended_on",
            "returned_on",
        )
        widgets = {
            **dict.fromkeys(("hds_until", "contract_on", "audited_on", "ended_on", "returned_on"), DAY),
            "sub_processors": forms.Textarea({"rows": 2}),
            "responsibilities": forms.Textarea({"rows": 3}),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("hosts_health") and not data.get("hds_certificate"):
            self.add_error(
                "hds_certificate",
                "Qui héberge des données de santé doit être certifié (L.1111-8 CSP)\u00a0: notez son certificat.",
            )
        if data.get("kind") == Processor.Kind.BOOKING and not data.get("responsibilities", "").strip():
            self.add_error(
                "responsibilities",
                "Une plateforme de rendez-vous\u00a0: dites qui répond de quelles données.",
            )
        if data.get("returned_on") and not data.get("ended_on"):
            self.add_error("ended_on", "Notez d’abord la fin du contrat.")
        return data


class BreachForm(forms.ModelForm):
    field_order = (
        "known_at",
        "began_at",
        "reported_by",
        "natures",
        "facts",
        "persons",
        "records",
        "consequences",
        "measures",
        "risk",
        "notified_at",
        "informed_at",
        "late_reason",
        "closed_at",
    )
    natures = forms.MultipleChoiceField(
        label="Nature", choices=list(NATURES.items()), widget=forms.CheckboxSelectMultiple
    )
    facts = forms.CharField(
        label="Ce qui s’est passé",
        max_length=3000,
        widget=forms.Textarea({"rows": 5}),
        help_text="Circonstances de la découverte, cause, données concernées. Sans nom de patient.",
    )
    consequences = forms.CharField(
        label="Conséquences probables", max_length=1500, required=False, widget=forms.Textarea({"rows": 3})
    )
    measures = forms.CharField(
        label="Mesures prises ou prévues", max_length=1500, required=False, widget=forms.Textarea({"rows": 3})
    )
    late_reason = forms.CharField(
        label="Si plus de 72 heures\u00a0: pourquoi", max_length=600, required=False
    )

    class Meta:
        model = Breach
        fields = (
            "known_at",
            "began_at",
            "reported_by",
            "persons",
            "records",
            "risk",
            "notified_at",
            "informed_at",
            "closed_at",
        )
        widgets = dict.fromkeys(("known_at", "began_at", "notified_at", "informed_at", "closed_at"), MOMENT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("known_at", "began_at", "notified_at", "informed_at", "closed_at"):
            self.fields[name].input_formats = _MOMENTS

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        risk, notified = data.get("risk"), data.get("notified_at")
        if data.get("closed_at"):
            if not risk:
                self.add_error("risk", "Appréciez le risque avant de clore.")
            if risk in (Breach.Risk.RISK, Breach.Risk.HIGH) and not notified:
                self.add_error("notified_at", "Ce risque se notifie à la CNIL avant de clore.")
            if risk == Breach.Risk.HIGH and not data.get("informed_at"):
                self.add_error("informed_at", "Les personnes doivent être informées avant de clore.")
        known = data.get("known_at")
        if known and known > timezone.now():
            self.add_error("known_at", "Cette date est dans le futur\u00a0: vérifiez-la.")
        if (
            known
            and notified
            and (notified - known).total_seconds() > 72 * 3600
            and not data.get("late_reason")
        ):
            self.add_error("late_reason", "Au-delà de 72 heures, la CNIL demande le motif du retard.")
        return data
