"""Import the CCAM: atomic, idempotent, row by row. A file that does not read leaves the previous one as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.db import models, transaction

from serment.catalogues import ccam
from serment.catalogues.bdpm import BadFile
from serment.catalogues.models import CcamAct, CcamLabel, CcamPrice, ImportRun, Word
from serment.catalogues.runs import Progress, index, same_as_before, silent, word_rows

BATCH = 2000
Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def import_ccam(*, folder: Path, progress: Progress = silent) -> ImportRun:
    """Replace the CCAM by the files of a folder. Raises BadFile. The same files twice change nothing.

    A claim keeps the price it was made with: nothing here reaches the claims.
    """
    digest = ccam.digest(folder)
    if known := same_as_before("ccam", digest):
        return known
    _empty()
    acts = _store(CcamAct, (_act(one, "ccam") for one in ccam.read_acts(folder)), "actes", progress)
    labels = [CcamLabel(kind=k, code=c, label=text[:200]) for k, c, text in ccam.read_labels(folder)]
    CcamLabel.objects.bulk_create(labels, batch_size=BATCH)
    prices = _store(CcamPrice, map(_price, ccam.read_prices(folder)), "tarifs", progress)
    orphans = CcamPrice.objects.exclude(code__in=CcamAct.objects.values("code")).count()
    if not acts or not prices:
        raise BadFile("Ces fichiers CCAM ne contiennent aucun acte ou aucun tarif.")
    newest = CcamPrice.objects.aggregate(day=models.Max("starts_on"))["day"]
    _index(progress)
    return ImportRun.objects.create(
        catalogue="ccam",
        digest=digest,
        counts={
            "actes": acts,
            "actes en cours": CcamAct.objects.filter(ends_on=None).count(),
            "tarifs": prices,
            "grilles": sum(label.kind == "grid" for label in labels),
            "modificateurs": sum(label.kind == "modifier" for label in labels),
            "regroupements": sum(label.kind == "group" for label in labels),
            "tarifs sans acte": orphans,
            "dernier effet": newest.isoformat(),
        },
    )


def load_starter() -> None:
    """The acts that ship with the source, where the CCAM was never imported. Idempotent."""
    if ImportRun.objects.filter(catalogue="ccam").exists():
        return
    rows = list(ccam.starter())
    _empty()
    CcamAct.objects.bulk_create({act.code: _act(act, "starter") for act, _ in rows}.values())
    CcamPrice.objects.bulk_create([_price(price) for _, price in rows])
    _index(silent)


def _empty() -> None:
    for model in (CcamAct, CcamPrice, CcamLabel):
        model.objects.all().delete()


def _act(act: ccam.Act, source: str) -> CcamAct:
    return CcamAct(
        code=act.code,
        label=act.label,
        kind=act.kind,
        sex=act.sex,
        starts_on=act.starts,
        ends_on=act.ends,
        excludes=act.excludes,
        conditions=act.conditions,
        groups=act.groups,
        source=source,
    )


def _price(price: ccam.Price) -> CcamPrice:
    return CcamPrice(
        code=price.code,
        activity=price.activity,
        phase=price.phase,
        starts_on=price.starts,
        published_on=price.published,
        grids=ccam.pack(price.grids),
    )


def _store(model: type[Row], rows: Iterable[Row], what: str, progress: Progress) -> int:
    """Write the rows by batches, never holding more than one; how many there were."""
    count, feed = 0, iter(rows)
    while batch := list(islice(feed, BATCH)):
        model._default_manager.bulk_create(batch, batch_size=BATCH)
        count += len(batch)
        progress(what, count, 0)
    return count


def _index(progress: Progress) -> None:
    """Words of the labels and the codes, for the search by word prefix."""
    acts = CcamAct.objects.values_list("code", "label").iterator(chunk_size=BATCH)
    progress("index", index("c", _words(acts)), 0)


def _words(acts: Iterable[tuple[Any, Any]]) -> Iterator[Word]:
    for code, label in acts:
        yield from word_rows("c", code, label, code)
