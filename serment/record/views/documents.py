"""Documents of a record: add, see, open."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from serment.access.rules import requires
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import files, perms, selectors
from serment.record.document_form import DocumentForm
from serment.record.models import Entry
from serment.record.services import Refused, patient_keys


@requires("record.write")
@require_http_methods(["GET", "POST"])
def add_document(request: Any, patient_id: int) -> HttpResponse:
    perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    form, status = DocumentForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                entry = files.keep(
                    keyring=request.keyring,
                    author=request.person,
                    patient_id=patient_id,
                    data=given["file"].read(),
                    title=given["title"],
                    kind=given["kind"],
                    source=given["source"],
                    dated=given["dated"],
                )
                messages.success(request, "Document gardé, scellé avec le dossier.")
                return redirect("record:document", entry.pk)
            except Refused as error:
                form.add_error("file", str(error))
    else:
        journal.record("record.viewed", subject_id=patient_id, details={"what": "document"})
    context = patient_context(request, patient_id, "record") | {"form": form}
    return render(request, "record/add_document.html", context, status=status)


def _document(entry_id: int) -> Entry:
    entry = perms.entry_or_404(entry_id)
    if entry.kind != "document":
        raise Http404
    return entry


@requires("record.view")
@require_GET
def document(request: Any, entry_id: int) -> HttpResponse:
    """The document in the page: a picture, a PDF to open beside, or its text."""
    entry = _document(entry_id)
    item = selectors.one(keyring=request.keyring, entry=entry)
    journal.record("record.viewed", subject_id=entry.patient_id, object_id=entry.pk)
    context = patient_context(request, entry.patient_id, "record") | {"item": item, "document": item.content}
    return render(request, "record/document.html", context)


@requires("record.view")
@require_GET
def file(request: Any, entry_id: int) -> HttpResponse:
    """The bytes, with a name that says nothing of the patient; a browser may show them, never run them."""
    entry = _document(entry_id)
    try:
        data, known = files.content(keyring=request.keyring, entry=entry)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("record:document", entry_id)
    return files.as_response(data, known.media_type)
