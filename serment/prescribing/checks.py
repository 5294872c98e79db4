"""Whether a noted allergy meets the substances of a medicine, however half-written it is. Pure."""

from __future__ import annotations


def meets(wanted: frozenset[str], known: set[str]) -> bool:
    """An allergy meets a medicine when its words are all in one of the medicine's substances, or the reverse.

    A word of four letters or more also meets what it begins (« amoxi », « pénicill »): a half-written allergy must warn
    too much rather than not at all. ``wanted``: folded words of the allergy; ``known``: folded names.
    """
    if not wanted:
        return False

    def begins(names: list[str]) -> bool:
        return all(w in names or (len(w) >= 4 and any(n.startswith(w) for n in names)) for w in wanted)

    return any(begins(names) or wanted.issuperset(names) for names in map(str.split, known) if names)
