"""Executable controls: each looks at the installation as it is now and says what it saw.

A control is a function without arguments, run within a practice; it gives a `Verdict`. What is not a measure is not
here: attestations live in `serment.conformity.services`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Verdict:
    """``ok``: True, False, or None where the requirement has no object here. ``text`` is French. ``page``: URL name."""

    ok: bool | None
    text: str
    page: str = ""


Control = Callable[[], Verdict]
_controls: dict[str, Control] = {}


def control(code: str) -> Callable[[Control], Control]:
    """Register a control under the code that the catalogue names."""

    def keep(function: Control) -> Control:
        _controls[code] = function
        return function

    return keep


def all_controls() -> dict[str, Control]:
    """Every control, the modules being read at the first call."""
    from serment.conformity.checks import data, ends, machine, papers, people, providers, texts  # noqa: F401

    return dict(_controls)


def addresses(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every page of the program: (« room:name », its pattern)."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, entry.namespace or namespace)
        else:
            yield f"{namespace}:{entry.name}" if namespace else str(entry.name), entry
