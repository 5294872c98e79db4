"""``python -m bench.claims``: claims established, signed, put in lots, sent and settled by their returns, then again
under random kills, and the books compared to the cent. The fund is the project's simulator.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "bench" / "results" / "claims.json"
PATIENTS = 60


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.claims")
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--step", action="store_true", help="one worker: do what is left to do, then leave")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serment.config.settings")
    if options.step:
        step()
        return 0
    found = {"at": time.strftime("%Y-%m-%d"), "claims": options.claims}
    for name, kills in (("quiet", 0), ("killed", options.kills)):
        found[name] = apart(options.claims, kills)
        print(name, found[name], flush=True)
    RESULT.write_text(json.dumps(found, indent=2) + "\n")
    return 0


def apart(claims: int, kills: int) -> dict[str, Any]:
    """One round in a process and a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="serment-claims-") as folder:
        code = f"from bench import claims; claims.round_trip({claims}, {kills})"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "DATA_DIR": folder},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def round_trip(claims: int, kills: int) -> None:
    """Establish, then let workers finish, killed at random; prints the figures as JSON on the last line."""
    import django

    django.setup()
    from django.db import connections

    from serment.cli import serve
    from serment.site.demo import build as demo

    serve.migrate()
    demo.build(lambda _: None, patients=PATIENTS)
    started = time.perf_counter()
    with at_work() as (keyring, doctor):
        establish(keyring, doctor, claims)
    established = time.perf_counter() - started
    connections.close_all()
    started = time.perf_counter()
    suffered = work(kills)
    took = time.perf_counter() - started
    with at_work():
        books = compare()
    print(
        json.dumps(
            {
                "established_s": round(claims / established),
                "sent_and_settled_s": round(claims / took),
                "kills": suffered,
                "worker_peak_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
                **books,
            }
        )
    )


def work(kills: int) -> int:
    """Start workers until one ends by itself; the first ``kills`` are killed at a random moment."""
    pick, suffered = random.Random(7), 0
    while True:
        worker = subprocess.Popen([sys.executable, "-m", "bench.claims", "--step"], cwd=ROOT)
        try:
            status = worker.wait(timeout=pick.uniform(1.5, 6) if suffered < kills else None)
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            suffered += 1
            continue
        if status:
            raise RuntimeError(f"a worker failed: {status}")
        return suffered


@contextmanager
def at_work() -> Any:
    """(keyring, doctor) of the demonstration practice."""
    from serment.access.models import Person
    from serment.journal import services as journal
    from serment.site.demo import build as demo
    from serment.vault.tenancy import using_practice

    doctor = Person.unscoped.select_related("practitioner").get(login="camille.aubry")
    with using_practice(doctor.practice_id), journal.acting(doctor.pk):
        yield demo._keyring(doctor.login, demo.PASSWORD), doctor


def establish(keyring: Any, doctor: Any, claims: int) -> None:
    from serment.billing.models import Claim
    from serment.billing.payloads import ActLine
    from serment.billing.services import establish_claim
    from serment.patients.models import Patient

    patients = list(Patient.objects.values_list("pk", flat=True))
    for number in range(claims - Claim.objects.count()):
        establish_claim(
            keyring=keyring,
            author=doctor,
            practitioner=doctor.practitioner,
            patient_id=patients[number % len(patients)],
            lines=[ActLine(code="G", label="consultation", amount_cents=3000)],
            request_key=f"bench-{number}",
        )


def step() -> None:
    import django

    django.setup()
    from serment.transmission import returns, sending, signing

    with at_work() as (keyring, doctor):
        given = {"keyring": keyring, "author": doctor, "practice": doctor.practice}
        signing.sign_all(**given)
        sending.send_due(**given)
        returns.fetch(**given)


def compare() -> dict[str, Any]:
    """What was lost or doubled: nothing, or the measure stops."""
    from django.db.models import Count, Sum

    from serment.billing.models import Allocation, Claim
    from serment.connectors.fse import frontal
    from serment.transmission import files, signing
    from serment.transmission.models import Lot, Return, Sheet

    settled = Allocation.objects.filter(
        payment__request_key__startswith="noemie-", claim__request_key__startswith="bench-"
    )
    by_claim = dict(settled.values_list("claim_id").annotate(Sum("cents")))
    due = lost = 0
    for claim in Claim.objects.filter(request_key__startswith="bench-"):
        _, owed, _, _ = frontal.outcome(files.invoice_number(claim), claim.amo_cents)
        due += owed
        lost += by_claim.get(claim.pk, 0) < owed
    lost += sum(claim.request_key.startswith("bench-") for claim in signing.unsigned())
    lost += Sheet.objects.filter(state__in=["signed", "in_lot", "sent", "acknowledged"]).count()
    doubled = settled.values("claim_id").annotate(count=Count("pk")).filter(count__gt=1).count()
    found = {
        "sheets": Sheet.objects.count(),
        "lots": Lot.objects.count(),
        "in_lots": Lot.objects.aggregate(sum=Sum("sheets_count"))["sum"],
        "returns": Return.objects.count(),
        "due_cents": due,
        "paid_cents": sum(by_claim.values()),
        "lost": lost,
        "doubled": doubled,
    }
    same = (("sheets", "in_lots"), ("returns", "lots"), ("due_cents", "paid_cents"))
    if lost or doubled or any(found[one] != found[other] for one, other in same):
        raise RuntimeError(f"the books do not agree: {found}")
    return found


if __name__ == "__main__":
    sys.exit(main())
