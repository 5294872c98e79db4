from __future__ import annotations


class FormatError(ValueError):
    """Bad input; the message is a French sentence for the person who typed it."""
