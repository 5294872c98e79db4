"""Import a tariff file: read, compare with what is known, then write. A claim already made keeps its price."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from serment.billing.quote import faults
from serment.billing.quote.tariffs import Row, Tariff, TariffFile, tariffs
from serment.billing.tariff_book import overlaid
from serment.catalogues.models import ImportRun
from serment.catalogues.models import Tariff as Imported
from serment.formats.money import format_euros

_ROW_FIELDS = ("profession", "code", "label", "kind", "rows")
ZONES = {"": "partout", "metropole": "métropole", "dom": "outre-mer"}


class BadTariffs(ValueError):
    """A tariff file that does not read; French, with the path of the field."""


@dataclass(frozen=True)
class Change:
    """One row of the file against what is known. ``kind``: added, changed, same. ``before``: cents, or None."""

    kind: str
    profession: str
    code: str
    zone: str
    starts: str
    before: int | None
    after: int
    what: str = ""

    @property
    def text(self) -> str:
        sign = {"added": "+", "changed": "~", "same": "="}[self.kind]
        before = (
            f"{format_euros(self.before)} → " if self.kind == "changed" and self.before is not None else ""
        )
        told = f" ({self.what})" if self.what else ""
        zone = ZONES[self.zone]
        where = f"{sign} {self.profession} {self.code}, {zone}, dès le {self.starts}"
        return f"{where} : {before}{format_euros(self.after)}{told}"


@dataclass(frozen=True)
class Preview:
    """What an import would do. ``digest``: of the file; writing takes the same bytes."""

    digest: str
    changes: list[Change]
    tariffs: list[Tariff] = field(repr=False)

    @property
    def counts(self) -> dict[str, int]:
        return {
            kind: sum(change.kind == kind for change in self.changes) for kind in ("added", "changed", "same")
        }


def read(raw: bytes, *, is_json: bool = False) -> list[Tariff]:
    """The tariffs of a TOML or JSON file. Raises BadTariffs."""
    try:
        text = raw.decode("utf-8")
        content: Any = json.loads(text) if is_json else tomllib.loads(text)
    except (UnicodeDecodeError, ValueError) as error:
        raise BadTariffs(
            f"Ce fichier n’est pas du {'JSON' if is_json else 'TOML'} valide : {error}."
        ) from error
    try:
        found = TariffFile.model_validate(content).tariffs
    except ValidationError as error:
        place, text = faults.first(error)
        raise BadTariffs(f"{place or 'fichier'} : {text}.") from error
    seen: set[tuple[str, ...]] = set()
    for tariff in found:
        for row in tariff.rows:
            key = (tariff.profession, tariff.code, row.zone, str(row.starts))
            if key in seen:
                raise BadTariffs(f"{tariff.code} : deux prix pour le même jour et la même zone.")
            if row.ends is not None and row.ends < row.starts:
                raise BadTariffs(f"{tariff.code} : la fin ({row.ends}) précède le début ({row.starts}).")
            seen.add(key)
    return found


def preview(raw: bytes, *, is_json: bool = False) -> Preview:
    """The differences, nothing written: two queries at most. Raises BadTariffs."""
    found = read(raw, is_json=is_json)
    rows = list(Imported.objects.filter(profession__in={tariff.profession for tariff in found}))
    changes: list[Change] = []
    for tariff in found:
        key = (tariff.profession, tariff.code)
        mine = [row for row in rows if (row.profession, row.code) == key]
        known = overlaid(tariffs().get(key), mine) if mine else tariffs().get(key)
        changes.extend(_change(tariff, row, known) for row in tariff.rows)
    return Preview(hashlib.sha256(raw).hexdigest(), changes, found)


def _change(tariff: Tariff, row: Row, known: Tariff | None) -> Change:
    same = next(
        (one for one in (known.rows if known else ()) if (one.zone, one.starts) == (row.zone, row.starts)),
        None,
    )
    what = []
    if same is not None and known is not None:
        what = [
            word
            for word, differs in (
                ("source", same.source != row.source or same.confidence != row.confidence),
                ("fin", same.ends != row.ends),
                (
                    "libellé ou conditions",
                    _conditions(known) != _conditions(tariff) or known.label != tariff.label,
                ),
            )
            if differs
        ]
    kind = "added" if same is None else "changed" if same.cents != row.cents or what else "same"
    return Change(
        kind,
        tariff.profession,
        tariff.code,
        row.zone,
        str(row.starts),
        same.cents if same else None,
        row.cents,
        ", ".join(what),
    )


def _conditions(tariff: Tariff) -> dict[str, Any]:
    found: dict[str, Any] = tariff.model_dump(mode="json", exclude_defaults=True)
    return {name: value for name, value in found.items() if name not in _ROW_FIELDS}


@transaction.atomic
def write(raw: bytes, *, is_json: bool = False) -> Preview:
    """Store the rows of a file; the same file twice changes nothing. Raises BadTariffs."""
    made = preview(raw, is_json=is_json)
    if not made.counts["added"] and not made.counts["changed"]:
        return made
    for tariff in made.tariffs:
        shared = {"label": tariff.label, "kind": tariff.kind, "conditions": _conditions(tariff)}
        for row in tariff.rows:
            Imported.objects.update_or_create(
                profession=tariff.profession,
                code=tariff.code,
                zone=row.zone,
                starts_on=row.starts,
                defaults=shared
                | {
                    "ends_on": row.ends,
                    "amount_cents": row.cents,
                    "source": row.source,
                    "confidence": row.confidence,
                },
            )
    ImportRun.objects.create(catalogue="tariffs", digest=made.digest, counts=made.counts)
    return made
