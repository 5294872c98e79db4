"""Anonymous counts of one's own practice, computed under the practitioner's session and kept nowhere (R3.13)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from serment.access.rules import requires
from serment.privacy import aggregates


@requires("privacy.decide")
@require_http_methods(["GET", "POST"])
def page(request: Any) -> HttpResponse:
    """What it is; then, asked for, the tables."""
    context: dict[str, Any] = {"least": aggregates.threshold(), "tables": None}
    if request.method == "POST":
        context["tables"] = aggregates.tables(keyring=request.keyring)
    return render(request, "privacy/statistics.html", context)
