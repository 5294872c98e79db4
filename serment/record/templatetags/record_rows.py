"""Filters of the summary: `record.rows` from a template. Each writes a whole list at once."""

from __future__ import annotations

from django import template

from serment.record import rows

register = template.Library()
register.filter("listed", rows.listed)
register.filter("listed_short", rows.listed_short)
register.filter("visits", rows.visits)
register.filter("measures", rows.measures)
