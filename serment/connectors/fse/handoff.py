"""Speak to an engine on this machine: HTTP on the loopback, a Unix socket, or a watched folder (docs/engine.md).

Nothing leaves the machine here: another host in the address is refused. A request that got no answer is asked again
with the same id, which the engine signs once.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from serment.connectors.fse.port import (
    CONTRACT,
    TROUBLES,
    Card,
    CardAsked,
    Professional,
    SheetToSign,
    Signed,
    State,
    Trouble,
)

Exchange = Callable[[bytes], bytes]
Answer = TypeVar("Answer", bound=BaseModel)
PATH = "/serment/engine"
MAX_ANSWER = 200_000


class Handoff:
    """An `Engine` behind an exchange of JSON."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def ask(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer's body. Raises Trouble."""
        identifier = secrets.token_hex(8)
        asked = {"contract": CONTRACT, "id": identifier, "verb": verb, "body": body}
        try:
            found = json.loads(self.exchange(json.dumps(asked).encode()))
        except (ValueError, RecursionError):
            raise Trouble("bad_answer") from None
        if not isinstance(found, dict) or found.get("contract") != CONTRACT or found.get("id") != identifier:
            raise Trouble("bad_answer")
        if found.get("ok") is True and isinstance(found.get("body"), dict):
            return dict(found["body"])
        error = found.get("error")
        if not isinstance(error, dict) or error.get("code") not in TROUBLES:
            raise Trouble("bad_answer")
        raise Trouble(str(error["code"]), str(error.get("detail", "")))

    def _as(self, model: type[Answer], verb: str, body: dict[str, Any]) -> Answer:
        try:
            return model.model_validate(self.ask(verb, body))
        except ValidationError:
            raise Trouble("bad_answer") from None

    def state(self) -> State:
        found = self._as(State, "state", {})
        if found.contract != CONTRACT:
            raise Trouble("bad_contract")
        return found

    def read_card(self, asked: CardAsked) -> Card:
        return self._as(Card, "read_card", asked.model_dump(mode="json"))

    def read_professional(self) -> Professional:
        return self._as(Professional, "read_professional", {})

    def sign(self, sheet: SheetToSign) -> Signed:
        return self._as(Signed, "sign", sheet.model_dump(mode="json"))

    def cancel(self, reference: str) -> None:
        self.ask("cancel", {"reference": reference})


def connect(address: str, token: str = "", timeout: float = 20) -> Handoff:
    """``http://127.0.0.1:8765``, ``unix:/run/engine.sock`` or ``folder:/var/spool/engine``. Raises ValueError."""
    if address.startswith("unix:"):
        path = address.removeprefix("unix:")
        return Handoff(lambda raw: _post(_UnixConnection(path, timeout), raw, token))
    if address.startswith("folder:"):
        folder = Path(address.removeprefix("folder:"))
        return Handoff(lambda raw: _through(folder, raw, timeout))
    parts = urlsplit(address)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "::1", "localhost") or not parts.port:
        raise ValueError("the engine is on this machine: http://127.0.0.1:PORT, unix:PATH or folder:PATH")
    host, port = parts.hostname, parts.port
    return Handoff(lambda raw: _post(http.client.HTTPConnection(host, port, timeout=timeout), raw, token))


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def _post(connection: http.client.HTTPConnection, raw: bytes, token: str) -> bytes:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        connection.request("POST", PATH, raw, headers)
        response = connection.getresponse()
        found = response.read(MAX_ANSWER + 1)
    except (OSError, http.client.HTTPException):
        raise Trouble("unavailable") from None
    finally:
        connection.close()
    if response.status != 200 or len(found) > MAX_ANSWER:
        raise Trouble("unavailable", f"HTTP {response.status}")
    return found


def _through(folder: Path, raw: bytes, timeout: float) -> bytes:
    """Leave ``<id>.request``, wait for ``<id>.answer``. Both are deleted: they hold a social-security number."""
    name = secrets.token_hex(12)
    asked, given = folder / f"{name}.request", folder / f"{name}.answer"
    try:
        drop(asked, raw)
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            if given.exists():
                return given.read_bytes()[: MAX_ANSWER + 1]
            time.sleep(0.02)
    except OSError:
        raise Trouble("unavailable") from None
    finally:
        asked.unlink(missing_ok=True)
        given.unlink(missing_ok=True)
    raise Trouble("unavailable")


def drop(path: Path, data: bytes) -> None:
    """Write a file that appears whole or not at all, readable by its owner alone."""
    waiting = path.with_suffix(path.suffix + ".part")
    descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    os.replace(waiting, path)
