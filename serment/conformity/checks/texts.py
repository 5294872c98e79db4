"""The catalogue itself: its scope, its legal references, the guide it follows (sections 1, 2 and 10)."""

from __future__ import annotations

from serment.conformity.catalogue import requirements
from serment.conformity.checks import Verdict, control
from serment.privacy import profiles, register


@control("scope_text")
def scope_text() -> Verdict:
    """The text applied, its name and its date are those of the file handed over."""
    profile = profiles.load(register.settings_of_practice().profile)
    text = f"{profile.name}, du {profile.dated:%d/%m/%Y}, rappelé sur la page et au dossier."
    return Verdict(bool(profile.name and profile.dated and profile.note), text, "privacy:settings")


@control("references")
def references() -> Verdict:
    lacking = [requirement.id for requirement in requirements() if not requirement.reference]
    text = f"{len(requirements())} exigences, {len(lacking)} sans fondement cité."
    return Verdict(not lacking, text, "conformity:home")


@control("guide")
def guide() -> Verdict:
    """Every security measure names its sheet of the CNIL's guide."""
    measures = [requirement for requirement in requirements() if requirement.theme]
    lacking = [requirement.id for requirement in measures if not requirement.guide]
    text = f"{len(measures)} mesures rattachées aux 17 fiches du guide de la sécurité (édition 2018, à vérifier)."
    return Verdict(not lacking, text, "conformity:home")
