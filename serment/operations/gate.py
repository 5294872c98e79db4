"""A technician works only within an intervention that someone of the practice opened (P-MAINT-1, E-MAINT-2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from serment.journal import services as journal
from serment.operations.models import Intervention

PROFILE = "technician"
FREE = frozenset({"access", "site"})
"""Namespaces of one's own account and of the home page, open at any time."""


class InterventionMiddleware:
    """Closes by itself: past its end, an intervention opens nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        person = getattr(request, "person", None)
        rule = getattr(view, "access_rule", None)
        if person is None or person.profile != PROFILE or rule is None or rule.kind != "permission":
            return None
        if request.resolver_match.namespace in FREE or not person.can(rule.permission) or is_open():
            return None
        journal.record(
            "access.refused", details={"why": "no intervention", "view": request.resolver_match.view_name}
        )
        return render(request, "operations/no_intervention.html", status=403)


def is_open() -> bool:
    """Whether an intervention is under way in this practice."""
    return Intervention.objects.filter(closed_at=None, ends_at__gt=timezone.now()).exists()
