"""How a medicine is named in DCI, and which words find it, the usual ones first. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from serment.catalogues.strengths import marks, split
from serment.catalogues.substances import is_salt
from serment.catalogues.synonyms import joined, of_medicine

_VOLUME = re.compile(r"^(?:pour )?(?:une cuill[eè]re\D*(?= ?\d))?(\d+(?:,\d+)?) ?(ml|g|l)\b", re.IGNORECASE)
_RATIO = re.compile(
    r"(?<![\d,])(\d[\d ]*(?:,\d+)?) ?(mg|g|microgrammes|UI) ?/ ?(\d+(?:,\d+)?)? ?(?:ml)\b", re.IGNORECASE
)
_MEASURED = re.compile(r"buvable|sirop|goutte", re.IGNORECASE)
_COUNTED = re.compile(r"ampoule|sachet|récipient|unidose|stick|seringue", re.IGNORECASE)
_UNITS = {"ml": "mL", "g": "g", "l": "L"}
_LIQUID = re.compile(
    r"solution|suspension|sirop|émulsion|goutte|collyre|poudre|granulé|lotion|gel|crème|pommade|mousse|vernis|pâte|onguent|bain",
    re.IGNORECASE,
)
BEGINS_DCI, BEGINS_NAME, ELSEWHERE, COPY, NOT_SOLD, HOMEOPATHIC = 0, 1, 2, 3, 10, 20
RANKS = sorted(
    {
        rank + behind
        for rank in (
            BEGINS_DCI,
            BEGINS_NAME,
            ELSEWHERE,
            *(COPY + r for r in (BEGINS_DCI, BEGINS_NAME, ELSEWHERE)),
        )
        for behind in (0, NOT_SOLD, HOMEOPATHIC, NOT_SOLD + HOMEOPATHIC)
    }
)
"""Every rank a word can have: named one by one, each is a range of the index."""
_RATE = re.compile(r"(?<![\d,/])(\d[\d,]*) ?(mg|microgrammes)/(?:(\d+) ?)?(?:heures?|h)\b", re.IGNORECASE)
_GENDERS = dict.fromkeys(
    "gélule poudre gomme compresse solution capsule suspension pâte crème pommade émulsion lotion pastille".split(),
    "f",
) | dict.fromkeys(
    "comprimé emplâtre pansement vernis suppositoire tampon microgranule dispositif".split(), "m"
)
_GENDERS["granulés"] = "p"
_FEMININE = {"ve": "f", "se": "x"}
"""Feminine endings → the masculine one that they replace."""
_TURNED = re.compile(r"^(\S.*?) \((acide|[^)]+ (?:de|d'|d’))\)(.*)$", re.IGNORECASE)


def strength(text: str) -> str:
    """« 500,00 mg » as people write it: 500 mg."""
    return re.sub(r"(\d),(\d*?)0+(?=\s|$)", lambda m: f"{m[1]},{m[2]}" if m[2] else m[1], text)


def volume(reference: str, form: str) -> str:
    """« /mL », « /5 mL », « /100 g » from « 1 ml de solution », « pour 5 ml », « une cuillère-mesure de 5 ml »…; empty
    for a unit that one counts.
    """
    match = _VOLUME.match(reference.strip())
    if match is None or not _LIQUID.search(f"{reference} {form}"):
        return ""
    count, unit = match[1], _UNITS[match[2].lower()]
    return f"/{unit}" if count == "1" else f"/{count} {unit}"


def named(substance: str) -> str:
    """« ACÉTYLSALICYLIQUE (ACIDE) » → « Acide acétylsalicylique », « METFORMINE BASE » → « Metformine »."""
    turned = _TURNED.sub(r"\2 \1\3", substance.strip()).replace("' ", "'").replace("’ ", "’")
    return re.sub(r" base$", "", turned.capitalize())


def rate(name: str, form: str) -> str:
    """« 25 microgrammes/h », « 7 mg/24 h »: what a patch gives, as its name alone says; empty for any other form."""
    found = _RATE.findall(name) if "transdermique" in form else []
    if len(found) != 1:
        return ""
    count, unit, hours = found[0]
    return f"{count} {unit}/{hours} h" if hours not in ("", "1") else f"{count} {unit}/h"


def ratio(name: str, form: str, reference: str) -> str:
    """« 10 mg/mL », « 250 mg/5 mL » of a liquid that one drinks by measure, as its name says it once; empty otherwise.

    The file may give what the whole bottle holds (« 0,600 g », « un flacon »), which nobody takes.
    """
    if not _MEASURED.search(form) or _COUNTED.search(f"{reference} {name}"):
        return ""
    found = _RATIO.findall(name)
    if len(found) != 1:
        return ""
    count, unit, of = found[0]
    return f"{count.strip()} {unit}/{of} mL" if of not in ("", "1") else f"{count.strip()} {unit}/mL"


def plain_form(form: str) -> str:
    """« comprimé gastro-résistant(e) » as one writes it: each adjective agrees with the noun before it."""
    gender, found = "", []
    for word in form.split():
        gender = _GENDERS.get(word.removesuffix("(s)"), gender)
        stem, _, ending = word.partition("(")
        ending = ending.removesuffix(")")
        if ending == "s":
            word = stem
        elif ending == "e":
            word = stem + {"f": "e", "p": "s"}.get(gender, "")
        elif ending in _FEMININE:
            word = stem.removesuffix(_FEMININE[ending]) + ending if gender == "f" else stem
        found.append(word)
    return " ".join(found)


def dci_label(medicine: dict[str, Any]) -> str:
    """« Metformine 500 mg, comprimé », « Insuline glargine 100 UI/mL, solution injectable ».

    Named after the therapeutic fraction where the file gives one. The strength printed is the one that the medicine's
    own name carries (of the salt or of the fraction: the file gives both, and practice follows the name), or the first
    where the name carries none. A strength of a liquid or a paste keeps the volume it is for. A patch of one substance
    is named by what it gives an hour or a day: what it holds differs from maker to maker for the same dose.
    """
    by_link: dict[str, list[list[str]]] = defaultdict(list)
    for substance in medicine["substances"]:
        by_link[substance[4]].append(substance)
    name = medicine["name"].replace("\u00a0", " ")
    if vaccine := vaccine_label(name, medicine["form"], medicine.get("atc", "")):
        return vaccine
    given = rate(name, medicine["form"]) if len(by_link) == 1 else ""
    parts = []
    for linked in by_link.values():
        for one in _by_fraction(linked, name):
            ordered = sorted(one, key=lambda s: s[2] != "FT")
            found = [(strength(s[3]), s[5] if len(s) > 5 else "") for s in ordered if s[3]]
            said = next((some for some in found if _says(name, some[0])), found[0] if found else ("", ""))
            alone = len(by_link) == 1 and said[0]
            drunk = ratio(name, medicine["form"], said[1]) if alone else ""
            held = "" if medicine.get("homeopathic") else volume(said[1], medicine["form"])
            amount = given or drunk or (said[0] + held if said[0] else "")
            parts.append(f"{named(ordered[0][1])} {amount}".strip())
    if not parts:
        return str(medicine["name"])
    return f"{' + '.join(dict.fromkeys(parts))}, {medicine['form']}"


def _says(name: str, amount: str) -> bool:
    return re.search(rf"(?<![\d,]){re.escape(strength(amount).split(' ')[0])}(?![\d,])", name) is not None


def _by_fraction(linked: list[list[str]], name: str) -> list[list[list[str]]]:
    """The rows of one link, part by part.

    Several fractions of one substance (sacubitril and valsartan of their complex) are a part each, unless the name
    carries the strength of the whole (citrate of caffeine 25 mg) or they have none.
    """
    fractions = sorted((row for row in linked if row[2] == "FT"), key=lambda row: row[1])
    if len(fractions) < 2:
        return [linked]
    whole = [row for row in linked if row[2] != "FT"]
    by_whole = any(row[3] and _says(name, row[3]) for row in whole)
    if whole and (by_whole and not any(_says(name, row[3]) for row in fractions if row[3])):
        return [whole]
    if whole and not all(row[3] for row in fractions):
        return [whole]
    return [[row] for row in fractions]


_VACCINE = re.compile(r"\bvaccin\b.*", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\([^()\d]*\)")
_BRAND_ENDS = re.compile(
    r"\s*[,.](?!\d)|\s+(?:suspension|poudre|solution|émulsion|dispersion|gélule|comprimé)\b"
)


def vaccine_label(name: str, form: str, atc: str) -> str:
    """« Vaccin grippal trivalent (VAXIGRIP), suspension injectable »: against what, and its brand, as its name says.

    Strains by the dozen tell nothing to who reads. Empty for what is no vaccine: neither its name nor its ATC says so.
    """
    found = _VACCINE.search(name)
    if not found and not atc.startswith("J07"):
        return ""
    brand = _BRAND_ENDS.split(name, maxsplit=1)[0].strip()
    if not found or found.start() == 0:
        return f"{brand}, {form}"
    against = re.sub(r",(?= \()", "", _ASIDE.sub("", found[0])).strip(" .,")
    return f"{against[0].upper()}{against[1:]} ({brand}), {form}"


def count_copies(medicines: Iterable[dict[str, Any]]) -> set[str]:
    """Give each medicine its ``copies``; the keys of those that stand for all of their label (the shortest name)."""
    same: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for medicine in medicines:
        same[medicine["dci_label"]].append(medicine)
    chosen = set()
    for alike in same.values():
        sold = sum(m["marketed"] for m in alike) or 1
        for medicine in alike:
            medicine["copies"] = sold
        best = min(alike, key=lambda m: (not m["marketed"], m["homeopathic"], len(m["name"]), m["key"]))
        chosen.add(best["key"])
    return chosen


def ranked_words(medicine: dict[str, Any], first_of_label: bool) -> Iterator[tuple[str, int]]:
    """(word, rank) of a medicine: what begins its DCI, then its brand, then the rest; copies and unsold ones after.

    Its strengths are words of their own, whole. What people call its only substance counts as the beginning of its DCI.
    """
    dci, name = split(medicine["dci_label"])[0], split(medicine["name"])[0]
    sounds = of_medicine(medicine["substances"], medicine["form"])
    called = sounds - {*dci, *name}
    whole = split(joined(medicine["name"]))[0]
    alone = len({substance[4] for substance in medicine["substances"]}) == 1
    begins = {*dci[:1], next((word for word in dci if not is_salt(word)), "")}
    behind = (HOMEOPATHIC if medicine["homeopathic"] else 0) + (0 if medicine["marketed"] else NOT_SOLD)
    for word in {*dci, *name, *whole, *called}:
        if word in begins or (alone and word in sounds):
            rank = BEGINS_DCI
        elif name and word == name[0]:
            rank = BEGINS_NAME
        else:
            rank = ELSEWHERE
        if not first_of_label and (word in dci or word in called):
            rank += COPY
        yield word[:60], rank + behind
    fractions = {word for row in medicine["substances"] if row[2] == "FT" for word in split(row[1])[0]}
    for word in fractions.difference(dci, name):
        yield word[:60], ELSEWHERE + behind
    for mark in marks(medicine["dci_label"], medicine["name"]):
        yield mark[:60], ELSEWHERE + behind
