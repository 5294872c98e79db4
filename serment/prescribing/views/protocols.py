"""The protocols at hand: what each holds, its name, who is offered it, and its end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from serment.access.rules import requires
from serment.prescribing import protocol_doses as doses
from serment.prescribing import protocols
from serment.prescribing.issued_forms import ProtocolForm
from serment.prescribing.kinds import kinds
from serment.prescribing.models import Protocol
from serment.prescribing.payloads import Line
from serment.prescribing.unsignable import Wrong
from serment.vault.ids import encode


@requires("prescribing.write")
@require_GET
def listed(request: Any) -> HttpResponse:
    """One's own and those the practice shares: one query."""
    return _listed(request)


def _listed(
    request: Any, refused: tuple[int, ProtocolForm] | None = None, wrong: Wrong | None = None
) -> HttpResponse:
    """``refused``: (protocol, what was typed for it); ``wrong``: what does not read of its doses."""
    at, form = refused or (0, None)
    found = []
    for row in protocols.offered(request.person):
        lines = [Line.model_validate(line) for line in row.lines]
        typed = request.POST if row.pk == at else None
        found.append(
            {
                "row": row,
                "form": form if row.pk == at else _form(row, {"label": row.label, "shared": row.shared}),
                "mine": row.owner_id == request.person.pk,
                "kind": kinds()[row.kind].label,
                "lines": doses.rows(lines, typed, wrong),
                "typed": typed is not None,
            }
        )
    return render(request, "prescribing/protocols.html", {"rows": found}, status=422 if refused else 200)


def _form(row: Protocol, initial: Any = None, data: Any = None) -> ProtocolForm:
    """A form with ids of its own: the page has one a protocol."""
    form = ProtocolForm(data, initial=initial, auto_id=f"p-{encode(row.pk)}-%s")
    form.fields["label"].label = "Nom"
    return form


@requires("prescribing.write")
@require_http_methods(["GET", "POST"])
def change(request: Any, protocol_id: int) -> HttpResponse:
    """Another name, other doses, shared or not; « retirer » deletes it. One's own only."""
    row = get_object_or_404(Protocol.objects.filter(owner_id=request.person.pk), pk=protocol_id)
    if request.method == "GET":  # the page that refused, loaded again
        return redirect("prescribing:protocols")
    if request.POST.get("forget") == "1":
        protocols.forget(author=request.person, protocol_id=row.pk)
        messages.success(request, "Protocole retiré\u00a0: les ordonnances déjà signées restent.")
        return redirect("prescribing:protocols")
    form = _form(row, data=request.POST)
    lines, wrong = doses.read([Line.model_validate(line) for line in row.lines], request.POST)
    if form.is_valid() and not wrong:
        try:
            protocols.change(author=request.person, protocol_id=row.pk, lines=lines, **form.cleaned_data)
            messages.success(request, "Protocole gardé.")
            return redirect("prescribing:protocols")
        except ValueError as error:
            form.add_error("label", str(error))
    return _listed(request, (row.pk, form), wrong)
