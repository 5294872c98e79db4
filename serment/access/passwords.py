"""Which passwords are accepted: CNIL délibération 2022-100, with a limit on tries (référentiel P-AUTH-2, E-AUTH-2).

Two tests, both needed. The *shape*: at least 12 characters, or a phrase of 5 words (50 bits is the floor where tries
are limited; the length keeps well above it). The *guess*: zxcvbn, fed with French words and the person's own names,
must estimate at least 10^10 guesses. The floor is code, so no setting weakens it.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from pathlib import Path

from zxcvbn import zxcvbn

MIN_LENGTH = 12
MIN_GUESSES_LOG10 = 10.0
MIN_ENTROPY_BITS = 50.0
MAX_LENGTH = 128


class WeakPassword(ValueError):
    """A refused password; the message is French and says what to do."""


@lru_cache(maxsize=1)
def french_words() -> frozenset[str]:
    """Common French words, first names and passwords, folded to lower case."""
    text = (Path(__file__).parent / "data" / "common_fr.txt").read_text(encoding="utf-8")
    return frozenset(word for word in text.split() if word)


def entropy_bits(password: str) -> float:
    """L × log2(N), N being the size of the alphabets used (the délibération's formula)."""
    alphabets = (
        (26, str.islower),
        (26, str.isupper),
        (10, str.isdigit),
        (37, lambda c: not c.isalnum()),
    )
    size = sum(count for count, test in alphabets if any(test(c) for c in password))
    return len(password) * math.log2(size) if size else 0.0


def check_password(password: str, personal: list[str]) -> None:
    """Raise WeakPassword unless ``password`` is long and hard enough. ``personal``: names, login, practice."""
    if len(password) > MAX_LENGTH:
        raise WeakPassword(f"Ce mot de passe est trop long : {MAX_LENGTH} caractères au plus.")
    if len(password) < MIN_LENGTH:
        raise WeakPassword(
            f"Il faut au moins {MIN_LENGTH} caractères. Une phrase de plusieurs mots sans rapport entre eux "
            "est plus facile à retenir."
        )
    lowered = password.lower()
    own = [word for text in personal for word in re.split(r"[\W_]+", text.lower()) if len(word) >= 3]
    rest = lowered
    for word in own:
        rest = rest.replace(word, "")
    if rest != lowered and len(rest) < MIN_LENGTH - 4:
        raise WeakPassword("Ce mot de passe contient un nom qui vous désigne. Choisissez-en un autre.")
    french = [word for word in french_words() if word in lowered]
    result = zxcvbn(password[:72], user_inputs=own + french)
    if entropy_bits(password) < MIN_ENTROPY_BITS or float(result["guesses_log10"]) < MIN_GUESSES_LOG10:
        raise WeakPassword(
            "Ce mot de passe se devine trop facilement (mot courant, suite de touches, date ou répétition). "
            "Ajoutez des mots sans rapport entre eux."
        )
