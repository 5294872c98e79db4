"""The protocols at hand: what each holds, its name, who is offered it, and its end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from serment.access.rules import requires
from serment.prescribing import protocols
from serment.prescribing.dosage import phrase
from serment.prescribing.issued_forms import ProtocolForm
from serment.prescribing.kinds import kinds
from serment.prescribing.models import Protocol
from serment.prescribing.payloads import Line
from serment.vault.ids import encode


@requires("prescribing.write")
@require_GET
def listed(request: Any) -> HttpResponse:
    """One's own and those the practice shares: one query."""
    return _listed(request)


def _listed(request: Any, refused: tuple[int, ProtocolForm] | None = None) -> HttpResponse:
    """``refused``: (protocol, what was typed for it)."""
    at, form = refused or (0, None)
    rows = [
        {
            "row": row,
            "form": form if row.pk == at else _form(row, {"label": row.label, "shared": row.shared}),
            "mine": row.owner_id == request.person.pk,
            "kind": kinds()[row.kind].label,
            "lines": [_said(Line.model_validate(line)) for line in row.lines],
        }
        for row in protocols.offered(request.person)
    ]
    return render(request, "prescribing/protocols.html", {"rows": rows}, status=422 if refused else 200)


def _form(row: Protocol, initial: Any = None, data: Any = None) -> ProtocolForm:
    """A form with ids of its own: the page has one a protocol."""
    form = ProtocolForm(data, initial=initial, auto_id=f"p-{encode(row.pk)}-%s")
    form.fields["label"].label = "Nom"
    return form


def _said(line: Line) -> str:
    dosage = phrase(line.dosage) if line.dosage and not line.is_free else ""
    return " – ".join(filter(None, (line.text if line.is_free else line.dci_label, dosage)))


@requires("prescribing.write")
@require_http_methods(["GET", "POST"])
def change(request: Any, protocol_id: int) -> HttpResponse:
    """Another name, shared or not; « retirer » deletes it. One's own only."""
    row = get_object_or_404(Protocol.objects.filter(owner_id=request.person.pk), pk=protocol_id)
    if request.method == "GET":  # the page that refused, loaded again
        return redirect("prescribing:protocols")
    if request.POST.get("forget") == "1":
        protocols.forget(author=request.person, protocol_id=row.pk)
        messages.success(request, "Protocole retiré\u00a0: les ordonnances déjà signées restent.")
        return redirect("prescribing:protocols")
    form = _form(row, data=request.POST)
    if form.is_valid():
        try:
            protocols.rename(author=request.person, protocol_id=row.pk, **form.cleaned_data)
            messages.success(request, "Protocole gardé.")
            return redirect("prescribing:protocols")
        except ValueError as error:
            form.add_error("label", str(error))
    return _listed(request, (row.pk, form))
