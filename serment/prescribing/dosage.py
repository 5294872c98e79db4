"""A structured dosage in French words, as printed under the medicine's name. Pure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from math import ceil

from serment.prescribing.letters import counted_in_words, dose_in_words, listed, number_in_words
from serment.prescribing.payloads import DAYS_OF, DURATION_UNITS, MOMENTS, Dosage

_FRACTIONS = {Decimal("0.25"): "¼", Decimal("0.5"): "½", Decimal("0.75"): "¾"}
_INVARIABLE = {"mL", "mg", "g", "UI"}


def amount(value: Decimal) -> str:
    """1, ½, 1 ½, 2,5"""
    whole, part = divmod(value, 1)
    if part in _FRACTIONS:
        return f"{int(whole)} {_FRACTIONS[part]}" if whole else _FRACTIONS[part]
    return plain(value)


def plain(value: Decimal) -> str:
    """2,5: without a fraction sign, for what is measured."""
    return f"{value.normalize():f}".replace(".", ",")


def counted(count: Decimal | int, unit: str) -> str:
    """« 2 comprimés », « ½ comprimé », « 5 mL »: the plural begins at two."""
    value = Decimal(count)
    if unit in _INVARIABLE:
        return f"{plain(value)} {unit}"
    if value < 2 or unit.endswith(("s", "x")):
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
    first = counted(dosage.dose, dosage.unit)
    if dosage.per_kg and dosage.unit == "mg" and not dosage.usual_dose:
        first += f" ({plain(dosage.per_kg)} mg/kg{', plafond atteint' if dosage.capped else ''})"
    return _phrase(first, dosage)


def rule_phrase(dosage: Dosage) -> str:
    """The same of nobody yet: « 15 mg/kg par prise, 1000 mg au plus, 4 fois par jour ; 250 mg si la clairance… »"""
    unit = "mg" if dosage.per_kg else dosage.unit
    first = counted(dosage.dose, unit)
    if dosage.per_kg:
        bound = f", {counted(dosage.max_dose, 'mg')} au plus" if dosage.max_dose else ""
        first = f"{plain(dosage.per_kg)} mg/kg par prise{bound},"
    said = _phrase(first, dosage)
    if dosage.renal_below:
        said += f" ; {counted(dosage.renal_dose, unit)} si la clairance est sous {dosage.renal_below} mL/min"
    return said


def _phrase(first: str, dosage: Dosage) -> str:
    """``first``: how much at each intake."""
    moments = _moments(dosage)
    parts = [f"{first} {moments or _times(dosage, _figures)}"]
    if moments and dosage.every_days > 1:
        parts.append(_spaced(dosage, _figures))
    if dosage.as_needed:
        parts.append("si besoin")
    if dosage.max_a_day:
        parts.append(f"sans dépasser {counted(dosage.max_a_day, dosage.unit)} par jour")
    if dosage.duration and not dosage.single:
        parts.append(duration_text(dosage))
    if dosage.note:
        parts.append(dosage.note)
    return ", ".join(parts)


def phrase_in_words(dosage: Dosage) -> str:
    """The same with every number spelt out, as a secured ordonnance wants: doses, times and days (R.5132-29 CSP)."""
    moments = _moments(dosage)
    parts = [dose_in_words(dosage.dose, dosage.unit)]
    if moments:
        parts.append(f"{number_in_words(len(dosage.moments), 'fois')} fois par jour")
        parts += [_spaced(dosage, number_in_words)] if dosage.every_days > 1 else []
        parts.append(moments)
    else:
        parts.append(_times(dosage, number_in_words))
    if dosage.as_needed:
        parts.append("si besoin")
    if dosage.max_a_day:
        parts.append(f"sans dépasser {dose_in_words(Decimal(dosage.max_a_day), dosage.unit)} par jour")
    if dosage.duration and not dosage.single:
        parts.append(
            f"pendant {counted_in_words(Decimal(dosage.duration), DURATION_UNITS[dosage.duration_unit])}"
        )
    if dosage.note:
        parts.append(dosage.note)
    return ", ".join(parts)


def _figures(number: int, name: str) -> str:
    return str(number)


def _moments(dosage: Dosage) -> str:
    """« le matin et le soir »; empty where something else says when."""
    if dosage.single or dosage.every_hours or dosage.times_a_week or dosage.every_months:
        return ""
    return listed([MOMENTS[moment] for moment in MOMENTS if moment in dosage.moments])


def _times(dosage: Dosage, said: Callable[[int, str], str]) -> str:
    """« 3 fois par jour », « toutes les douze heures », « une fois par mois »; ``said`` writes a number."""
    if dosage.single:
        return "en une prise unique"
    if dosage.every_hours:
        return (
            "toutes les heures"
            if dosage.every_hours == 1
            else f"toutes les {said(dosage.every_hours, 'heure')} heures"
        )
    if dosage.times_a_week:
        return f"{'une' if dosage.times_a_week == 1 else said(dosage.times_a_week, 'fois')} fois par semaine"
    if dosage.every_months:
        years = {1: "une fois par mois", 12: "une fois par an"}
        return years.get(dosage.every_months) or f"une fois tous les {said(dosage.every_months, 'mois')} mois"
    if dosage.every_days == 1:
        return f"{said(dosage.times_a_day, 'fois')} fois par jour"
    if dosage.times_a_day > 1:
        return f"{said(dosage.times_a_day, 'fois')} fois par jour, {_spaced(dosage, said)}"
    spaced = _spaced(dosage, said)
    return spaced if spaced.startswith("un") else f"une fois {spaced}"


def _spaced(dosage: Dosage, said: Callable[[int, str], str]) -> str:
    """« un jour sur deux », « tous les 3 jours », « une fois par semaine », « toutes les 2 semaines »"""
    weeks, rest = divmod(dosage.every_days, 7)
    if dosage.every_days == 2:
        return "un jour sur deux"
    if not rest:
        return "une fois par semaine" if weeks == 1 else f"toutes les {said(weeks, 'semaine')} semaines"
    return f"tous les {said(dosage.every_days, 'jour')} jours"


def total(dosage: Dosage) -> Decimal:
    """Units for the whole duration: ten patches for 28 days of one every 72 hours; 0 where nobody can tell."""
    days = dosage.duration * DAYS_OF[dosage.duration_unit]
    if dosage.as_needed or not (days or dosage.single):
        return Decimal(0)
    if dosage.single:
        return dosage.dose
    if dosage.every_hours:
        intakes = ceil(days * 24 / dosage.every_hours)
    elif dosage.times_a_week:
        intakes = ceil(days * dosage.times_a_week / 7)
    elif dosage.every_months:
        intakes = ceil(days / (DAYS_OF["month"] * dosage.every_months))
    else:
        intakes = ceil(days / dosage.every_days) * (len(dosage.moments) or dosage.times_a_day)
    return dosage.dose * intakes


def hours_between(dosage: Dosage) -> float:
    """Hours from one intake to the next, on average; 0 for a single one."""
    if dosage.single:
        return 0
    if dosage.every_hours:
        return dosage.every_hours
    if dosage.times_a_week:
        return 7 * 24 / dosage.times_a_week
    if dosage.every_months:
        return 24 * DAYS_OF["month"] * dosage.every_months
    return 24 * dosage.every_days / (len(dosage.moments) or dosage.times_a_day)
