"""A phonetic key of French names, so that a name heard on the telephone is found however it is spelt.

The idea is the family of Soundex-FR and Phonex (map spellings to sounds, keep a skeleton); the rules below are
ours. A key is a search aid: it may join names that differ, the caller always compares the opened names.

Alphabet of keys: consonants B D F G J K L M N P R S T V Z, C for « ch », vowels A I O U, and 2 (an, en), 3 (in, ain),
4 (on). The sound of « e » in all its spellings is left out except at the beginning, so that Hélène and Elaine meet.
"""

from __future__ import annotations

import re

from serment.formats.folding import fold

# Applied in this order to the folded, upper-case word; letters in lower case are sounds already decided.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        # old spellings with a silent or ambiguous b
        (r"EBV?U?R(?=E?S?$)", "EVR"),
        (r"EBV", "EV"),
        # silent endings: -ault, -aud, -aux, then consonants, then mute e
        (r"(?:EAU|AU)(?:LT|LX|LD|[DTXS])?S?$", "O"),
        (r"AMPS?$", "AN"),  # Champ
        (r"OUPS?$", "OU"),  # Loup, but Philip
        (r"(?<=[AEIOUYLNRKCTD])[DTSXZ]+$", ""),
        (r"(?<=AN)C$", ""),  # Blanc, Franc
        (r"(?<=[AEIOUY])(?:ER|EZ)$", "E"),
        # groups
        (r"SCH|SH", "c"),
        (r"CH(?=[RLN])", "k"),
        (r"CH", "c"),
        (r"PH", "F"),
        (r"H", ""),
        (r"(.)\1+", r"\1"),
        (r"GN", "N"),
        (r"QU?|CK", "k"),
        (r"GU(?=[EIY])", "g"),
        (r"GE(?=[AOU])|G(?=[EIY])", "J"),
        (r"C(?=[EIY])", "s"),
        (r"[CK]", "k"),
        (r"W", "V"),
        (r"X", "ks"),
        (r"(?<=[AEIOUY])S(?=[AEIOUY])", "Z"),
        # vowels
        (r"EAU|AU", "o"),
        (r"OU", "u"),
        (r"OEU|EU", "E"),
        (r"(?:AIN|EIN|AIM|EIM)(?![AEIOUY])", "3"),
        (r"(?<=[IY])EN(?![AEIOUYaeou])", "3"),
        (r"E?AN(?![AEIOUYaeou])|EN(?![AEIOUYaeou])|[AE]M(?=[BP])", "2"),
        (r"[IYU]N(?![AEIOUYaeou])|[IY]M(?=[BP])", "3"),
        (r"ON(?![AEIOUYaeou])|OM(?=[BP])", "4"),
        (r"AI|EI|EY|AY", "E"),
        (r"Y", "I"),
        (r"(?<!^)E", ""),
        (r"G", "g"),
    )
)


def phonetic(word: str) -> str:
    """Key of one name word, at most 8 signs; empty only when it has no letter. Hyphenated words count as one."""
    letters = re.sub(r"[^A-Z]", "", fold(word.replace("ç", "ss").replace("Ç", "SS")).upper())
    sound = letters
    for pattern, replacement in _RULES:
        sound = pattern.sub(replacement, sound)
    # A lone silent letter keeps itself: an empty key would join it to every other empty one.
    return re.sub(r"(.)\1+", r"\1", sound.upper())[:8] or letters[:1]
