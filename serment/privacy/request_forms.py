"""Forms of the requests of people about their data, and of the copies handed to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from serment.patients.representatives import Acting
from serment.privacy import profiles, rights
from serment.privacy.models import CopyHanding, RightsRequest
from serment.vault.ids import decode

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

ACTS = {"parent": "parent", "child_guardian": "guardian", "guardian": "guardian", "curator": "guardian"}
ACTS |= {"family": "guardian", "future": "mandate"}
"""Capacity of a legal representative → how a request says that they act."""


def known_choices(acting: list[Acting]) -> list[tuple[str, str]]:
    return [("", "—"), *((str(rank), one.text) for rank, one in enumerate(acting))]


class _WithRepresentatives(forms.Form):
    """A form that offers the representatives whom the patient's card names: choosing one fills who acts, and why.

    ``FILLED``: the form's own names for the capacity, the name and the ground.
    """

    FILLED: tuple[str, str, str]

    def __init__(self, *args: Any, acting: list[Acting] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acting = acting or []
        self.fields["known"].choices = known_choices(self.acting)
        if not self.acting:
            del self.fields["known"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if known := data.pop("known", ""):
            one = self.acting[int(known)]
            capacity, name, ground = self.FILLED
            data |= {
                capacity: ACTS[one.representative.capacity],
                name: one.name,
                ground: data.get(ground, "").strip() or one.ground,
            }
        return data


class ReceiveForm(_WithRepresentatives):
    """A request as it comes in: what is asked, by whom, on what ground."""

    FILLED = ("acts_as", "representative", "representative_ground")

    kind = forms.ChoiceField(label="Ce que demande la personne", choices=RightsRequest.Kind.choices)
    purpose = forms.ChoiceField(
        label="Opposition à",
        required=False,
        choices=[
            ("", "—"),
            *((rule.code, rule.label) for rule in profiles.load(profiles.DEFAULT).purposes.values()),
        ],
        help_text="seulement pour une opposition",
    )
    received_on = forms.DateField(label="Reçue le", initial=timezone.localdate, widget=DAY)
    identity_check = forms.ChoiceField(label="Identité vérifiée", choices=RightsRequest.Identity.choices)
    acts_as = forms.ChoiceField(
        label="Qui fait la demande",
        choices=RightsRequest.ActsAs.choices,
        initial=RightsRequest.ActsAs.SELF,
        required=False,
    )
    known = forms.ChoiceField(
        label="Représentant noté sur la fiche",
        required=False,
        help_text="Choisi, il remplit ce qui suit\u00a0; la pièce vue reste à dire si la fiche ne la donne pas.",
    )
    representative = forms.CharField(
        label="Nom de la personne qui agit pour le patient", max_length=160, required=False
    )
    representative_ground = forms.CharField(
        label="Ce qui le fonde, et la pièce vue",
        max_length=300,
        required=False,
        help_text="Livret de famille, jugement de tutelle et sa date, mandat écrit, acte de notoriété. Pièce vue, "
        "non copiée.",
    )
    old_file = forms.BooleanField(
        label="Les informations demandées ont plus de cinq ans",
        required=False,
        help_text="délai de deux mois",
    )
    asked = forms.CharField(
        label="Ce qui est demandé",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Sans détail médical\u00a0: le secrétariat peut lire ce texte.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data["acts_as"] = data.get("acts_as") or RightsRequest.ActsAs.SELF
        if data["acts_as"] != RightsRequest.ActsAs.SELF:
            if not data.get("representative", "").strip():
                self.add_error("representative", "Dites qui agit pour le patient.")
            if not data.get("representative_ground", "").strip():
                self.add_error("representative_ground", "Dites ce qui fonde cette personne à agir.")
        return data


class HandCopyForm(_WithRepresentatives):
    """Who receives the copy, and what lets them."""

    FILLED = ("to", "recipient", "ground")

    to = forms.ChoiceField(label="Remise à", choices=CopyHanding.To.choices, initial=CopyHanding.To.SELF)
    known = forms.ChoiceField(label="Représentant noté sur la fiche", required=False)
    recipient = forms.CharField(
        label="Nom de qui la reçoit", max_length=160, required=False, help_text="Inutile si c’est le patient."
    )
    ground = forms.CharField(
        label="Ce qui l’y autorise",
        max_length=300,
        required=False,
        help_text="Pièce vue (livret, jugement, mandat), ou accord du patient et sa forme. Rien de médical.",
    )
    identity_check = forms.ChoiceField(
        label="Identité vérifiée",
        choices=[choice for choice in RightsRequest.Identity.choices if choice[0] != "doubt"],
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("to") == CopyHanding.To.SELF:
            data |= {"recipient": "", "ground": ""}
        elif data.get("to"):
            if not data.get("recipient", "").strip():
                self.add_error("recipient", "Nommez qui reçoit la copie.")
            if not data.get("ground", "").strip():
                self.add_error("ground", "Dites ce qui autorise cette personne à la recevoir.")
        return data


class CloseForm(forms.Form):
    """``readers``: (id, name) of those whom an opposition to sharing may set aside; the field is there for them."""

    state = forms.ChoiceField(
        label="Suite donnée",
        choices=[choice for choice in RightsRequest.State.choices if choice[0] != "received"],
    )
    ground = forms.ChoiceField(
        label="Motif du refus",
        required=False,
        choices=[("", "—"), *((code, f"{code} – {g.text[:90]}…") for code, g in rights.GROUNDS.items())],
    )
    answer = forms.CharField(
        label="Réponse faite à la personne",
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text="Sans détail médical.",
    )
    aside = forms.MultipleChoiceField(
        label="Écarter aussi du dossier",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Les personnes de votre cercle que le patient ne veut pas voir lire son dossier. L’opposition seule "
        "reprend les partages avec d’autres cercles.",
    )

    def __init__(self, *args: Any, readers: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if readers:
            self.fields["aside"].choices = list(readers)
        else:
            del self.fields["aside"]

    def clean_aside(self) -> list[int]:
        return [decode(text) for text in self.cleaned_data["aside"]]


class ExtendForm(forms.Form):
    reason = forms.CharField(label="Pourquoi deux mois de plus", max_length=300)
