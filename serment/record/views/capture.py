"""Photos from a phone: the practitioner's page (QR code, what arrives, keep), and the phone's, which has no session."""

from __future__ import annotations

import json
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.rules import public, requires
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.record import capture, files, once, perms
from serment.record.document_form import PhotoForm
from serment.record.models import Capture, Photo
from serment.record.services import Refused, patient_keys
from serment.record.views.writing import born
from serment.vault.ids import decode

LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "testserver")


def phone_address(request: HttpRequest) -> tuple[str, bool]:
    """(address of the phone's page, whether a phone can reach it): never the one of this machine to itself."""
    path = reverse("record:phone")
    name, _, port = (
        request.get_host().rpartition(":") if ":" in request.get_host() else (request.get_host(), "", "")
    )
    if name not in LOOPBACK:
        return request.build_absolute_uri(path), True
    outside = [
        host for host in settings.ALLOWED_HOSTS if host not in (*LOOPBACK, "*") and not host.startswith(".")
    ]
    numbers = [host for host in outside if host.replace(".", "").isdigit()]
    if not outside:
        return request.build_absolute_uri(path), False
    return f"{request.scheme}://{(numbers or outside)[0]}{f':{port}' if port else ''}{path}", True


@requires("record.write")
@require_http_methods(["GET", "POST"])
def photos(request: Any, patient_id: int) -> HttpResponse:
    """Photos that wait for this patient; « ouvrir » shows a new code, « garder » puts the chosen ones in the record."""
    perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    keeping = request.method == "POST" and request.POST.get("action") == "garder"
    form, status = PhotoForm(request.POST if keeping else None), 200
    context: dict[str, Any] = {}
    to_confirm: list[str] = []
    if keeping:
        status = 422
        form.born, form.author = born(request, patient_id), request.person.display_name
        pk = once.entry_id(request, patient_id)
        if once.find(patient_id, pk):
            return redirect("record:document", pk)
        to_confirm = form.cautions if form.is_valid() else []
        if form.is_valid() and (not to_confirm or request.POST.get("confirm_unusual") == "1"):
            try:
                entry = capture.keep(
                    keyring=request.keyring,
                    author=request.person,
                    patient_id=patient_id,
                    photo_ids=_chosen(request),
                    entry_id=pk,
                    **form.cleaned_data,
                )
                messages.success(request, "Photo gardée, scellée avec le dossier.")
                return redirect("record:document", entry.pk)
            except Refused as error:
                form.add_error(None, str(error))
    elif request.method == "POST":
        try:
            row, fragment = capture.begin(author=request.person, patient_id=patient_id)
        except Refused as error:
            messages.error(request, str(error))
            status = 422
        else:
            address, reachable = phone_address(request)
            code = segno.make(f"{address}#{fragment}", error="m").svg_inline(scale=5, border=4, light="#fff")
            context = {"code": mark_safe(code), "capture": row, "reachable": reachable}  # noqa: S308 (segno's own)
    else:
        journal.record("record.viewed", subject_id=patient_id, details={"what": "photos"})
    context |= patient_context(request, patient_id, "record")
    context |= {
        "form": form,
        "to_confirm": to_confirm,
        "once": once.token(request, patient_id),
        "photos": _listed(request, patient_id),
        "chosen": _chosen(request) if keeping else None,
    }
    context["open_until"] = (
        Capture.objects.filter(
            author_id=request.person.pk, patient_id=patient_id, expires_at__gt=timezone.now()
        )
        .values_list("expires_at", flat=True)
        .first()
    )
    return render(request, "record/photos.html", context, status=status)


def _chosen(request: Any) -> list[int]:
    found = []
    for text in request.POST.getlist("photo"):
        try:
            found.append(decode(text))
        except ValueError:
            continue
    return found


def _listed(request: Any, patient_id: int) -> list[Photo]:
    return list(capture.waiting(author=request.person, patient_id=patient_id).defer("sealed"))


@requires("record.write")
@require_GET
def arrived(request: Any, patient_id: int) -> HttpResponse:
    """What the page asks every two seconds: 204 while nothing came."""
    perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    found = _listed(request, patient_id)
    tag = f'"{len(found)}-{found[-1].pk if found else 0}"'
    if request.headers.get("If-None-Match") == tag or (
        not request.headers.get("If-None-Match") and request.GET.get("deja") == str(len(found))
    ):
        return HttpResponse(status=204)
    response = render(request, "record/photo_list.html", {"photos": found, "chosen": None})
    response["ETag"] = tag
    return response


def _photo(request: Any, photo_id: int) -> Photo:
    photo: Photo = get_object_or_404(capture.waiting(author=request.person), pk=photo_id)
    patient_keys(request.keyring, photo.patient_id)
    return photo


@requires("record.write")
@require_GET
def photo(request: Any, photo_id: int) -> HttpResponse:
    row = _photo(request, photo_id)
    data = capture.opened(keyring=request.keyring, photo=row)
    return files.as_response(data, files.media_type(data))


@requires("record.write")
@require_POST
def discard(request: Any, photo_id: int) -> HttpResponse:
    row = _photo(request, photo_id)
    capture.discard(author=request.person, photo=row)
    messages.success(request, "Photo effacée\u00a0: rien n’en est gardé.")
    return redirect("record:photos", row.patient_id)


@public
@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    """The phone's page: the same for everyone, it knows nothing until its script reads the fragment."""
    return render(request, "record/phone.html")


def _said(act: Any) -> HttpResponse:
    try:
        return JsonResponse(act())
    except capture.Ended as error:
        return JsonResponse({"error": str(error), "ended": True}, status=410)
    except Refused as error:
        return JsonResponse({"error": str(error)}, status=422)


def _ticket(request: HttpRequest) -> str:
    return request.headers.get("X-Serment-Capture", "")[:200]


@public
@require_POST
def phone_enter(request: HttpRequest) -> HttpResponse:
    """The code's secret, in the body: gives the phone its token."""

    def act() -> dict[str, Any]:
        try:
            ticket = str(json.loads(request.body[:1000])["ticket"])
        except (ValueError, KeyError, TypeError):
            raise capture.Ended from None
        token, seconds = capture.enter(ticket)
        return {"token": token, "seconds": seconds}

    return _said(act)


@public
@require_POST
def phone_send(request: HttpRequest) -> HttpResponse:
    """One photo as the whole body; the token in a header."""

    def act() -> dict[str, Any]:
        capture.require_token(_ticket(request))  # whoever has none makes us read nothing
        return {"count": capture.receive(ticket=_ticket(request), data=request.body)}

    length = request.headers.get("Content-Length") or "0"
    if not (length.isascii() and length.isdigit()) or int(length[:20]) > files.MAX_BYTES:
        return JsonResponse({"error": "Cette photo est trop lourde."}, status=413)
    return _said(act)


@public
@require_POST
def phone_end(request: HttpRequest) -> HttpResponse:
    def act() -> dict[str, Any]:
        capture.end(_ticket(request))
        return {}

    return _said(act)
