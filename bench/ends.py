"""The night over a whole practice: listing what leaves, making it ready, moving it; files per second and memory.

``python -m bench.ends --patients 100000`` builds a practice, measures, prints; `bench` does the same on its way.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

MOVED = 300


def measure(keyring: Any, doctor: Any, moved: int = MOVED) -> dict[str, float]:
    """``sweep``: the clock over every file, with the departures it writes; ``prepared`` and ``moved``: files a second.

    Peaks are what the step adds to memory (tracemalloc, on a second pass: it slows what it watches).
    """
    from serment.operations import statistics
    from serment.patients.models import Patient
    from serment.retention import departures, moves

    statistics.refresh()  # as the night begins (`retention.upkeep`)
    files = Patient.objects.count()
    age(moved)
    first, _ = timed(departures.foresee)
    steady, peak = timed(departures.foresee, watch=True)
    ready, _ = timed(lambda: make_ready(keyring, doctor))
    half = moved // 2
    out, _ = timed(lambda: moves.move(limit=half))
    _, out_peak = timed(lambda: moves.move(limit=moved - half), watch=True)
    return {
        "sweep_files_s": round(files / min(first, steady)),
        "sweep_peak_mb": round(peak / 1e6, 1),
        "prepared_files_s": round(moved / ready),
        "moved_files_s": round(half / out),
        "moved_peak_mb": round(out_peak / 1e6, 1),
    }


def age(count: int) -> None:
    """The first ``count`` files were last touched six years ago."""
    from django.utils import timezone

    from serment.agenda.models import Appointment
    from serment.billing.models import Claim
    from serment.patients.models import Patient
    from serment.record.models import Entry

    ids = list(Patient.objects.order_by("pk").values_list("pk", flat=True)[:count])
    then = timezone.now() - timedelta(days=6 * 366)
    Patient.objects.filter(pk__in=ids).update(created_at=then)
    Entry.objects.filter(patient_id__in=ids).update(occurred_at=then)
    Claim.objects.filter(patient_id__in=ids).update(established_on=then.date())
    Appointment.objects.filter(patient_id__in=ids).delete()


def make_ready(keyring: Any, doctor: Any) -> None:
    """As many arrivals as it takes."""
    from serment.retention import departures

    while ids := departures.waiting(keyring):
        departures.prepare(keyring=keyring, author=doctor, ids=ids)


def timed(work: Callable[[], Any], *, watch: bool = False) -> tuple[float, int]:
    """(seconds, bytes added at the peak, 0 when not watched)."""
    if watch:
        tracemalloc.start()
    started = time.perf_counter()
    work()
    took = time.perf_counter() - started
    peak = tracemalloc.get_traced_memory()[1] if watch else 0
    tracemalloc.stop()
    return took, peak


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.ends")
    parser.add_argument("--patients", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="serment-bench-") as place:
        os.environ["DATA_DIR"] = str(Path(place))
        os.environ["DJANGO_SETTINGS_MODULE"] = "serment.config.settings"
        from bench.prepare import prepare

        print(json.dumps(prepare(options.patients, measure)["sweep"], indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
