"""The register of providers, and the clauses to join to each one's contract."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from serment.access.rules import requires
from serment.documents import notice_pdf
from serment.journal import services as journal
from serment.privacy import contract, processors
from serment.privacy.forms import CLAUSES, ProcessorForm
from serment.privacy.models import Processor


@requires("privacy.manage")
@require_GET
def processor_list(request: Any) -> HttpResponse:
    rows = [(row, processors.lacks(row)) for row in Processor.objects.order_by("ended_on", "name")]
    return render(request, "privacy/processors.html", {"rows": rows, "clauses": CLAUSES})


@requires("privacy.manage")
@require_http_methods(["GET", "POST"])
def processor(request: Any, processor_id: int | None = None) -> HttpResponse:
    row = get_object_or_404(Processor.objects.all(), pk=processor_id) if processor_id else None
    form = ProcessorForm(request.POST or None, instance=row)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            saved = form.save()
            journal.record("privacy.processor", object_id=saved.pk)
            messages.success(request, "Sous-traitant enregistré.")
            return redirect("privacy:processors")
    context = {
        "form": form,
        "title": row.name if row else "Nouveau sous-traitant",
        "row": row,
    }
    return render(request, "privacy/processor.html", context, status=status)


@requires("privacy.manage")
@require_GET
def clauses(request: Any, processor_id: int) -> HttpResponse:
    """The clauses of article 28 for this provider, to read over, complete and sign."""
    row = get_object_or_404(Processor.objects.all(), pk=processor_id)
    content = notice_pdf(contract.document(request.practice, row))
    journal.record("privacy.contract_printed", object_id=row.pk)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="clauses-article-28.pdf"'
    return response
