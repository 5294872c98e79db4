"""``python -m bench --patients 10000 --database sqlite``: build, serve, measure, write ``bench/results/``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import ends
from bench.prepare import prepare

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=100)
    return parser.parse_args()


def main() -> int:
    options = arguments()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="serment-bench-")))
        os.environ["DATA_DIR"] = str(folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "serment.config.settings"
        if options.database == "postgresql":
            from serment.operations.postgres import temporary_server

            os.environ["DATABASE_URL"] = stack.enter_context(temporary_server())
        prepared = prepare(options.patients, ends.measure)
        result = run(options, folder, prepared)
    write(options, result)
    return 0


def run(options: argparse.Namespace, folder: Path, prepared: dict[str, Any]) -> dict[str, Any]:
    from bench.browser import Browser, wait_ready
    from bench.measure import measure
    from bench.operations import operations
    from serment.site.demo.build import totp_secret
    from serment.site.demo.people import PASSWORD

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-c",
        f"from serment.cli.main import main; raise SystemExit(main(['serve', '--port', '{port}']))",
    ]
    started = time.perf_counter()
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_ready("127.0.0.1", port, alive=lambda: server.poll() is None)
        cold = time.perf_counter() - started
        browsers, login_ms = [], []
        for number in range(options.clients):
            browser = Browser("127.0.0.1", port)
            # One phone, one code each 30 seconds: the clients' sessions are opened as several windows of one person.
            if number == 0:
                login_ms.append(browser.sign_in("camille.aubry", PASSWORD, totp_secret("camille.aubry")))
            else:
                browser.cookies, browser.token = dict(browsers[0].cookies), browsers[0].token
            browsers.append(browser)
        ops = {}
        for name, operation in operations(prepared).items():
            ops[name] = asdict(measure(operation, browsers, rounds=options.rounds, seconds=options.seconds))
            print(name, ops[name], flush=True)
        rss = memory(server.pid)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=20)
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "patients": options.patients,
        "database": options.database,
        "ops": ops,
        "login_ms": round(login_ms[0], 1),
        "cold_start_s": round(cold, 2),
        "rss_mb": rss,
        "bytes_per_patient": size(options, folder) // options.patients,
        **prepared["sweep"],
        "at": time.strftime("%Y-%m-%d"),
    }


def memory(pid: int) -> float:
    """Megabytes of the largest worker."""
    found = subprocess.run(
        ["ps", "-o", "rss=", "--ppid", str(pid)], capture_output=True, text=True
    ).stdout.split()
    own = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True).stdout.split()
    return round(max(int(kilobytes) for kilobytes in found or own) / 1024, 1)


def size(options: argparse.Namespace, folder: Path) -> int:
    if options.database == "sqlite":
        return sum(path.stat().st_size for path in folder.glob("serment.sqlite3*"))
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        return int(connection.execute("SELECT pg_database_size(current_database())").fetchone()[0])  # type: ignore[index]


def write(options: argparse.Namespace, result: dict[str, Any]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{options.database}-{options.patients}.json"
    path.write_text(json.dumps(result, indent=2) + "\n")
    shutil.copy(path, RESULTS / "latest.json")
    from bench import table

    table.into(ROOT / "README.md", table.write(RESULTS))
    print(
        f"\n{options.patients} patients, {options.database}: p50 ms alone · ops/s and p95 ms by {options.clients}"
    )
    for name, figures in result["ops"].items():
        print(f"  {name}: {figures['p50_ms']:6.1f} · {figures['ops_s_8']:6.1f} · {figures['p95_ms_8']:6.1f}")
    print({k: v for k, v in result.items() if k not in ("ops", "machine")})


if __name__ == "__main__":
    sys.exit(main())
