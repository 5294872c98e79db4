"""The professions that the référentiel covers (R1.2), with what each needs on screen and on paper."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profession:
    """``code`` is ours; ``title`` is what is printed before the name; ``medical`` opens ordonnances of medicines."""

    code: str
    label: str
    title: str = ""
    medical: bool = False
    specialties: tuple[str, ...] = ()


PROFESSIONS = {
    profession.code: profession
    for profession in (
        Profession(
            "medecin",
            "Médecin",
            "Docteur",
            medical=True,
            specialties=(
                "Médecine générale",
                "Cardiologie",
                "Dermatologie",
                "Endocrinologie",
                "Gynécologie médicale",
                "Gynécologie-obstétrique",
                "Ophtalmologie",
                "ORL",
                "Pédiatrie",
                "Pneumologie",
                "Psychiatrie",
                "Rhumatologie",
                "Autre spécialité",
            ),
        ),
        Profession("chirurgien_dentiste", "Chirurgien-dentiste", "Docteur", medical=True),
        Profession("sage_femme", "Sage-femme", medical=True),
        Profession("infirmier", "Infirmier ou infirmière"),
        Profession("kinesitherapeute", "Masseur-kinésithérapeute"),
        Profession("orthophoniste", "Orthophoniste"),
        Profession("orthoptiste", "Orthoptiste"),
        Profession("pedicure_podologue", "Pédicure-podologue"),
        Profession("ergotherapeute", "Ergothérapeute"),
        Profession("psychomotricien", "Psychomotricien ou psychomotricienne"),
        Profession("dieteticien", "Diététicien ou diététicienne"),
    )
}

SECTORS = {
    "1": "Secteur 1",
    "2": "Secteur 2",
    "2-optam": "Secteur 2, OPTAM",
    "nc": "Non conventionné",
    "ps": "Conventionné (paramédical)",
}


def profession_choices() -> list[tuple[str, str]]:
    return [(p.code, p.label) for p in PROFESSIONS.values()]
