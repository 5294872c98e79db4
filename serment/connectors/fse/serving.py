"""Serve an engine as the contract wants it: over HTTP, over a Unix socket, or from a watched folder.

For the simulator (`serment engine simulate`), and as a starting point for whoever writes an adapter.
"""

from __future__ import annotations

import hmac
import os
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from serment.connectors.fse.exchange import MAX_REQUEST, answer
from serment.connectors.fse.handoff import PATH, drop
from serment.connectors.fse.port import Engine


def _handler(engine: Engine, token: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            given = self.headers.get("Authorization", "")
            if token and not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                self._reply(401, b"")
            elif self.path != PATH or not length.isdigit() or int(length) > MAX_REQUEST:
                self._reply(400, b"")
            else:
                self._reply(200, answer(engine, self.rfile.read(int(length))))

        def _reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self) -> str:
            return "local"

        def log_message(self, *args: Any) -> None:
            """Nothing: a log of requests would be a log of patients."""

    return Handler


class _UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@contextmanager
def over_http(engine: Engine, port: int = 0, token: str = "") -> Iterator[str]:
    """Serves on the loopback within the block; gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(engine, token))
    with _running(server):
        yield f"http://127.0.0.1:{server.server_address[1]}"


@contextmanager
def over_socket(engine: Engine, path: Path, token: str = "") -> Iterator[str]:
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        server = _UnixServer(str(path), _handler(engine, token))
    finally:
        os.umask(before)
    with _running(server):
        yield f"unix:{path}"
    path.unlink(missing_ok=True)


@contextmanager
def over_folder(engine: Engine, folder: Path) -> Iterator[str]:
    """Watches a folder, fifty times a second."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(engine, folder, stop), daemon=True)
    watcher.start()
    try:
        yield f"folder:{folder}"
    finally:
        stop.set()
        watcher.join()


def _watch(engine: Engine, folder: Path, stop: threading.Event) -> None:
    while not stop.wait(0.02):
        for asked in sorted(folder.glob("*.request")):
            try:
                raw = asked.read_bytes()
                asked.unlink()
            except FileNotFoundError:  # whoever asked gave up
                continue
            drop(asked.with_suffix(".answer"), answer(engine, raw))


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    worker = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    worker.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        worker.join()
