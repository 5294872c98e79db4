"""Where a view leads once it has done what was asked."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect


def gone_to(request: Any, url: str) -> HttpResponse:
    """A redirection, which a form sent by htmx follows with the whole page."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
