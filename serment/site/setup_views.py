"""The first-run page. It exists only while no practice does."""

from __future__ import annotations

import base64
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from serment.access.rules import public
from serment.practice.models import Practice
from serment.site.setup import Answers, create


@public
@require_http_methods(["GET", "POST"])
def first_run(request: Any) -> HttpResponse:
    """Ask, create, then show the recovery code once, with its sheet as a PDF that is kept nowhere."""
    if Practice.objects.exists():
        return redirect("access:sign_in")
    answers = Answers(request.POST or None)
    if request.method == "POST" and answers.is_valid():
        outcome = create(answers)
        if outcome is not None:
            context = {
                "code": outcome.made.recovery_code,
                "login": outcome.made.owner.login,
                "sheet": base64.b64encode(outcome.sheet).decode(),
            }
            return render(request, "site/setup_done.html", context)
    status = 422 if request.method == "POST" else 200
    return render(request, "site/setup.html", {"answers": answers}, status=status)
