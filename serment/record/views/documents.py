"""Documents of a record: add, see, open."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from serment.access.answers import gone_to
from serment.access.rules import requires
from serment.documents import preview
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import capture, files, once, perms, selectors
from serment.record.document_form import DocumentForm
from serment.record.models import Entry
from serment.record.services import Refused, patient_keys
from serment.record.views.writing import born

SHOWN_PAGES = 40


@requires("record.write")
@require_http_methods(["GET", "POST"])
def add_document(request: Any, patient_id: int) -> HttpResponse:
    """By script, a refusal changes the fields around the file and leaves the file where it was chosen."""
    perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    form, status = DocumentForm(request.POST or None, request.FILES or None), 200
    to_confirm: list[str] = []
    if request.method == "POST":
        status = 422
        form.born, form.author = born(request, patient_id), request.person.display_name
        if form.is_valid():
            to_confirm = form.cautions
            if not to_confirm or request.POST.get("confirm_unusual") == "1":
                wanted = once.entry_id(request, patient_id)
                entry = _kept(request, form, patient_id, wanted)
                if entry is not None:
                    _tell(request, entry, new=entry.pk == wanted)
                    return gone_to(request, reverse("record:document", args=[entry.pk]))
    else:
        journal.record("record.viewed", subject_id=patient_id, details={"what": "document"})
    context = {"form": form, "to_confirm": to_confirm, "once": once.token(request, patient_id)}
    if request.htmx:
        return render(request, "record/document_fields.html", context, status=status)
    context |= patient_context(request, patient_id, "record")
    context["photos"] = capture.waiting(author=request.person, patient_id=patient_id).count()
    return render(request, "record/add_document.html", context, status=status)


def _tell(request: Any, entry: Entry, *, new: bool) -> None:
    if new:
        return messages.success(request, "Document gardé, scellé avec le dossier.")
    day = f"{timezone.localtime(entry.created_at):%d/%m/%Y}"
    messages.warning(
        request,
        f"Ce fichier est déjà au dossier depuis le {day} : le voici, sous le titre d’alors. Rien n’a été ajouté.",
    )


def _kept(request: Any, form: DocumentForm, patient_id: int, entry_id: int) -> Entry | None:
    """None when it was refused: the form says why."""
    given = {name: form.cleaned_data[name] for name in ("title", "kind", "source", "dated")}
    try:
        return files.keep(
            keyring=request.keyring,
            author=request.person,
            patient_id=patient_id,
            data=form.content(),
            entry_id=entry_id,
            **given,
        )
    except Refused as error:
        form.add_error("file", str(error))
        return None


def _document(entry_id: int) -> Entry:
    entry = perms.entry_or_404(entry_id)
    if entry.kind != "document":
        raise Http404
    return entry


@requires("record.view")
@require_GET
def document(request: Any, entry_id: int) -> HttpResponse:
    """The document in the page: a picture, the pages of a PDF as pictures, or its text."""
    entry = _document(entry_id)
    item = selectors.one(keyring=request.keyring, entry=entry)
    journal.record("record.viewed", subject_id=entry.patient_id, object_id=entry.pk)
    context = patient_context(request, entry.patient_id, "record") | {
        "item": item,
        "document": item.content,
        # As words: the url tag takes whole numbers for ids.
        "pages": [str(number + 1) for number in range(min(item.content.pages, SHOWN_PAGES))],  # type: ignore[attr-defined]
    }
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


@requires("record.view")
@require_GET
def page(request: Any, entry_id: int, number: int) -> HttpResponse:
    """A page of a PDF as a picture: the browser never parses the file itself. ``grand``: to read the small print."""
    entry = _document(entry_id)
    data, known = files.content(keyring=request.keyring, entry=entry, told=number == 1)
    if known.media_type != "application/pdf" or not 1 <= number <= known.pages:
        raise Http404
    try:
        picture = preview.page_image(data, number, large=request.GET.get("grand") == "1")
    except preview.NoPreview:
        raise Http404 from None
    return files.as_response(picture, "image/jpeg")


@requires("record.view")
@require_GET
def thumbnail(request: Any, entry_id: int) -> HttpResponse:
    """Part of the list that shows it, whose opening is journalled already."""
    picture = files.thumbnail(keyring=request.keyring, entry=_document(entry_id))
    if not picture:
        raise Http404
    return files.as_response(picture, "image/jpeg")
