"""The shell's own requests."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from serment.access.rules import requires


@require_POST
@requires("site.home")
def alive(request: HttpRequest) -> HttpResponse:
    """Someone is typing: asked at most once a minute, so that the idle lock does not fall on a busy person."""
    return HttpResponse(status=204)
