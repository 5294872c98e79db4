"""Import the thesaurus of interactions, and ask it: three queries for a whole ordonnance, whatever its length."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import transaction

from serment.catalogues import thesaurus
from serment.catalogues.models import ImportRun, Interaction, Medicine, ThesaurusSubstance
from serment.catalogues.runs import same_as_before
from serment.catalogues.substances import candidates, folded, joined, strangers

BATCH = 500
STARTER = Path(__file__).parent / "data" / "starter_interactions.csv"


@transaction.atomic
def import_thesaurus(*, path: Path) -> ImportRun:
    """Replace the interactions by those of a file. Raises BadFile. The same file twice changes nothing."""
    content = thesaurus.read(path)
    if known := same_as_before("thesaurus", content.digest):
        return known
    edition = re.search(r"20\d\d-\d\d", path.name)
    _replace(content, "ansm")
    linked, total = coverage()
    return ImportRun.objects.create(
        catalogue="thesaurus",
        digest=content.digest,
        counts={
            "édition": edition.group() if edition else "non datée",
            "interactions": len(content.pairs),
            "substances": len(content.families),
            "familles": len({f for _, families in content.families.values() for f in families}),
            "doublons écartés": content.doubles,
            "protagonistes sans substance": content.unresolved,
            "médicaments reconnus": linked,
            "médicaments au catalogue": total,
        },
    )


def _replace(content: thesaurus.Content, source: str) -> None:
    Interaction.objects.all().delete()
    ThesaurusSubstance.objects.all().delete()
    ThesaurusSubstance.objects.bulk_create(
        (
            ThesaurusSubstance(key=key[:120], label=label[:120], families=families, source=source)
            for key, (label, families) in content.families.items()
        ),
        batch_size=BATCH,
    )
    Interaction.objects.bulk_create(
        (
            Interaction(
                one=pair.one[:140],
                two=pair.two[:140],
                one_label=pair.one_label[:140],
                two_label=pair.two_label[:140],
                level=pair.level,
                info=pair.info,
                mechanism=pair.mechanism,
                source=source,
            )
            for pair in content.pairs
        ),
        batch_size=BATCH,
    )


def load_starter() -> None:
    """A few well-known pairs where no thesaurus was imported, each to be checked. Idempotent."""
    if not Interaction.objects.exclude(source="starter").exists():
        _replace(thesaurus.read(STARTER), "starter")


def edition() -> str:
    """What the interactions come from, in words."""
    run = ImportRun.objects.filter(catalogue="thesaurus").order_by("-pk").first()
    if run is None:
        return (
            f"liste de départ de {_starter_size()} couples (à vérifier), en attendant le thésaurus de l’ANSM"
        )
    return f"thésaurus de l’ANSM, édition {run.counts['édition']}"


def _starter_size() -> int:
    with STARTER.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file, delimiter=";"))


@dataclass(frozen=True)
class Known:
    """A substance as the thesaurus knows it: its own name and its families, as protagonists."""

    label: str
    names: frozenset[str]


def known_substances(names: Iterable[str]) -> dict[str, Known]:
    """Substance name → what the thesaurus calls it; a name it does not know is absent. One query."""
    wanted = {name: candidates(name) for name in names}
    keys = {key for found in wanted.values() for key in found}
    keys |= {join.key for name in wanted if (join := joined(name))}
    rows = {row.key: row for row in ThesaurusSubstance.objects.filter(key__in=keys)}
    met = {name: _known(name, found, rows) for name, found in wanted.items()}
    return {name: one for name, one in met.items() if one is not None}


def _known(name: str, keys: Iterable[str], rows: dict[str, ThesaurusSubstance]) -> Known | None:
    row = next((rows[key] for key in keys if key in rows), None)
    join = None if row else joined(name)
    if join and join.key in rows:
        row = rows[join.key]
        if join.alike:
            return Known(name, frozenset(f for f in row.families if f.removeprefix("f:") not in join.without))
    return Known(row.label, frozenset([f"s:{row.key}", *row.families])) if row else None


def substance_names() -> set[str]:
    """Folded names of every substance of the thesaurus, those long enough to be told from a word: one query."""
    return {
        name
        for label in ThesaurusSubstance.objects.values_list("label", flat=True)
        if len(name := folded(label)) >= 6
    } | {"oxybate de sodium"}


def between(protagonists: Iterable[str]) -> list[Interaction]:
    """Every interaction whose two ends are among these: one query."""
    names = list(set(protagonists))
    return list(Interaction.objects.filter(one__in=names, two__in=names).order_by("-level", "pk"))


def coverage() -> tuple[int, int]:
    """(marketed medicines of which the thesaurus knows every active substance, marketed medicines)."""
    keys = set(ThesaurusSubstance.objects.values_list("key", flat=True))

    @cache
    def is_known(name: str) -> bool:
        join = joined(name)
        return any(key in keys for key in candidates(name)) or (join is not None and join.key in keys)

    linked = total = 0
    rows = Medicine.objects.filter(withdrawn=False, marketed=True).values_list("substances", flat=True)
    for substances in rows.iterator(chunk_size=2000):
        total += 1
        linked += bool(substances) and not strangers(substances, is_known)
    return linked, total
