"""Import screens: give a file, check its columns, try, run, settle the doubtful lines. Progress survives leaving."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.rules import requires
from serment.formats.text import is_digits
from serment.patients import perms, selectors
from serment.patients.imports import columns, services
from serment.patients.imports.lines import values_of
from serment.patients.imports.reading import UnreadableFile
from serment.patients.models import ImportBatch, ImportLine, ImportRun
from serment.patients.perms import circles_for
from serment.practice.models import Circle
from serment.vault.domains import Domain

SAMPLE = 5
SHOWN = 500


@requires("patients.import")
@require_http_methods(["GET", "POST"])
def index(request: Any) -> HttpResponse:
    """Past imports, and a field for a new file."""
    error, status = "", 200
    if request.method == "POST":
        status, file = 422, request.FILES.get("file")
        if file is None:
            error = "Choisissez d’abord un fichier."
        else:
            try:
                run = services.start_import(
                    keyring=request.keyring,
                    author=request.person,
                    data=file.read(),
                    circle_id=circles_for(request)[0],
                )
                return redirect("patients:import_run", run.pk)
            except UnreadableFile as refusal:
                error = str(refusal)
    runs = ImportRun.objects.order_by("-created_at").only(
        "id", "practice_id", "state", "lines", "counts", "created_at", "erased_at"
    )[:20]
    return render(request, "patients/import/index.html", {"runs": runs, "error": error}, status=status)


def _offered(request: Any) -> list[columns.Column]:
    coverage = perms.may_enter_coverage(request)
    return [column for column in columns.COLUMNS if coverage or column.code != "nir"]


def _header(request: Any, run: ImportRun) -> list[str]:
    if run.header is None:
        return []
    keys = request.keyring.subject_keys([run.practice_id], Domain.ADMIN)
    return [title or f"Colonne {n}" for n, title in enumerate(keys.open(run, "header").columns, 1)]


@requires("patients.import")
@require_GET
def run_page(request: Any, run_id: int) -> HttpResponse:
    """The import where it stands: columns, progress, or report."""
    run = get_object_or_404(ImportRun, pk=run_id)
    context: dict[str, Any] = {"run": run, **_progress(run)}
    if run.state == ImportRun.State.UPLOADED:
        context |= _mapping_context(request, run, run.mapping)
    elif run.state in (ImportRun.State.CHECKED, ImportRun.State.DONE):
        context |= _report_context(request, run)
    return render(request, "patients/import/run.html", context)


def _mapping_context(request: Any, run: ImportRun, mapping: dict[str, int]) -> dict[str, Any]:
    header = _header(request, run)
    batch = ImportBatch.objects.filter(run=run, number=0).first()
    rows = services.open_batch(request.keyring, batch)[:SAMPLE] if batch else []
    offered = _offered(request)
    sample = [(line, list(values_of(cells, {c.code: mapping.get(c.code, -1) for c in offered}).items()))
              for line, cells in rows]  # fmt: skip
    shown = [column for column in offered if column.code in mapping]
    return {
        "header": list(enumerate(header)),
        "fields": [
            (column, mapping.get(column.code, -1), column.code in columns.REQUIRED) for column in offered
        ],
        "shown": shown,
        "sample": [
            (line, [value for code, value in cells if any(c.code == code for c in shown)])
            for line, cells in sample
        ],
        "circles": [] if request.person.practitioner else Circle.objects.order_by("pk"),
    }


def _progress(run: ImportRun) -> dict[str, Any]:
    done = min(run.position * services.BATCH, run.lines)
    return {
        "done": done,
        "percent": 100 * run.position // max(run.batches, 1),
        "working": run.state in (ImportRun.State.CHECKING, ImportRun.State.RUNNING),
    }


def _report_context(request: Any, run: ImportRun) -> dict[str, Any]:
    reported = list(ImportLine.objects.filter(run=run).order_by("line")[: SHOWN + 1])
    others = selectors.names_of(
        keyring=request.keyring, patient_ids={row.other_id for row in reported if row.other_id}
    )
    lines = [(row, others.get(row.other_id)) for row in reported[:SHOWN]]
    return {
        "refused": [row for row, _ in lines if row.outcome == ImportLine.Outcome.REFUSED],
        "doubtful": [pair for pair in lines if pair[0].outcome == ImportLine.Outcome.DOUBTFUL],
        "cut": len(reported) > SHOWN,
    }


@requires("patients.import")
@require_POST
def map_columns(request: Any, run_id: int) -> HttpResponse:
    """Keep the columns chosen, then begin the dry run."""
    run = get_object_or_404(ImportRun, pk=run_id)
    count = len(_header(request, run))
    mapping = {}
    for column in _offered(request):
        place = request.POST.get(f"column_{column.code}", "")
        if is_digits(place) and len(place) < 6 and int(place) < count:
            mapping[column.code] = int(place)
    missing = [columns.BY_CODE[code].label for code in columns.REQUIRED if code not in mapping]
    if missing or request.POST.get("preview"):
        context = {
            "run": run,
            **_progress(run),
            **_mapping_context(request, run, mapping),
            "missing": missing,
        }
        status = 422 if missing else 200
        return render(request, "patients/import/run.html", context, status=status)
    return _act(request, run_id, lambda: services.choose_columns(
        run_id=run_id, mapping=mapping, circle_id=circles_for(request)[0]
    ))  # fmt: skip


def _act(request: Any, run_id: int, verb: Any) -> HttpResponse:
    """Run a verb, then show the import; a stage that has passed is said, never an error page."""
    try:
        verb()
    except services.WrongState:
        messages.warning(request, "Cet import a avancé entre-temps : voici où il en est.")
    except (ImportRun.DoesNotExist, ImportLine.DoesNotExist):
        raise Http404 from None
    return redirect("patients:import_run", run_id)


@requires("patients.import")
@require_POST
def step(request: Any, run_id: int) -> HttpResponse:
    """Do one batch. The page asks again by itself until the end; without a script, a button does."""

    def work() -> None:
        services.step(keyring=request.keyring, author=request.person, run_id=run_id)

    response = _act(request, run_id, work)
    if not request.htmx:
        return response
    run = get_object_or_404(ImportRun, pk=run_id)
    context = {"run": run, **_progress(run)}
    if not context["working"]:
        finished = HttpResponse(status=204)
        finished["HX-Refresh"] = "true"
        return finished
    return render(request, "patients/import/progress.html", context)


@requires("patients.import")
@require_POST
def begin(request: Any, run_id: int) -> HttpResponse:
    return _act(request, run_id, lambda: services.begin_run(run_id=run_id))


@requires("patients.import")
@require_POST
def decide(request: Any, run_id: int) -> HttpResponse:
    line = request.POST.get("line", "")
    if not is_digits(line) or len(line) > 9:
        raise Http404
    return _act(request, run_id, lambda: services.decide(
        keyring=request.keyring, author=request.person, run_id=run_id, line=int(line),
        create=request.POST.get("choice") == "create",
    ))  # fmt: skip


@requires("patients.import")
@require_POST
def erase(request: Any, run_id: int) -> HttpResponse:
    return _act(request, run_id, lambda: services.erase_file(run_id=run_id))


@requires("patients.import")
@require_GET
def report(request: Any, run_id: int) -> HttpResponse:
    """The lines that created nothing, as a CSV file: numbers and reasons, no content of the lines."""
    run = get_object_or_404(ImportRun, pk=run_id)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rapport-import.csv"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow(["Ligne", "Résultat", "Champ", "Raison", "Décision"])
    for row in ImportLine.objects.filter(run=run).order_by("line"):
        label = columns.BY_CODE[row.field].label if row.field in columns.BY_CODE else ""
        decision = row.get_decision_display() if row.outcome == ImportLine.Outcome.DOUBTFUL else ""
        writer.writerow([row.line, row.get_outcome_display(), label, row.reason, decision])
    return response
