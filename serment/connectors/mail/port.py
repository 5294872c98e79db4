"""What a transport by mail is asked. Every verb may be done again: a parcel is known by its message id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol


class Unreachable(Exception):
    """Try again later: the server does not answer, or is busy."""


class Rejected(Exception):
    """Trying again will not help: the server refuses the sender, the recipient or the message."""


class Untrusted(Exception):
    """The server's certificate is not what it should be: nothing was said to it."""


@dataclass(frozen=True)
class Server:
    """``security``: TLS from the first byte, or STARTTLS, never without. ``authority``: a PEM file, or the system's."""

    host: str
    port: int
    security: Literal["tls", "starttls"] = "tls"
    user: str = ""
    password: str = field(default="", repr=False)
    authority: str = ""
    timeout: float = 20


@dataclass(frozen=True)
class Parcel:
    """``content``: what leaves, already encrypted for its recipient where it must be."""

    message_id: str
    sender: str
    recipient: str
    subject: str
    content: bytes = field(repr=False)
    media: str = "application/octet-stream"
    name: str = "lot.bin"
    description: str = ""


@dataclass(frozen=True)
class Received:
    """``answers``: message ids that it replies to. ``failed``: a delivery report that says no."""

    message_id: str
    answers: tuple[str, ...]
    subject: str
    files: tuple[bytes, ...] = field(repr=False)
    failed: bool = False


class Outbox(Protocol):
    def send(self, parcel: Parcel) -> None:
        """Raises Unreachable, Rejected, Untrusted."""


class Inbox(Protocol):
    def fetch(self, keep: Callable[[Received], None]) -> int:
        """Give each new message to ``keep``; it counts as read only once ``keep`` has returned.

        Gives how many were kept. Raises Unreachable, Untrusted, and whatever ``keep`` raises.
        """
