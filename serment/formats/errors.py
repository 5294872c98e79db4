"""The one exception of the formats."""

from __future__ import annotations

from serment.formats.text import typeset


class FormatError(ValueError):
    """A typed value that cannot be accepted; ``str(error)`` is a French sentence that says what to do.

    The message never holds the refused value, so that it may be shown or logged without leaking it. It is typeset
    here (no-break spaces, curly apostrophes), so the modules write it as one types.
    """

    def __init__(self, message: str) -> None:
        super().__init__(typeset(message))
