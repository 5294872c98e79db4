"""Whether a noted allergy meets the substances of a medicine, however half-written it is. Pure."""

from __future__ import annotations

from serment.formats.names import fold


def meets(substance: str, known: set[str]) -> bool:
    """An allergy meets a medicine when its words are all in one of the medicine's substances, or the reverse.

    A word of four letters or more also meets what it begins (« amoxi », « pénicill »): a half-written allergy must warn
    too much rather than not at all. ``known``: folded names.
    """
    wanted = set(fold(substance).split())
    if not wanted:
        return False

    def begins(name: str) -> bool:
        names = name.split()
        return all(any(n == w or (len(w) >= 4 and n.startswith(w)) for n in names) for w in wanted)

    return any(begins(name) or set(name.split()) <= wanted for name in known if name)
