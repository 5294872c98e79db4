"""SIGKILL during writes: every acknowledged write is there, and the chain holds (E-SRV-4)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.browser import Browser, wait_ready

ROOT = Path(__file__).parents[2]


def start(folder: Path, port: int) -> subprocess.Popen:
    environment = {
        **{k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
        "DATA_DIR": str(folder),
        "PORT": str(port),
    }
    command = [sys.executable, "-c", "from serment.cli.main import main; raise SystemExit(main(['demo']))"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_ready("127.0.0.1", port, alive=lambda: process.poll() is None)
    return process


def kill(process: subprocess.Popen) -> None:
    """The server and its workers, without a chance to tidy up."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.browser  # a whole server: once, on the embedded database
def test_acknowledged_writes_survive_a_kill(tmp_path):
    from serment.site.demo.build import totp_secret
    from serment.site.demo.people import PASSWORD

    os.environ.pop("DATABASE_URL", None)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = start(tmp_path, port)
    acknowledged = []
    try:
        browser = Browser("127.0.0.1", port)
        browser.sign_in("camille.aubry", PASSWORD, totp_secret("camille.aubry"))
        end = time.time() + 2.5
        number = 0
        while time.time() < end:
            number += 1
            name = "Naufrage" + "abcdefghij"[number // 10 % 10] + "abcdefghij"[number % 10]
            data = {
                "birth_family_name": name,
                "first_given_name": "Test",
                "sex": "F",
                "birth_date": f"{1 + number % 28:02d}/03/1980",
                "anyway": "1",
            }
            status, _ = browser.ask("POST", "/patients/nouveau/", data)
            if status == 302:
                acknowledged.append(name)
    finally:
        kill(process)
    assert len(acknowledged) > 5
    process = start(tmp_path, port)
    try:
        browser = Browser("127.0.0.1", port)
        time.sleep(max(0, 31 - time.time() % 30) if time.time() % 30 > 29 else 0)
        browser.sign_in_again("camille.aubry", PASSWORD, totp_secret("camille.aubry"))
        for name in acknowledged:
            _, body = browser.ask("POST", "/patients/chercher/", {"q": name}, **{"HX-Request": "true"})
            assert name.upper().encode() in body.upper(), name
    finally:
        kill(process)
    verify = subprocess.run(
        [
            sys.executable,
            "-c",
            "from serment.cli.main import main; raise SystemExit(main(['journal', 'verify']))",
        ],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "serment.config.settings"},
        capture_output=True,
        text=True,
    )
    assert verify.returncode == 0, verify.stderr
    assert "chaîne intacte" in verify.stdout
