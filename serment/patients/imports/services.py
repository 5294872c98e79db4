"""Verbs of an import. One batch is one transaction: its patients, its report and the position move together.

An import cut short goes on from its position; and since each patient keeps the keyed hash of their line, the same
file given again creates nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.journal import services as journal
from serment.patients.finding import suspects_of
from serment.patients.imports import columns, lines
from serment.patients.imports.reading import looks_like_nir, read_csv
from serment.patients.models import ImportBatch, ImportLine, ImportRun, Patient
from serment.patients.payloads import BatchCells, BatchNumbers, FileHeader
from serment.patients.services import create_patient
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring

BATCH = 50
State = ImportRun.State
Outcome = ImportLine.Outcome


class WrongState(Exception):
    """The import is not at the stage this gesture belongs to (another tab went further)."""


@transaction.atomic
def start_import(*, keyring: Keyring, author: Person, data: bytes, circle_id: int) -> ImportRun:
    """Read a CSV file and keep it sealed, in batches, until the import is closed. Raises UnreadableFile, NoKey."""
    file = read_csv(data)
    coverage = keyring.holds(Domain.BILLING)
    batches = [file.rows[start : start + BATCH] for start in range(0, len(file.rows), BATCH)]
    run = ImportRun(
        practice_id=keyring.practice_id,
        author_id=author.pk,
        circle_id=circle_id,
        mapping=columns.guess(file.header, coverage=coverage),
        lines=len(file.rows),
        batches=len(batches),
    )
    keys = keyring.subject_keys_in([run.practice_id], [Domain.ADMIN, Domain.BILLING])
    keys[Domain.ADMIN].seal(run, "header", FileHeader(columns=file.header))
    run.save(force_insert=True)
    ImportBatch.objects.bulk_create([_seal_batch(keys, run, n, rows) for n, rows in enumerate(batches)])
    journal.record("patient.import_started", object_id=run.pk, details={"lines": run.lines})
    return run


def _seal_batch(
    keys: dict[Domain, Any], run: ImportRun, number: int, rows: list[tuple[int, list[str]]]
) -> ImportBatch:
    """Numbers that look like a NIR go under the billing key; where it is not held, they are dropped (R5.4)."""
    batch = ImportBatch(id=new_id(), practice_id=run.practice_id, run=run, number=number)
    apart: dict[str, str] = {}
    kept: list[list[str]] = []
    for place, (_, cells) in enumerate(rows):
        for column, cell in enumerate(cells):
            if looks_like_nir(cell):
                apart[f"{place}:{column}"] = cell
        kept.append(["" if looks_like_nir(cell) else cell for cell in cells])
    keys[Domain.ADMIN].seal(batch, "cells", BatchCells(lines=[line for line, _ in rows], rows=kept))
    if apart and Domain.BILLING in keys:
        keys[Domain.BILLING].seal(batch, "numbers", BatchNumbers(cells=apart))
    return batch


def open_batch(keyring: Keyring, batch: ImportBatch) -> list[tuple[int, list[str]]]:
    """(line number, cells) of a batch: one query. Raises NoKey, CannotOpen."""
    keys = keyring.subject_keys_in([batch.practice_id], [Domain.ADMIN, Domain.BILLING])
    opened: BatchCells = keys[Domain.ADMIN].open(batch, "cells")
    rows = opened.rows
    if batch.numbers is not None and Domain.BILLING in keys:
        for place, number in keys[Domain.BILLING].open(batch, "numbers").cells.items():
            row, column = place.split(":")
            rows[int(row)][int(column)] = number
    return list(zip(opened.lines, rows, strict=True))


@transaction.atomic
def choose_columns(*, run_id: int, mapping: dict[str, int], circle_id: int | None = None) -> ImportRun:
    """Keep the columns and begin the dry run. Raises WrongState, ImportRun.DoesNotExist."""
    run = _locked(run_id, State.UPLOADED, State.CHECKED)
    run.mapping = {code: place for code, place in mapping.items() if code in columns.BY_CODE}
    run.circle_id = circle_id or run.circle_id
    _restart(run, State.CHECKING)
    return run


@transaction.atomic
def begin_run(*, run_id: int) -> ImportRun:
    """After the dry run: really create. Raises WrongState, ImportRun.DoesNotExist."""
    run = _locked(run_id, State.CHECKED)
    _restart(run, State.RUNNING)
    return run


def _restart(run: ImportRun, state: str) -> None:
    run.state, run.position, run.counts = state, 0, {}
    run.save()
    ImportLine.objects.filter(run=run).delete()


def _locked(run_id: int, *states: str) -> ImportRun:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state not in states:
        raise WrongState
    return run


@transaction.atomic
def step(*, keyring: Keyring, author: Person, run_id: int) -> ImportRun:
    """Do the next batch, of the dry run or of the run. Raises WrongState, NoKey, ImportRun.DoesNotExist."""
    run = _locked(run_id, State.CHECKING, State.RUNNING)
    batch = ImportBatch.objects.get(run=run, number=run.position)
    counts = Counter(run.counts)
    counts.update(_work(keyring, author, run, batch))
    run.counts, run.position = dict(counts), run.position + 1
    if run.position >= run.batches:
        _finish(run)
    run.save()
    return run


def _finish(run: ImportRun) -> None:
    dry = run.state == State.CHECKING
    run.state = State.CHECKED if dry else State.DONE
    if not dry:
        run.finished_at = timezone.now()
        if not run.counts.get(Outcome.DOUBTFUL):
            _erase(run)
    journal.record(
        "patient.import_checked" if dry else "patient.imported", object_id=run.pk, details=run.counts
    )


def _work(keyring: Keyring, author: Person, run: ImportRun, batch: ImportBatch) -> Counter[str]:
    rows = open_batch(keyring, batch)
    index_key = keyring.index_key(Domain.ADMIN)
    keys = {line: lines.key_of(index_key, cells) for line, cells in rows}
    known = set(Patient.objects.filter(import_key__in=keys.values()).values_list("import_key", flat=True))
    counts: Counter[str] = Counter()
    reported: list[ImportLine] = []
    for line, cells in rows:
        if keys[line] in known:
            counts["known"] += 1
            continue
        understood = lines.understand(cells, run.mapping, coverage=keyring.holds(Domain.BILLING))
        report = ImportLine(run=run, line=line, batch=batch.number, practice_id=run.practice_id)
        if isinstance(understood, lines.BadLine):
            report.outcome, report.field = Outcome.REFUSED, understood.field
            report.reason = understood.reason[:300]
        elif suspect := _suspect(keyring, understood):
            report.outcome, report.other_id = Outcome.DOUBTFUL, suspect.hit.id
            report.reason = f"Peut-être déjà là : {suspect.why}."
        else:
            if run.state == State.RUNNING:
                _create(keyring, author, run, understood, keys[line])
            known.add(keys[line])
            counts["created"] += 1
            continue
        counts[report.outcome] += 1
        reported.append(report)
    ImportLine.objects.bulk_create(reported)
    return counts


def _suspect(keyring: Keyring, line: lines.GoodLine) -> Any:
    found = suspects_of(
        keyring=keyring, identity=line.identity, nir_value=line.coverage.nir if line.coverage else ""
    )
    return found[0] if found and found[0].strong else None


def _create(keyring: Keyring, author: Person, run: ImportRun, line: lines.GoodLine, key: str) -> Patient:
    return create_patient(
        keyring=keyring,
        author=author,
        identity=line.identity,
        coverage=line.coverage,
        circle_ids=[run.circle_id],
        import_key=key,
    )


@transaction.atomic
def decide(*, keyring: Keyring, author: Person, run_id: int, line: int, create: bool) -> ImportRun:
    """A person settles a possible double: create the patient all the same, or leave the line out.

    Raises WrongState, ImportRun.DoesNotExist, ImportLine.DoesNotExist.
    """
    run = _locked(run_id, State.DONE)
    row = ImportLine.objects.get(run=run, line=line, outcome=Outcome.DOUBTFUL, decision="")
    if create:
        batch = ImportBatch.objects.get(run=run, number=row.batch)
        cells = dict(open_batch(keyring, batch))[line]
        key = lines.key_of(keyring.index_key(Domain.ADMIN), cells)
        understood = lines.understand(cells, run.mapping, coverage=keyring.holds(Domain.BILLING))
        if isinstance(understood, lines.GoodLine) and not Patient.objects.filter(import_key=key).exists():
            _create(keyring, author, run, understood, key)
    row.decision = ImportLine.Decision.CREATED if create else ImportLine.Decision.IGNORED
    row.save(update_fields=["decision"])
    if not ImportLine.objects.filter(run=run, outcome=Outcome.DOUBTFUL, decision="").exists():
        _erase(run)
        run.save()
    return run


@transaction.atomic
def erase_file(*, run_id: int) -> ImportRun:
    """Delete the sealed copy of the file; doubtful lines left are ignored. Not while it is being worked on."""
    run = _locked(run_id, State.UPLOADED, State.CHECKED, State.DONE)
    ImportLine.objects.filter(run=run, outcome=Outcome.DOUBTFUL, decision="").update(
        decision=ImportLine.Decision.IGNORED
    )
    run.state, run.finished_at = State.DONE, run.finished_at or timezone.now()
    _erase(run)
    run.save()
    journal.record("patient.import_erased", object_id=run.pk)
    return run


def _erase(run: ImportRun) -> None:
    ImportBatch.objects.filter(run=run).delete()
    run.header, run.erased_at = None, timezone.now()
