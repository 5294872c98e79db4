"""Code 128 bars (ISO/IEC 15417): the RPPS and AM numbers of an ordonnance (arrêté of 10 August 2010).

Digits go two by two in set C, an odd last one in set B.
"""

from __future__ import annotations

# Widths of bar, space, bar, space, bar, space for each symbol value; the stop has a seventh bar.
_WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
).split()
_STOP = "2331112"
_START_B, _START_C, _TO_B = 104, 105, 100


def symbols(digits: str) -> list[int]:
    """Symbol values of a string of digits, start and check included. Raises ValueError for anything but digits."""
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("digits only")
    even = len(digits) // 2 * 2
    values = [_START_C] if even else [_START_B]
    values += [int(digits[i : i + 2]) for i in range(0, even, 2)]
    if len(digits) % 2:
        values += ([_TO_B] if even else []) + [ord(digits[-1]) - 32]
    check = (values[0] + sum(place * value for place, value in enumerate(values[1:], 1))) % 103
    return [*values, check]


def widths(digits: str) -> list[int]:
    """Widths in modules, bar first, spaces and bars alternating."""
    text = "".join(_WIDTHS[value] for value in symbols(digits)) + _STOP
    return [int(width) for width in text]
