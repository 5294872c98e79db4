"""Search the nomenclatures. Constant queries; a word prefix is a range of an index."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from django.db.models import Q, QuerySet

from serment.catalogues import diagnosis_words, spelling, strengths
from serment.catalogues.models import (
    Commune,
    Diagnosis,
    ImportRun,
    Medicine,
    Presentation,
    Shortage,
    Word,
)
from serment.catalogues.synonyms import joined, of_substance
from serment.catalogues.wording import BEGINS_NAME, RANKS
from serment.catalogues.wording import NOT_SOLD as BEHIND
from serment.formats.money import format_euros
from serment.formats.names import fold, words
from serment.formats.text import NBSP

CANDIDATES = 300
FEW = 600
FIRST = 2
"""Ranks below this begin a name: looked at first, and alone where they give enough."""
BY_RANK = (RANKS[:FIRST], RANKS[FIRST:])


def _beginning(kind: str, word: str) -> QuerySet[Word]:
    return Word.objects.filter(kind=kind, word__gte=word, word__lt=word + "\uffff")


def targets(
    kind: str, text: str, boost: Iterable[str] = (), enough: int = 20, exactly: Iterable[set[str]] = ()
) -> dict[str, int]:
    """Target → its rank, the best first, of those that have a word beginning as each typed one.

    ``exactly``: sets of whole words, one of each to be had (see `strengths`). One query for a word typed, one more
    where few names begin so, one more for ``boost`` (targets not to miss).
    """
    typed = sorted(words(text)[:6], key=len, reverse=True)
    if not typed or len(typed[0]) < 2:
        return {}
    rows = _beginning(kind, typed[0])
    also = [_beginning(kind, word) for word in typed[1:] if len(word) > 1]
    also += [Word.objects.filter(kind=kind, word__in=sorted(some)) for some in exactly]
    ordered = rows.order_by("rank", "word", "target").values_list("target", "rank")
    found: dict[str, int] = {}
    if keys := list(boost):
        found.update(rows.filter(target__in=keys).values_list("target", "rank"))
    passes = [ordered.filter(rank__in=RANKS)] if also else [ordered.filter(rank__in=r) for r in BY_RANK]
    for some in passes:
        for target, rank in some if also else some[:CANDIDATES]:
            found.setdefault(target, rank)
        if len(found) >= enough:
            break
    return dict(islice(_having(found, also).items(), CANDIDATES))


def _having(found: dict[str, int], also: list[QuerySet[Word]]) -> dict[str, int]:
    """Those that have a word of each: looked for among a few by name, among many by the word."""
    for rows in also:
        few = rows.filter(target__in=list(found)) if len(found) <= FEW else rows
        kept = set(few.values_list("target", flat=True))
        found = {target: rank for target, rank in found.items() if target in kept}
    return found


@dataclass(frozen=True)
class MedicineHit:
    key: str
    dci_label: str
    name: str
    source: str
    marketed: bool
    shortage: str = ""
    """« Rupture de stock », « Tension d’approvisionnement »… as the ANSM announced it; empty where nothing was."""
    usual: bool = False
    """Already among what this patient takes, or what this practitioner prescribes most."""
    other_strength: bool = False
    """Not of the strength that was typed, which no medicine of these names has: never to be taken unseen."""
    near: str = ""
    """The spelling that was searched instead of what was typed, which finds nothing: never to be taken unseen."""


def search_medicines(query: str, limit: int = 20, boost: Iterable[str] = ()) -> list[MedicineHit]:
    """By brand or DCI, any order, accents and case aside. Copies of one DCI show once. Three to nine queries where
    something is found.

    ``boost``: keys to put first, the most wanted first (this patient's, then this practitioner's). A strength typed
    (« ramipril 5 », « amox 1g ») is held: the medicines that have it, or else the others, each of them marked
    ``other_strength``. What finds nothing is tried with another word of the form, then with a near spelling, marked
    ``near``.
    """
    names, amounts = strengths.split(joined(query))
    typed = strengths.asked(amounts)
    favourites = {key: place for place, key in enumerate(boost)}
    hits = _named(names, typed, favourites, limit)
    for others, changed in () if hits else spelling.otherwise(names):
        if hits := _named(others, typed, favourites, limit):
            near = " ".join(_accented(word, hits[0]) for word in changed)
            hits = [replace(hit, near=near) for hit in hits]
            break
    short = shortages(hit.key for hit in hits)
    return [replace(hit, shortage=short.get(hit.key, "")) for hit in hits]


def _named(
    names: list[str], typed: list[strengths.Asked], favourites: dict[str, int], limit: int
) -> list[MedicineHit]:
    """Those of these names and of the strength typed, or else those of another strength, marked."""
    hits = _hits(_found(names, typed, favourites, limit), favourites, limit)
    if typed and not hits:
        hits = [replace(hit, other_strength=True) for hit in _others(names, typed, favourites, limit)]
    return hits


def _accented(word: str, hit: MedicineHit) -> str:
    """A word of the index as the label or the name of a medicine writes it: « bromazépam »."""
    said = re.findall(r"\w+", f"{hit.dci_label} {hit.name}")
    return next((one.lower() for one in said if fold(one) == word), word)


_Row = tuple[str, str, str, str, bool, int, str, list[str]]
_FIELDS = ("key", "dci_label", "name", "source", "marketed", "copies", "routes", "conditions")
_TOWN = frozenset(("orale", "sublinguale", "inhalée", "transdermique"))
_VEIN = frozenset(("intraveineuse", "voie parentérale autre", "péridurale", "intrathécale", "périneurale"))
_HOSPITAL = "réservé à l'usage hospitalier"


@dataclass(frozen=True)
class _Found:
    """Rows of medicines with their rank, in the order to show them."""

    rows: list[_Row]
    ranks: dict[str, int]


def _found(names: list[str], typed: list[strengths.Asked], favourites: dict[str, int], limit: int) -> _Found:
    """Those of the strength typed, it alone before it with something else; all where none is typed."""
    exactly = [set(one.marks) for one in typed]
    ranks = targets("m", " ".join(names), favourites, enough=limit, exactly=exactly)
    rows = list(Medicine.objects.filter(key__in=ranks, withdrawn=False).values_list(*_FIELDS))
    if typed:
        said = [name for name in names if len(name) > 1]
        held = {row[0]: strengths.fits(typed, said, row[1], row[2]) for row in rows}
        rows = [row for row in _sorted(rows, ranks, favourites) if held[row[0]][0]]
        return _Found(sorted(rows, key=lambda row: not held[row[0]][1]), ranks)
    return _Found(_sorted(rows, ranks, favourites), ranks)


def _others(
    names: list[str], typed: list[strengths.Asked], favourites: dict[str, int], limit: int
) -> list[MedicineHit]:
    """What there is of the names at another strength, those that begin with the digits typed first."""
    found = _found(names, [], favourites, limit)
    rows = sorted(found.rows, key=lambda row: not strengths.begins(typed, row[1], row[2]))
    return _hits(_Found(rows, found.ranks), favourites, limit)


def _sorted(rows: list[_Row], ranks: dict[str, int], favourites: dict[str, int]) -> list[_Row]:
    def place(row: _Row) -> tuple[object, ...]:
        rank = ranks[row[0]]
        beginning = rank % BEHIND >= FIRST
        return (
            favourites.get(row[0], len(favourites)),
            rank // BEHIND,
            beginning,
            _remote(row[6], row[7]),
            " + " in row[1] and rank % BEHIND != BEGINS_NAME,
            -row[5] if rank % BEHIND != BEGINS_NAME else 0,
            rank,
            len(row[1]),
            row[1],
            len(row[2]),
        )

    return sorted(rows, key=place)


def _remote(routes: str, conditions: list[str]) -> int:
    """How far from a town ordonnance: 0 swallowed or inhaled, 1 other routes, 2 in a vein only or kept to hospitals."""
    here = {route.strip() for route in routes.split(";")} - {""}
    if any(text.lower().replace("’", "'").startswith(_HOSPITAL) for text in conditions):
        return 2
    if not here or here & _TOWN:
        return 0
    return 2 if here <= _VEIN else 1


def _hits(found: _Found, favourites: dict[str, int], limit: int) -> list[MedicineHit]:
    hits: dict[tuple[str, bool], MedicineHit] = {}
    for key, dci, name, source, marketed, *_ in found.rows:
        brand_asked = found.ranks[key] % BEHIND == BEGINS_NAME
        shown = (name if brand_asked else dci, brand_asked)
        hits.setdefault(shown, MedicineHit(key, dci, name, source, marketed, usual=key in favourites))
        if len(hits) >= limit:
            break
    return list(hits.values())


def shortages(keys: Iterable[str]) -> dict[str, str]:
    """Medicine key → what is announced of its supply, for those not supplied again: one query."""
    rows = Shortage.objects.filter(medicine_key__in=list(keys)).exclude(code="4").order_by("-since")
    return {row.medicine_key: row.label for row in reversed(rows)}


def prices(keys: Iterable[str]) -> dict[str, str]:
    """Medicine key → « 65 %, dès 2,18 € », from its cheapest box with a price: one query."""
    found: dict[str, str] = {}
    rows = Presentation.objects.filter(medicine_key__in=list(keys), price_cents__isnull=False)
    for row in rows.order_by("price_cents"):
        rate = f"{row.rate.replace('%', f'{NBSP}%')}, " if row.rate else ""
        found.setdefault(row.medicine_key, f"{rate}dès {format_euros(row.price_cents)}")
    return found


def medicines(keys: Iterable[str]) -> dict[str, Medicine]:
    """Medicines by key, one query."""
    return Medicine.objects.in_bulk(list(keys))


def substance_words(medicine: Medicine) -> set[str]:
    """Folded names and codes of everything in a medicine, salts and fractions alike."""
    found: set[str] = set()
    for code, name, *_ in medicine.substances:
        found.add(code)
        found.add(fold(name))
    return found


def search_substances(query: str, limit: int = 12) -> list[tuple[str, str]]:
    """(code, name) of substances that these words name or call; from the medicines found, one query more."""
    typed, _ = strengths.split(joined(query))
    found: dict[str, str] = {}
    listed = Medicine.objects.filter(key__in=targets("m", " ".join(typed))).values_list(
        "substances", flat=True
    )
    for substances in listed:
        for code, name, *_ in substances:
            own = [*words(name), *of_substance(name)]
            if all(any(w.startswith(t) for w in own) for t in typed):
                found.setdefault(name, code)
    return [(code, name) for name, code in sorted(found.items(), key=lambda i: (len(i[0]), i[0]))][:limit]


MEANT = 4
"""Of how many of the codes that everyday words lead to the subdivisions are offered too."""
_CODE = re.compile(r"^([A-Za-z]\d\d)\.(\S+)$")


def search_diagnoses(query: str, limit: int = 15) -> list[Diagnosis]:
    """CIM-10, by code (with or without its dot), the words of a label, or everyday words; two or three queries.

    What everyday words lead to comes first, then the labels that begin so, then the others, subdivisions among them.
    """
    asked = _CODE.sub(r"\1\2", query.strip())
    meant = diagnosis_words.codes(query)
    wanted = Q(code__in=[*targets("d", asked, enough=limit), *meant])
    for code in meant[:MEANT]:
        wanted |= Q(code__startswith=code)
    places = {code: place for place, code in enumerate(meant)}
    begins = (words(asked) or [""])[0]

    def place(row: Diagnosis) -> tuple[object, ...]:
        meant_at = places.get(row.code, len(places))
        return (meant_at, not fold(row.label).startswith(begins), len(row.label), row.code)

    return sorted(Diagnosis.objects.filter(wanted), key=place)[:limit]


def communes_for_postal_code(postal_code: str) -> list[Commune]:
    return list(Commune.objects.filter(postal_code=postal_code).order_by("name")[:40])


def search_communes(query: str, limit: int = 12) -> list[Commune]:
    """Communes whose name begins with the text, accents, case and hyphens aside, or whose INSEE code is it: one query.

    « st etienne » is « Saint-Étienne », « chateaubriant » is « Châteaubriant ».
    """
    text = _spelt_out(query)
    if len(text) < 2:
        return []
    named = Q(folded__gte=text, folded__lt=text + "\uffff")
    return list(Commune.objects.filter(named | Q(insee=query.strip().upper())).order_by("name")[:limit])


def _spelt_out(text: str) -> str:
    folded = fold(text)
    for short, long in (("st ", "saint "), ("ste ", "sainte ")):
        if folded.startswith(short):
            return long + folded.removeprefix(short)
    return folded


def release_label() -> str:
    """Which medicines are being searched, said on screen and kept on the ordonnance."""
    run = ImportRun.objects.filter(catalogue="bdpm").order_by("-pk").first()
    if run is None:
        return "catalogue de départ, à remplacer par la base officielle (à vérifier)"
    return f"base publique des médicaments, importée le {run.at:%d/%m/%Y}"
