"""The engine's side of the contract: a request in JSON in, an answer in JSON out, whatever the request is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from serment.connectors.fse.port import CONTRACT, CardAsked, Engine, SheetToSign, Trouble

MAX_REQUEST = 200_000


def answer(engine: Engine, raw: bytes) -> bytes:
    """Never raises: what is wrong is in the answer."""
    asked: dict[str, Any] = {}
    try:
        asked = _request(raw)
        body = _body(engine, asked)
        found: dict[str, Any] = {"ok": True, "body": body.model_dump(mode="json") if body is not None else {}}
    except Trouble as trouble:
        found = {"ok": False, "error": {"code": trouble.code, "detail": trouble.detail}}
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))[:60]
        found = {"ok": False, "error": {"code": "bad_request", "detail": f"{where}: {first['type']}"}}
    return json.dumps({"contract": CONTRACT, "id": asked.get("id", ""), **found}).encode()


def _request(raw: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(raw[: MAX_REQUEST + 1])
    except (ValueError, RecursionError):
        raise Trouble("bad_request", "JSON") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("id"), str):
        raise Trouble("bad_request", "id")
    return asked


def _body(engine: Engine, asked: dict[str, Any]) -> BaseModel | None:
    if asked.get("contract") != CONTRACT:
        raise Trouble("bad_contract")
    verb, body = asked.get("verb"), asked.get("body", {})
    if not isinstance(verb, str) or verb not in VERBS:
        raise Trouble("unknown_verb")
    if not isinstance(body, dict):
        raise Trouble("bad_request", "body")
    return _verbs(engine)[verb](body)


VERBS = ("state", "read_card", "read_professional", "sign", "cancel")


def _verbs(engine: Engine) -> dict[str, Callable[[dict[str, Any]], BaseModel | None]]:
    return {
        "state": lambda body: engine.state(),
        "read_card": lambda body: engine.read_card(CardAsked.model_validate(body)),
        "read_professional": lambda body: engine.read_professional(),
        "sign": lambda body: engine.sign(SheetToSign.model_validate(body)),
        "cancel": lambda body: engine.cancel(str(body.get("reference", ""))),
    }
