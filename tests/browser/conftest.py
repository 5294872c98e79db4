"""A real server on a demonstration practice, and a real Chromium. Skipped, saying how to get it, where it is absent."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.browser import wait_ready

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOW_TO = "Chromium absent : installez le paquet « chromium » pour jouer les essais de navigateur."


def pytest_collection_modifyitems(items):
    for item in items:
        if "/browser/" in str(item.fspath):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def data_folder() -> Iterator[Path]:
    """Where the served demonstration keeps its data: a test may let a day pass there."""
    with tempfile.TemporaryDirectory(prefix="serment-browser-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def server(data_folder) -> Iterator[str]:
    """The demonstration served by granian, as `make demo` does; gives its address."""
    if CHROMIUM is None:
        if os.environ.get("SERMENT_CI"):
            pytest.fail(HOW_TO)
        pytest.skip(HOW_TO)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        k: v
        for k, v in os.environ.items()
        if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "STATIC_ROOT", "JOURNAL_ANCHOR")
    }
    environment |= {"DATA_DIR": str(data_folder), "PORT": str(port)}
    command = [
        sys.executable,
        "-c",
        "from serment.cli.main import main; raise SystemExit(main(['demo']))",
    ]
    # To a file: a pipe that nobody reads fills up, and the server then waits for its reader for ever.
    said = (data_folder / "server.log").open("w")
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT)
    try:
        wait_ready("127.0.0.1", port, seconds=240, alive=lambda: process.poll() is None)
        yield f"http://localhost:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        said.close()


@pytest.fixture(scope="session")
def chromium(server):
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        flags = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


@pytest.fixture(scope="session")
def signed_in() -> dict[str, dict]:
    """Sessions already opened, by login: a code of the second factor serves once in 30 seconds."""
    return {}


@pytest.fixture
def page_for(chromium, server, signed_in):
    """``page_for("camille.aubry", "phone")``: a signed-in page of that person at that size."""
    contexts = []

    def make(login: str, size: str = "desktop"):
        from serment.site.demo.people import PASSWORD

        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale="fr-FR",
            base_url=server,
            storage_state=signed_in.get(login),
        )
        contexts.append(context)
        context.set_default_timeout(8000)
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on(
            "console", lambda message: page.errors.append(message.text) if message.type == "error" else None
        )
        if login in signed_in:
            page.goto("/")
            page.wait_for_selector("#content h1")
            return page
        page.goto("/connexion/")
        page.fill("#id_login", login)
        page.fill("#id_password", PASSWORD)
        page.get_by_role("button", name="Continuer").click()
        page.wait_for_selector("[data-demo-code]")
        page.fill("#id_code", page.inner_text("[data-demo-code]"))
        page.get_by_role("button", name="Ouvrir ma session").click()
        page.wait_for_selector("#content h1")
        signed_in[login] = context.storage_state()
        return page

    yield make
    for context in contexts:
        context.close()


AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


def serious_violations(page) -> list[str]:
    """axe-core's serious and critical findings on the page from its top (WCAG 2.2 A and AA).

    From its top: a field that has just scrolled half under the patient's banner is no small target.
    """
    page.evaluate("window.scrollTo(0, 0)")
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "() => axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']})"
    )
    return [
        f"{v['id']}: {[n['target'] for n in v['nodes']][:3]}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]
