"""Lines in one's own words: what they name of the medicines is held to the same rights, and is never a secured line.

Read on the ordonnances of medicines and of devices; the others (a nurse's act, a dosage) may name a medicine rightly.
"""

from __future__ import annotations

from collections.abc import Iterator

from serment.catalogues.mentions import Mention, named
from serment.catalogues.orderables import orderables
from serment.catalogues.substances import folded
from serment.prescribing import rights
from serment.prescribing.payloads import Line
from serment.prescribing.safety import Alert, Item, PatientFacts, profession
from serment.prescribing.safety.conditions import is_secured, rules

KINDS = ("medicines", "devices")
_NOT_TAKEN = {"arreter", "arret", "stop", "stopper", "suspendre", "interrompre", "eviter", "pas", "sans"}
ABOUT = "ligne libre"
SOURCE = "noms des médicaments du catalogue"
_SECURED = (
    "{} ne s’écrit pas en ligne libre ; choisissez-le dans la liste : il veut une ordonnance sécurisée, la dose en "
    "toutes lettres et une durée limitée"
)


class Refused(rights.NotAllowed):
    """``wrong``: place of a line → why, in French, what it names is not written in one's own words."""

    def __init__(self, wrong: dict[int, str]) -> None:
        place, text = next(iter(wrong.items()))
        super().__init__(f"Ligne {place + 1} : {text}.")
        self.wrong = wrong


def read(lines: list[Line], *, kind: str, patient: PatientFacts) -> list[Alert]:
    """What the lines name that no check looked at. Two queries where a text has words, three for devices.

    Raises Refused for what the profession does not prescribe, for what is secured, and for a medicine among devices.
    """
    if kind not in KINDS:
        return []
    written = list(_written(lines))
    wrong: dict[int, str] = {}
    found = []
    for (place, text, whole), mentions in zip(written, named([text for _, text, _ in written]), strict=True):
        if whole and not mentions and (name := _secured_name(text)):
            wrong.setdefault(place, _SECURED.format(name))
        for mention in mentions:
            if not (whole or mention.dosed) or _is_of(mention, lines[place]):
                continue
            if why := _why_not(mention, kind, patient):
                wrong.setdefault(place, why)
            elif whole:
                found.append(_unchecked(place, lines[place], mention))
    if wrong:
        raise Refused(wrong)
    return found


def _secured_name(text: str) -> str:
    """A brand of secured medicine with a number behind, where the catalogue does not hold it yet; empty for none."""
    words = folded(text).split()
    for place, word in enumerate(words):
        if word in rules()["secured_names"]["names"] and any(
            char.isdigit() for char in "".join(words[place:])
        ):
            return "" if _NOT_TAKEN & set(words[max(0, place - 4) : place]) else word.capitalize()
    return ""


def _written(lines: list[Line]) -> Iterator[tuple[int, str, bool]]:
    """(place, text, whether it is the line itself). A note, or a label that was changed, counts with a dose only."""
    known = orderables(line.code for line in lines if line.code) if any(line.code for line in lines) else {}
    for place, line in enumerate(lines):
        if line.code and line.code in known:
            ours = known[line.code]
            if line.text not in (ours.common, ours.label):
                yield place, line.text, False
        elif line.text:
            yield place, line.text, True
        if line.dosage and line.dosage.note:
            yield place, line.dosage.note, False


def _is_of(mention: Mention, line: Line) -> bool:
    """A note that speaks of the medicine of its own line."""
    own = {word for name in (*line.substances, line.dci_label) for word in folded(name).split()}
    return bool(line.medicine) and any(
        {word for row in one.substances for word in folded(row[1]).split()} & own for one in mention.medicines
    )


def _why_not(mention: Mention, kind: str, patient: PatientFacts) -> str:
    """Why this can not be written so; empty where it can."""
    who = patient.prescriber_profession
    refused = [_refused(mention, place, patient) for place in range(len(mention.medicines))]
    if all(refused):
        return f"{mention.word} est un médicament, et votre profession ne le prescrit pas ({rights.of(who).text})"
    items = [Item(0, one) for one in mention.medicines]
    if sum(is_secured(item) for item in items) * 2 > len(items):
        return _SECURED.format(mention.word)
    if kind == "devices":
        return (
            f"{mention.word} est un médicament : choisissez-le dans la liste d’une ordonnance de médicaments"
            if mention.dosed
            else ""
        )
    if all(any(alert.blocking for alert in profession.check([item], patient)[0]) for item in items):
        return f"{mention.word} veut une raison, selon la liste de votre profession : choisissez-le dans la liste"
    return ""


def _refused(mention: Mention, place: int, patient: PatientFacts) -> bool:
    try:
        rights.require_medicine(patient.prescriber_profession, mention.medicines[place], age=patient.age)
    except rights.NotAllowed:
        return True
    return False


def _unchecked(place: int, line: Line, mention: Mention) -> Alert:
    text = line.text if len(line.text) <= 60 else f"{line.text[:59]}…"
    return Alert(
        ABOUT,
        "information",
        (place,),
        f"ligne libre « {text} » : non vérifiée, {mention.word} reconnu ; choisissez-le dans la liste pour la vérifier",
        "Ni allergie, ni interaction, ni doublon, ni condition de prescription n’est regardé sur une ligne libre.",
        source=SOURCE,
    )
