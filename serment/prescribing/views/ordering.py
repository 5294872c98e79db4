"""Biology, imaging, nursing, physiotherapy, speech therapy, devices, transport, sick leave: a page for each kind."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from serment.access.answers import gone_to
from serment.access.middleware import refuse
from serment.access.rules import requires
from serment.catalogues.orderables import orderables, search_orderables
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.prescribing import devices, free, orders, perms, protocols, rights, services
from serment.prescribing.kinds import DetailsForm, Kind, kinds
from serment.prescribing.payloads import Prescription
from serment.prescribing.views.writing import UNSIGNED, _id, _reasons
from serment.record import gestation
from serment.record import perms as record_perms
from serment.record import selectors as record
from serment.record.models import Entry
from serment.record.services import Refused, patient_keys
from serment.vault.marks import word


@requires("prescribing.write")
@require_http_methods(["GET", "POST"])
def order(request: Any, patient_id: int) -> HttpResponse:
    """Write and sign an order. ``nature``: its kind; ``renouveler``: an order to begin from."""
    record_perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    if not perms.may_prescribe(request.person):
        return refuse(request, "prescribing.write")
    encounter = record_perms.encounter(request, patient_id)
    if word(request.GET.get("nature", "")) == "medicines":
        url = reverse("prescribing:new", args=[patient_id])
        return redirect(f"{url}?consultation={encounter}" if encounter else url)
    past = _past(request, patient_id)
    profession = request.person.practitioner.profession
    kind = _kind(request, past, profession)
    details = DetailsForm(kind, request.POST or None, initial=past.details if past else None)
    context = patient_context(request, patient_id, "record")
    if not gestation.is_offered(context["card"].identity.sex):
        details.leave_out("pregnancy")
    rows, error, status = orders.again(past.lines) if past else [], "", 200
    report = None
    to_confirm: list[str] = []
    if request.method == "POST":
        status, rows = 422, orders.typed(request.POST)
        try:
            lines = orders.read(kind, rows, details.details) if details.is_valid() else []
            to_confirm = details.cautions if lines else []
            if lines and (not to_confirm or request.POST.get("confirm_unusual") == "1"):
                entry = services.issue(
                    keyring=request.keyring,
                    author=request.person,
                    patient_id=patient_id,
                    kind=kind.code,
                    lines=lines,
                    reasons=_reasons(request.POST),
                    details=details.details,
                    encounter_id=_id(encounter),
                )
                url = reverse("prescribing:done", args=[entry.pk])
                return gone_to(request, f"{url}?consultation={encounter}" if encounter else url)
            error = "" if to_confirm else "Complétez les champs signalés : rien n’est perdu."
        except orders.BadOrder as bad:
            error, rows = str(bad), orders.marked(rows, bad.wrong)
        except free.Refused as refused:
            error = str(refused)
            rows = orders.marked(rows, {place: {"text": why} for place, why in refused.wrong.items()})
        except services.Alarm as alarm:
            error, report = UNSIGNED, alarm.report
        except (rights.NotAllowed, Refused) as refused:
            error = str(refused)
    else:
        journal.record("record.viewed", subject_id=patient_id, details={"what": "prescription"})
    allowed = kind.code in rights.of(profession).kinds
    context |= {
        "kind": kind.code,
        "definition": kind,
        "kinds": rights.kinds_for(profession),
        "right": rights.of(profession),
        "allowed": allowed,
        "hint": rights.of(profession).hints.get(kind.code, ""),
        "details": details,
        "rows": rows,
        "listing": devices.listing(profession) if kind.code == "devices" else None,
        "unlisted": kind.code == "devices" and not devices.is_free(profession),
        "error": error,
        "report": report,
        "unsigned": report is not None,
        "given": _reasons(request.POST),
        "before": {},
        "to_confirm": to_confirm,
        "consultation": encounter,
        "protocols": [row for row in protocols.offered(request.person) if row.kind == kind.code],
    }
    return render(request, "prescribing/order.html", context, status=status if allowed else 403)


def _kind(request: Any, past: Prescription | None, profession: str) -> Kind:
    """The kind asked for, or the first that the profession orders."""
    first = next((one for one in rights.of(profession).kinds if one != "medicines"), "biology")
    code = request.POST.get("kind") or (past.kind if past else word(request.GET.get("nature", ""))) or first
    found = kinds().get(code)
    if found is None or code == "medicines":
        raise Http404
    return found


def _past(request: Any, patient_id: int) -> Prescription | None:
    entry_id = _id(request.GET.get("renouveler", ""))
    if entry_id is None:
        return None
    entry = record_perms.entry_or_404(entry_id)
    if entry.patient_id != patient_id or entry.kind != "prescription":
        raise Http404
    if entry.state == Entry.State.IN_ERROR:
        return None
    found: Prescription = record.one(keyring=request.keyring, entry=entry).content  # type: ignore[assignment]
    return found if found.kind != "medicines" else None


@requires("prescribing.write")
@require_POST
def find(request: Any) -> HttpResponse:
    """Acts of biology or devices for what is being typed."""
    kind = kinds().get(request.POST.get("kind", ""))
    if kind is None or not kind.catalogue:
        raise Http404
    hits = search_orderables(kind.catalogue, request.POST.get("words", ""))
    return render(request, "prescribing/found.html", {"hits": hits, "catalogue": kind.catalogue.upper()})


@requires("prescribing.write")
@require_POST
def add(request: Any) -> HttpResponse:
    """One more line: an act or a device of the catalogue, or words."""
    key = request.POST.get("key", "")
    chosen = orderables([key]).get(key) if key else None
    text = orders.shown_as(chosen) if chosen else " ".join(request.POST.get("words", "").split())
    if not text:
        return HttpResponse("")
    row = orders.Typed(chosen.key if chosen else "", text, "", "")
    return render(request, "prescribing/order_line.html", {"row": row})
