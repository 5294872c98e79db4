"""The ordonnance of medicines: search, lines, checks as it is written, signature."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from serment.access.answers import gone_to
from serment.access.middleware import refuse
from serment.access.rules import requires
from serment.catalogues import selectors as catalogues
from serment.journal import services as journal
from serment.patients.views.identity import patient_context
from serment.prescribing import (
    fitting,
    habits,
    official,
    orders,
    perms,
    protocols,
    renewing,
    rights,
    services,
    treatments,
)
from serment.prescribing.body import Body, known_body
from serment.prescribing.forms import (
    BadLine,
    BodyForm,
    columns_of,
    read_lines,
    typed,
)
from serment.prescribing.free import Refused as NotInWords
from serment.prescribing.models import Protocol
from serment.prescribing.payloads import Line
from serment.prescribing.safety import Report
from serment.prescribing.unsignable import Unsignable, Wrong
from serment.prescribing.views.picking import CHOICES, with_supply
from serment.record import perms as record_perms
from serment.record import selectors as record
from serment.record.models import Entry
from serment.record.services import Refused, patient_keys
from serment.vault.ids import decode, encode

UNSIGNED = "L’ordonnance n’est pas signée : dites pourquoi passer outre l’alerte grave, ou retirez la ligne."


def _id(text: str) -> int | None:
    try:
        return decode(text) if text else None
    except ValueError:
        return None


@requires("prescribing.write")
@require_http_methods(["GET", "POST"])
def new(request: Any, patient_id: int) -> HttpResponse:
    """Write, check, sign. ``renouveler`` names an ordonnance to begin from, ``derniere`` the last one."""
    record_perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    if not perms.may_prescribe(request.person):
        return refuse(request, "prescribing.write")
    if "medicines" not in rights.of(request.person.practitioner.profession).kinds:
        return redirect("prescribing:order", patient_id)
    posted = request.method == "POST"
    known = Body() if posted else known_body(keyring=request.keyring, patient_id=patient_id)
    body = BodyForm(request.POST) if posted else BodyForm(initial=_initial(known))
    body.fields["clearance"].help_text = known.kidney
    error, report, status = "", None, 200
    notes: list[str] = []
    wrong: Wrong = {}
    long: dict[int, str] = {}
    encounter = record_perms.encounter(request, patient_id)
    kept: list[dict[str, Any]] = []
    free: list[tuple[str, str]] = []
    renewed = request.POST.get("renewed", "")
    lines: list[Line] = []
    if posted:
        status = 422
        try:
            lines = read_lines(request.POST)
            if body.is_valid():
                entry = services.issue(
                    keyring=request.keyring,
                    author=request.person,
                    patient_id=patient_id,
                    lines=lines,
                    reasons=_reasons(request.POST),
                    body=body.body,
                    pharmacy=request.POST.get("pharmacy", ""),
                    encounter_id=_id(encounter),
                    keep=request.POST.get("keep", "none"),
                    stops=_stops(request.POST),
                )
                url = reverse("prescribing:done", args=[entry.pk])
                return gone_to(request, f"{url}?consultation={encounter}" if encounter else url)
            error = "Corrigez les champs signalés : rien n’est perdu."
        except BadLine as bad:
            error, wrong, long = str(bad), bad.wrong, bad.free
        except Unsignable as bad:
            error, wrong, report = str(bad), bad.wrong, bad.report
        except NotInWords as refused:
            wrong, long = _places(refused, len(request.POST.getlist("medicine")))
            error = str(refused) if wrong else f"Ligne libre {min(long) + 1} : {long[min(long)]}."
        except (rights.NotAllowed, Refused) as refused:
            error = str(refused)
        except services.Alarm as alarm:
            report = alarm.report
            error = UNSIGNED
        worked = _fitted(lines, body.body if body.is_valid() else Body())
        kept = _kept(request.POST, wrong, worked)
        texts = [text for text in request.POST.getlist("free") if text.strip()]
        free = [(text, long.get(place, "")) for place, text in enumerate(texts)]
    else:
        past = _begun_from(request, patient_id)
        if past is not None:
            kept, texts = typed(past.lines, weight_kg=known.weight_kg, clearance=known.clearance)
            free = [(text, "") for text in texts]
            renewed, notes = encode(past.entry_id) if past.lines else "", past.notes
        elif request.GET.get("renouveler") == renewing.LAST:
            notes = ["Aucune ordonnance de médicaments à reprendre pour ce patient."]
        journal.record("record.viewed", subject_id=patient_id, details={"what": "prescription"})
    profession = request.person.practitioner.profession
    usual, unusual = habits.at_hand(request.person)
    context = patient_context(request, patient_id, "record") | {
        **CHOICES,
        "body": body,
        "error": error,
        "notes": notes,
        "report": report,
        "unsigned": report is not None,
        "given": _reasons(request.POST),
        "before": _before(request, patient_id, report),
        "renewed": renewed,
        "usual": usual,
        "unusual": unusual,
        "stops": _stops(request.POST),
        "kept": with_supply(kept),
        "free": free,
        "kind": "medicines",
        "kinds": rights.kinds_for(profession),
        "right": rights.of(profession),
        "protocols": [row for row in protocols.offered(request.person) if row.kind == "medicines"],
        "consultation": encounter,
        "release": catalogues.release_label(),
        "keep": request.POST.get("keep", "long"),
        "keeps": treatments.KEEP.items(),
        "pharmacy": request.POST.get("pharmacy", ""),
        "treatments": treatments.running(keyring=request.keyring, patient_id=patient_id),
        "renewing": bool(kept) and request.method == "GET",
    }
    return render(request, "prescribing/new.html", context, status=status)


def _places(refused: NotInWords, medicines: int) -> tuple[Wrong, dict[int, str]]:
    """What is wrong by line, of the medicines' notes and of the free lines, which come after them."""
    notes: Wrong = {place: {"note": why} for place, why in refused.wrong.items() if place < medicines}
    return notes, {place - medicines: why for place, why in refused.wrong.items() if place >= medicines}


