"""The form of a vaccination: a name says what it is against, a site goes with the route, a live one is asked about."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from serment.record import risks, vaccines
from serment.record.form_of import form_of
from serment.record.kinds.vaccination import ANTIGENS, Vaccination
from serment.record.risks import NOTHING, Risks

ORDER = ("vaccine", "antigen", "given_on", "lot", "route", "site", "next_on")
MOUTH_AND_NOSE = ("oral", "nasal")
_Form: Any = form_of(
    Vaccination,
    past=("given_on",),
    follows=(
        ("given_on", "next_on", "Le prochain rappel vient après ce vaccin\u00a0: vérifiez les deux dates."),
    ),
)


class VaccinationForm(_Form):  # type: ignore[misc]
    """``risks``: what the record says of the patient, set by the page; nothing is known without it.

    ``picked`` is the choice ticked in the list, « antigen|name », looked up again whatever the page sent.
    """

    reads_risks = True
    looked_up = "vaccine"
    risks: Risks = NOTHING

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        against = self.fields["antigen"]
        against.choices = [("", "à choisir"), *against.choices]
        against.error_messages["required"] = (
            "Dites contre quoi\u00a0: le nom choisi dans la liste le remplit."
        )
        against.help_text = (
            "Un vaccin vivant est à confirmer si le dossier porte une grossesse, ou de quoi diminuer l’immunité. "
            "Ce qui n’y est pas noté n’est pas vérifié."
        )
        self.fields["vaccine"].help_text = "un nom, ou une maladie"
        self.fields["given_on"].initial = timezone.localdate
        self.order_fields(ORDER)

    @property
    def picked(self) -> str:
        return str(self.data.get("pick", "")) if self.is_bound else ""

    @property
    def picked_label(self) -> str:
        return self.picked.partition("|")[2]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        listed = vaccines.called(self.picked_label) if self.picked_label else None
        if listed:
            given["vaccine"] = listed.name
        named = listed or vaccines.called(given.get("vaccine") or "")
        if named and not self.data.get("antigen"):
            given["antigen"] = named.antigen
            self.errors.pop("antigen", None)
        if named and not given.get("route"):
            given["route"] = named.only_route
        if given.get("site") and given.get("route") in MOUTH_AND_NOSE:
            self.add_error("site", "Par la bouche ou par le nez, il n’y a pas de site\u00a0: laissez vide.")
        data: dict[str, Any] = super().clean()
        if not self.errors:
            self.cautions = [*self.cautions, *self._asked(data, named)]
        return data

    def _asked(self, data: dict[str, Any], named: vaccines.Vaccine | None) -> list[str]:
        found = []
        label = str(self["antigen"].label)
        if named and named.antigen != data["antigen"]:
            found.append(
                f"{label}\u00a0: {named.name} est un vaccin contre {named.against}, pas contre "
                f"{ANTIGENS[data['antigen']]}"
            )
        route = data.get("route") or ""
        if named and route and route not in named.routes:
            found.append(f"{self['route'].label}\u00a0: {named.name} ne se donne pas ainsi d’après la liste")
        if vaccines.is_live(data.get("vaccine") or "", data["antigen"], route):
            asked = risks.cautions(self.risks, data["given_on"], timezone.localdate())
            found += [f"{label}\u00a0: {why}" for why in asked]
        return found
