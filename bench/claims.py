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
    parser.add_argument(
        "--step", action="store_true", help="one worker: do all that is left to do, then leave"
    )
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serment.config.settings")
    if options.step:
        step(options.claims)
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
            env={"DJANGO_SETTINGS_MODULE": "serment.config.settings", **os.environ, "DATA_DIR": folder},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def round_trip(claims: int, kills: int) -> None:
    """Establish and let workers finish, or with kills let them do it all; the figures are JSON on the last line."""
    import django

    django.setup()
    from django.db import connections

    from serment.cli import serve
    from serment.site.demo import build as demo

    serve.migrate()
    demo.build(lambda _: None, patients=PATIENTS)
    speeds = {}
    if not kills:
        started = time.perf_counter()
        with at_work() as (keyring, doctor):
            establish(keyring, doctor, claims)
        speeds["established_s"] = round(claims / (time.perf_counter() - started))
    connections.close_all()
    started = time.perf_counter()
    suffered = work(claims, kills)
    speeds["all_s" if kills else "sent_and_settled_s"] = round(claims / (time.perf_counter() - started))
    with at_work():
        books = compare(claims)
    print(
        json.dumps(
            {
                **speeds,
                "kills": suffered,
                "worker_peak_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
                **books,
            }
        )
    )


def work(claims: int, kills: int) -> int:
    """Start workers until one ends by itself; the first ``kills`` are killed at a random moment."""
    pick, suffered = random.Random(7), 0
    while True:
        command = [sys.executable, "-m", "bench.claims", "--step", "--claims", str(claims)]
        worker = subprocess.Popen(command, cwd=ROOT)
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
    """Those of the first ``claims`` that are not there yet: a worker that was killed goes on where it stopped."""
    from serment.billing.models import Claim
    from serment.billing.payloads import ActLine
    from serment.billing.services import establish_claim
    from serment.patients.models import Patient
    from serment.transmission import insured

    # Those whose sheets may leave: the demonstration also has patients without a number, or frozen.
    known = insured.of(keyring, Patient.objects.values_list("pk", flat=True))
    patients = sorted(pk for pk, patient in known.items() if not patient.fault)
    for number in range(Claim.objects.filter(request_key__startswith="bench-").count(), claims):
        establish_claim(
            keyring=keyring,
            author=doctor,
            practitioner=doctor.practitioner,
            patient_id=patients[number % len(patients)],
            lines=[ActLine(code="G", label="consultation", amount_cents=3000)],
            request_key=f"bench-{number}",
        )


def step(claims: int) -> None:
    import django

    django.setup()
    from serment.transmission import returns, sending, signing

    with at_work() as (keyring, doctor):
        given = {"keyring": keyring, "author": doctor, "practice": doctor.practice}
        establish(keyring, doctor, claims)
        signing.sign_all(**given)
        sending.send_due(**given)
        returns.fetch(**given)


def compare(expected: int) -> dict[str, Any]:
    """What was lost or doubled: nothing, or the measure stops."""
    from django.db.models import Count, Sum

    from serment.billing.models import Allocation, Claim, Payment
    from serment.connectors.fse import frontal
    from serment.transmission import files
    from serment.transmission.models import Lot, Return, Sheet

    mine = {"claim__request_key__startswith": "bench-"}
    settled = Allocation.objects.filter(payment__request_key__startswith="noemie-", **mine)
    by_claim = dict(settled.values_list("claim_id").annotate(Sum("cents")))
    claims = list(Claim.objects.filter(request_key__startswith="bench-"))
    due = over = 0
    lost = abs(expected - len(claims))
    for claim in claims:
        _, owed, _, _ = frontal.outcome(files.invoice_number(claim), claim.amo_cents)
        paid = by_claim.get(claim.pk, 0)
        due, lost, over = due + owed, lost + (paid < owed), over + (paid > owed or paid != claim.paid_cents)
    sheets = Sheet.objects.filter(**mine)
    lost += len(claims) - sheets.values("claim_id").distinct().count()
    lost += sheets.filter(
        state__in=["draft", "established", "signed", "in_lot", "sent", "acknowledged"]
    ).count()
    doubled = settled.values("claim_id").annotate(count=Count("pk")).filter(count__gt=1).count()
    paid = Payment.objects.filter(request_key__startswith="noemie-", allocations__in=settled)
    found = {
        "established": len(claims),
        "sheets": sheets.count(),
        "lots": Lot.objects.count(),
        "in_lots": sheets.exclude(lot=None).count(),
        "returns": Return.objects.count(),
        "due_cents": due,
        "paid_cents": sum(by_claim.values()),
        "received_cents": paid.aggregate(sum=Sum("amount_cents"))["sum"],
        "lost": lost,
        "doubled": doubled + over,
    }
    same = (
        ("sheets", "in_lots"),
        ("returns", "lots"),
        ("due_cents", "paid_cents"),
        ("due_cents", "received_cents"),
    )
    if lost or doubled or any(found[one] != found[other] for one, other in same):
        raise RuntimeError(f"the books do not agree: {found}")
    return found


if __name__ == "__main__":
    sys.exit(main())
