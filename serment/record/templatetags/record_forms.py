"""What a page offers to do with an entry."""

from __future__ import annotations

from django import template

from serment.record.forms import CORRECTABLE

register = template.Library()


@register.filter
def has_form(kind: str) -> bool:
    """Whether an entry of this kind has a form to correct it; the others can only be marked in error."""
    return kind in CORRECTABLE
