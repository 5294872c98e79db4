"""Icons: one `<use>` of the sprite that the front-end build makes from the names found in the templates."""

from __future__ import annotations

from functools import cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


@cache
def icon_svg(name: str, css: str = "", label: str = "") -> SafeString:
    """An inline SVG. Decorative (hidden from assistive technology) unless ``label`` names it."""
    meaning = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}" {} focusable="false"><use href="{}#{}"></use></svg>',
        f" {css}" if css else "",
        meaning,
        static("dist/icons.svg"),
        name,
    )
