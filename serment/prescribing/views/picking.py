"""What is picked on the way: a medicine searched, its line, its boxes."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from serment.access.rules import requires
from serment.catalogues import selectors as catalogues
from serment.catalogues import supply
from serment.catalogues.models import Medicine
from serment.prescribing import habits, official, rights
from serment.prescribing.forms import DURATIONS, REASONS
from serment.prescribing.payloads import DELIVERIES, DOSE_UNITS
from serment.prescribing.safety.secured import interval
from serment.prescribing.units import unit_for
from serment.prescribing.when import GROUPS

CHOICES = {
    "units": DOSE_UNITS,
    "whens": [(head, [(code, row[0]) for code, row in group.items()]) for head, group in GROUPS.items()],
    "durations": DURATIONS,
    "reasons": REASONS,
    "deliveries": [(code, text or "délivrance habituelle") for code, text in DELIVERIES.items()],
}


def with_supply(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines with what is announced of their supply: one query where there are any."""
    short = catalogues.shortages(item["medicine"].key for item in items) if items else {}
    return [item | {"shortage": short.get(item["medicine"].key, "")} for item in items]


@requires("prescribing.write")
@require_POST
def search(request: Any) -> HttpResponse:
    """Medicines for what is being typed: what this patient takes first, then what this practitioner prescribes."""
    boost = [key for key in request.POST.getlist("near") if key][:30] + habits.usual(request.person)
    hits = catalogues.search_medicines(request.POST.get("drug", ""), limit=12, boost=boost)
    context = {
        "hits": hits,
        "prices": catalogues.prices(hit.key for hit in hits),
        "beyond": _beyond(request.person, hits),
    }
    return render(request, "prescribing/results.html", context)


def _beyond(person: Any, hits: list[catalogues.MedicineHit]) -> set[str]:
    """Keys that the profession does not prescribe: one query where it has a list of its own, none elsewhere."""
    profession = person.practitioner.profession if person.practitioner else ""
    if rights.of(profession).medicines in ("all", "scope"):
        return set()
    found = catalogues.medicines(hit.key for hit in hits)
    return {key for key, medicine in found.items() if not rights.allows(profession, medicine)}


def _chosen(request: Any) -> Medicine:
    key = request.POST.get("key", "")
    medicine = catalogues.medicines([key]).get(key)
    if medicine is None:
        raise Http404
    return medicine


def _said(text: str, level: str) -> HttpResponse:
    """Nothing to add to the page; why, in a corner of it."""
    toast = {"text": text, "level": level}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"toast": toast})})


@requires("prescribing.write")
@require_POST
def line(request: Any) -> HttpResponse:
    """One more line, for the medicine chosen; ``once``: only where the ordonnance has none of it yet."""
    chosen, gone = official.now([_chosen(request)])
    if gone:
        return _said(f"{gone[0]} est {official.NO_HEIR} : cherchez-le par son nom.", "warning")
    medicine = chosen[0]
    if request.POST.get("once") == "1" and medicine.key in request.POST.getlist("medicine"):
        return _said(f"{medicine.dci_label} est déjà sur l’ordonnance.", "info")
    item = {
        "medicine": medicine,
        "dose": "1",
        "unit": unit_for(medicine.form),
        "when": interval(medicine).get("when", "1"),
        "duration": "",
        "renewals": "",
        "focus": True,
    }
    return render(request, "prescribing/line.html", {**CHOICES, "item": with_supply([item])[0]})


@requires("prescribing.write")
@require_POST
def boxes(request: Any) -> HttpResponse:
    """The boxes of a medicine, their prices, rates and supply, and its generic group."""
    medicine = _chosen(request)
    context = {"medicine": medicine, "supply": supply.of(medicine)}
    return render(request, "prescribing/boxes.html", context)
