"""A structured dosage in French words, as printed under the medicine's name. Pure."""

from __future__ import annotations

from decimal import Decimal

from serment.prescribing.letters import dose_in_words, in_words, listed
from serment.prescribing.payloads import DURATION_UNITS, MOMENTS, Dosage

_FRACTIONS = {Decimal("0.25"): "¼", Decimal("0.5"): "½", Decimal("0.75"): "¾"}
_INVARIABLE = {"mL", "mg", "g", "UI"}


def amount(value: Decimal) -> str:
    """1, ½, 1 ½, 2,5"""
    whole, part = divmod(value, 1)
    if part in _FRACTIONS:
        return f"{int(whole)} {_FRACTIONS[part]}" if whole else _FRACTIONS[part]
    return f"{value.normalize():f}".replace(".", ",")


def counted(count: Decimal | int, unit: str) -> str:
    """« 2 comprimés », « ½ comprimé », « 5 mL »: the plural begins at two."""
    value = Decimal(count)
    if unit in _INVARIABLE or value < 2 or unit.endswith(("s", "x")):
        return f"{amount(value)} {unit}"
    head, _, tail = unit.partition("-")
    return f"{amount(value)} {head}s" + (f"-{tail}" if tail else "")


def duration_text(dosage: Dosage) -> str:
    """« pendant 7 jours »; empty when none was given."""
    if not dosage.duration:
        return ""
    return f"pendant {counted(dosage.duration, DURATION_UNITS[dosage.duration_unit])}"


def phrase(dosage: Dosage) -> str:
    """« 1 comprimé le matin et le soir, pendant 7 jours »"""
    parts = [counted(dosage.dose, dosage.unit)]
    if dosage.per_kg and dosage.unit == "mg":
        parts[0] += f" ({amount(dosage.per_kg)} mg/kg)"
    moments = [MOMENTS[m] for m in MOMENTS if m in dosage.moments]
    if moments:
        parts[0] += " " + listed(moments)
    elif dosage.every_days > 1:
        parts[0] += " une fois"
    else:
        parts[0] += f" {dosage.times_a_day} fois par jour"
    if dosage.every_days == 7:
        parts[0] += " par semaine" if not moments else ", une fois par semaine"
    elif dosage.every_days > 1:
        parts[0] += (
            f" tous les {dosage.every_days} jours" if not moments else f", tous les {dosage.every_days} jours"
        )
    if dosage.as_needed:
        parts.append("si besoin")
    if dosage.max_a_day:
        parts.append(f"sans dépasser {counted(dosage.max_a_day, dosage.unit)} par jour")
    if dosage.duration:
        parts.append(duration_text(dosage))
    if dosage.note:
        parts.append(dosage.note)
    return ", ".join(parts)


def phrase_in_words(dosage: Dosage) -> str:
    """The same with every number spelt out, as a secured ordonnance wants: doses, times and days (R.5132-29 CSP)."""
    times = len(dosage.moments) or dosage.times_a_day
    parts = [
        dose_in_words(dosage.dose, dosage.unit),
        f"{in_words(times)} fois par jour"
        if dosage.every_days == 1
        else f"{'' if dosage.moments else 'une fois '}tous les {in_words(dosage.every_days)} jours",
    ]
    if dosage.moments:
        parts.append(listed([MOMENTS[m] for m in MOMENTS if m in dosage.moments]))
    if dosage.as_needed:
        parts.append("si besoin")
    if dosage.max_a_day:
        parts.append(f"sans dépasser {dose_in_words(Decimal(dosage.max_a_day), dosage.unit)} par jour")
    if dosage.duration:
        unit = DURATION_UNITS[dosage.duration_unit]
        plural = "s" if dosage.duration > 1 and not unit.endswith("s") else ""
        words = in_words(dosage.duration)
        feminine = dosage.duration_unit == "week" and (words == "un" or words.endswith((" un", "-un")))
        parts.append(f"pendant {words}{'e' if feminine else ''} {unit}{plural}")
    if dosage.note:
        parts.append(dosage.note)
    return ", ".join(parts)


def daily_total(dosage: Dosage) -> Decimal:
    """Doses a day, for a plausibility look; averaged over the interval."""
    times = len(dosage.moments) or dosage.times_a_day
    return dosage.dose * times / dosage.every_days
