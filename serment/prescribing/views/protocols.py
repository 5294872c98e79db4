"""The protocols at hand: what each holds, its name, who is offered it, and its end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from serment.access.rules import requires
from serment.prescribing import protocols
from serment.prescribing.dosage import phrase
from serment.prescribing.kinds import kinds
from serment.prescribing.models import Protocol
from serment.prescribing.payloads import Line


@requires("prescribing.write")
@require_GET
def listed(request: Any) -> HttpResponse:
    """One's own and those the practice shares: one query."""
    rows = [
        {
            "row": row,
            "mine": row.owner_id == request.person.pk,
            "kind": kinds()[row.kind].label,
            "lines": [_said(Line.model_validate(line)) for line in row.lines],
        }
        for row in protocols.offered(request.person)
    ]
    return render(request, "prescribing/protocols.html", {"rows": rows})


def _said(line: Line) -> str:
    dosage = phrase(line.dosage) if line.dosage and not line.is_free else ""
    return " – ".join(filter(None, (line.text if line.is_free else line.dci_label, dosage)))


@requires("prescribing.write")
@require_POST
def change(request: Any, protocol_id: int) -> HttpResponse:
    """Another name, shared or not; « retirer » deletes it."""
    try:
        if request.POST.get("forget") == "1":
            protocols.forget(author=request.person, protocol_id=protocol_id)
            messages.success(request, "Protocole retiré\u00a0: les ordonnances déjà signées restent.")
        else:
            protocols.rename(
                author=request.person,
                protocol_id=protocol_id,
                label=request.POST.get("label", ""),
                shared=request.POST.get("shared") == "1",
            )
            messages.success(request, "Protocole gardé.")
    except Protocol.DoesNotExist:
        raise Http404 from None
    except ValueError as error:
        messages.error(request, str(error))
    return redirect("prescribing:protocols")