def _initial(known: Body) -> dict[str, Any]:
    """The record's own values, as the form shows them."""
    return {
        "weight": known.weight_kg,
        "height": known.height_cm,
        "clearance": known.clearance,
        "pregnant": known.pregnant,
    }


def _stops(post: Any) -> dict[int, str]:
    """Entry of a running treatment → why it is stopped, of those that have a reason."""
    found = {}
    for name in post:
        if name.startswith("stop-") and post[name].strip() and (entry_id := _id(name[5:])):
            found[entry_id] = post[name].strip()
    return found


def _reasons(post: Any) -> dict[str, str]:
    return {name[7:]: post[name] for name in post if name.startswith("reason-")}


def _before(request: Any, patient_id: int, report: Report | None) -> dict[str, str]:
    """Mark of an alert → the reason given for the same one on the ordonnance renewed, to be read again. One query."""
    entry_id = _id(request.POST.get("renewed", ""))
    if report is None or not report.blocking or entry_id is None:
        return {}
    entry = record_perms.entry_or_404(entry_id)
    if entry.patient_id != patient_id or entry.kind != "prescription":
        raise Http404
    past: Any = record.one(keyring=request.keyring, entry=entry).content
    said = {(o.kind, o.text): o.reason for line in past.lines for o in line.overrides}
    return {a.mark: said[a.kind, a.title] for a in report.blocking if (a.kind, a.title) in said}


def _begun_from(request: Any, patient_id: int) -> renewing.Begun | None:
    """What the address names to begin from; None for a blank page."""
    asked = request.GET.get("renouveler", "")
    given = {"keyring": request.keyring, "person": request.person}
    if asked == renewing.LAST:
        return renewing.last(**given, patient_id=patient_id)
    if entry_id := _id(asked):
        entry = record_perms.entry_or_404(entry_id)
        if entry.patient_id == patient_id and entry.kind == "prescription":
            if entry.state == Entry.State.IN_ERROR:
                return renewing.Begun(entry.pk, [], [renewing.CANCELLED])
            return renewing.one(**given, entry=entry)
    return None


@requires("prescribing.write")
@require_POST
def check(request: Any, patient_id: int) -> HttpResponse:
    """The alerts of what is being written, for the panel beside it, and the doses worked out, for their lines
    (the event « doses »). Nothing is kept.
    """
    record_perms.patient_or_404(patient_id)
    patient_keys(request.keyring, patient_id)
    context: dict[str, Any] = {"report": None, "given": _reasons(request.POST), "before": {}, "error": ""}
    form = BodyForm(request.POST)
    body = form.body if form.is_valid() else Body()
    doses: list[dict[str, Any]] | None = None
    try:
        lines = read_lines(request.POST)
        worked = _fitted(lines, body)
        doses = [{"place": place, **found.shown} for place, found in worked.items() if found.text]
        for place, found in worked.items():
            lines[place].dosage = found.dosage
        context["report"] = services.check(
            keyring=request.keyring, author=request.person, patient_id=patient_id, lines=lines, body=body
        )
        context["before"] = _before(request, patient_id, context["report"])
    except (BadLine, rights.NotAllowed) as refused:
        begun = request.POST.getlist("medicine") or any(text.strip() for text in request.POST.getlist("free"))
        context["error"] = str(refused) if begun else ""
    answer = render(request, "prescribing/alerts.html", context)
    if doses is not None:
        answer["HX-Trigger"] = json.dumps({"doses": {"lines": doses}})
    return answer


def _fitted(lines: list[Line], body: Body) -> dict[int, fitting.Fitted]:
    """Place of a line → its dose as the body given makes it."""
    return {
        place: fitting.fit(line.dosage, weight_kg=body.weight_kg, clearance=body.clearance)
        for place, line in enumerate(lines)
        if line.dosage is not None
    }


@requires("prescribing.write")
@require_POST
def use_protocol(request: Any) -> HttpResponse:
    """The lines of a protocol, put after those already there."""
    try:
        row, lines, gone = protocols.apply(
            person=request.person, protocol_id=_id(request.POST.get("protocol", "")) or 0
        )
    except Protocol.DoesNotExist:
        raise Http404 from None
    if row.kind != "medicines":
        return render(request, "prescribing/order_lines.html", {"rows": orders.again(lines)})
    body = BodyForm(request.POST)
    known = body.body if body.is_valid() else Body()
    items, texts = typed(lines, weight_kg=known.weight_kg, clearance=known.clearance)
    context = {**CHOICES, "items": with_supply(items), "free": [(text, "") for text in texts]}
    answer = render(request, "prescribing/protocol_lines.html", context)
    if gone:
        said = {"text": f"Non repris, {official.NO_HEIR} : {' ; '.join(gone)}.", "level": "warning"}
        answer["HX-Trigger"] = json.dumps({"toast": said})
    return answer


def _kept(post: Any, wrong: Wrong, worked: dict[int, fitting.Fitted]) -> list[dict[str, Any]]:
    """What was typed, line by line, to be shown again as it was, with what is wrong of each.

    A dose that follows the weight or the kidney is shown as worked out.
    """
    keys = post.getlist("medicine")
    known = catalogues.medicines(keys)
    columns = columns_of(post)
    return [
        {"medicine": known[key], "wrong": wrong.get(i, {})}
        | {n: (v[i] if i < len(v) else "") for n, v in columns.items()}
        | (worked[i].shown if i in worked and worked[i].text else {})
        for i, key in enumerate(keys)
        if key in known
    ]
