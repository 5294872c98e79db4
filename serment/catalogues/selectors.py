"""Search the nomenclatures. Constant queries; a word prefix is a range of an index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import DateField, Q

from serment.catalogues.models import (
    Commune,
    Diagnosis,
    ImportRun,
    Medicine,
    Presentation,
    Shortage,
    Tariff,
    Word,
)
from serment.formats.money import format_euros
from serment.formats.names import fold, words
from serment.formats.text import NBSP
from serment.vault.prepared import Prepared, Slot

CANDIDATES = 400


def _targets(kind: str, text: str) -> list[str]:
    """Targets that have, for each typed word, a word beginning with it. The longest typed word drives."""
    typed = sorted(words(text)[:6], key=len, reverse=True)
    if not typed or len(typed[0]) < 2:
        return []
    first, *rest = typed
    found = Word.objects.filter(kind=kind, word__gte=first, word__lt=first + "\uffff")
    for word in rest:
        more = Word.objects.filter(kind=kind, word__gte=word, word__lt=word + "\uffff").values("target")
        found = found.filter(target__in=more)
    return list(dict.fromkeys(found.values_list("target", flat=True)[:CANDIDATES]))


@dataclass(frozen=True)
class MedicineHit:
    key: str
    dci_label: str
    name: str
    source: str
    marketed: bool
    shortage: str = ""
    """« Rupture de stock », « Tension d’approvisionnement »… as the ANSM announced it; empty where nothing was."""


def search_medicines(query: str, limit: int = 20, boost: Iterable[str] = ()) -> list[MedicineHit]:
    """By brand or DCI, any order, accents and case aside; three queries. Generic copies of one DCI show once."""
    rows = Medicine.objects.filter(key__in=_targets("m", query), withdrawn=False)
    if ImportRun.objects.filter(catalogue="bdpm").exists():
        rows = rows.filter(source="bdpm")
    typed, favourites = words(query), set(boost)
    ranked = []
    for row in rows.only("key", "dci_label", "name", "source", "marketed"):
        dci, name = fold(row.dci_label), fold(row.name)
        starts = 0 if dci.startswith(typed[0]) else 1 if name.startswith(typed[0]) else 2
        ranked.append(((row.key not in favourites, not row.marketed, starts, len(dci), dci, len(name)), row))
    hits: dict[tuple[str, bool], MedicineHit] = {}
    for rank, row in sorted(ranked, key=lambda pair: pair[0]):
        brand_asked = rank[3] == 1
        label = (row.dci_label if not brand_asked else row.name, brand_asked)
        hits.setdefault(label, MedicineHit(row.key, row.dci_label, row.name, row.source, row.marketed))
        if len(hits) >= limit:
            break
    short = shortages(hit.key for hit in hits.values())
    return [replace(hit, shortage=short.get(hit.key, "")) for hit in hits.values()]


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
    """(code, name) of substances whose name has these words; from the medicines found, one query more."""
    typed = words(query)
    found: dict[str, str] = {}
    for medicine in Medicine.objects.filter(key__in=_targets("m", query)).only("substances"):
        for code, name, *_ in medicine.substances:
            if all(any(w.startswith(t) for w in words(name)) for t in typed):
                found.setdefault(name, code)
    return [(code, name) for name, code in sorted(found.items(), key=lambda i: (len(i[0]), i[0]))][:limit]


def search_diagnoses(query: str, limit: int = 15) -> list[Diagnosis]:
    """CIM-10, by code or words; two queries."""
    found = Diagnosis.objects.filter(code__in=_targets("d", query))
    typed = words(query)
    return sorted(found, key=lambda d: (not fold(d.label).startswith(typed[0]), len(d.label), d.code))[:limit]


def communes_for_postal_code(postal_code: str) -> list[Commune]:
    return list(Commune.objects.filter(postal_code=postal_code).order_by("name")[:40])


def search_communes(query: str, limit: int = 12) -> list[Commune]:
    """Communes whose name begins with the text as typed, or whose INSEE code is it."""
    text = query.strip()
    if len(text) < 2:
        return []
    return list(
        Commune.objects.filter(Q(name__istartswith=text) | Q(insee=text.upper())).order_by("name")[:limit]
    )


_TARIFFS = Prepared(
    lambda: (
        Tariff.objects.filter(starts_on__lte=Slot("day", DateField()))
        .filter(Q(ends_on=None) | Q(ends_on__gte=Slot("day", DateField())))
        .order_by("kind", "code")
    )
)


def tariffs_on(day: date, scope: str) -> list[Tariff]:
    """Prices in force on a day for generalist or specialist."""
    return [t for t in _TARIFFS.all(day=day) if t.scope in ("", scope)]


def release_label() -> str:
    """Which medicines are being searched, said on screen and kept on the ordonnance."""
    run = ImportRun.objects.filter(catalogue="bdpm").order_by("-pk").first()
    if run is None:
        return "catalogue de départ, à remplacer par la base officielle (à vérifier)"
    return f"base publique des médicaments, importée le {run.at:%d/%m/%Y}"
