"""A PDF shown in the browser, under a file name that says nothing of anyone."""

from __future__ import annotations

from django.http import HttpResponse


def shown(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
