"""What is offered while typing: choices of the catalogues, and what the measures say together."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from serment.access.rules import requires
from serment.catalogues import allergens, brands, ccam_selectors, cisp
from serment.catalogues import selectors as catalogues
from serment.record import observables
from serment.record import vaccines as vaccine_list
from serment.record.forms import coded_problems
from serment.record.measure_fields import MeasureHints
from serment.record.vaccination_form import VaccinationForm

TYPED = 80
SHOWN = 8
LEAST = 3
"""Letters from which nothing found is worth saying."""


@requires("record.write")
@require_POST
def measure_hints(request: Any) -> HttpResponse:
    """The BMI, and what is impossible or unusual."""
    return render(request, "record/measure_hints.html", {"phrases": MeasureHints(request.POST).phrases()})


@requires("record.write")
@require_POST
def diagnoses(request: Any) -> HttpResponse:
    """CIM-10: boxes beside those ticked already (consultation), or one choice (quick addition)."""
    if "coded" not in request.POST:
        typed = request.POST.get("label", "")[:TYPED]
        return _choices(request, _diagnoses(typed), _none(typed))
    found = catalogues.search_diagnoses(request.POST["coded"][:TYPED], limit=SHOWN)
    chosen = coded_problems(request.POST.getlist("problem"))
    taken = {problem.code for problem in chosen}
    context = {"chosen": chosen, "found": [item for item in found if item.code not in taken]}
    context["none"] = "" if found else _none(request.POST["coded"][:TYPED], coded=True)
    return render(request, "record/coded.html", context)


@requires("record.write")
@require_POST
def primary_care(request: Any) -> HttpResponse:
    """CISP-2: what the typed word or code finds; where nothing is typed, what goes with the CIM-10 code chosen."""
    typed = request.POST.get("cisp", "")[:TYPED].strip()
    cim10 = request.POST.get("pick", "").partition("|")[0] or request.POST.get("code", "")
    cim10 = cim10.strip().upper()[:10]
    found = cisp.search(typed, limit=SHOWN) if typed else cisp.paired_with(cim10, limit=SHOWN)
    context = {"found": [(item.code, item.label, item.code) for item in found], "name": "cisp_pick"}
    return render(request, "record/choices.html", context | {"beside": "" if typed else cim10})


@requires("record.write")
@require_POST
def history(request: Any) -> HttpResponse:
    """CCAM for an operation, CIM-10 otherwise."""
    typed = request.POST.get("text", "")[:TYPED]
    if request.POST.get("side") == "surgical":
        acts = ccam_selectors.search(typed, timezone.localdate(), limit=SHOWN)
        return _choices(request, [(act.code, act.label, act.code) for act in acts])
    return _choices(request, _diagnoses(typed), _none(typed))


@requires("record.write")
@require_POST
def substances(request: Any) -> HttpResponse:
    """Substances of the catalogue, brands with theirs, then classes and what is no medicine, for an allergy."""
    typed = request.POST.get("substance", "")[:TYPED]
    classes = [("", label, "") for label in allergens.search(typed, limit=SHOWN)]
    found = [(code, name, "") for code, name in catalogues.search_substances(typed, limit=SHOWN)]
    named = [("", label, "") for label in brands.search(typed, limit=SHOWN)]
    return _choices(request, [*found, *named, *classes])


@requires("record.write")
@require_POST
def quantities(request: Any) -> HttpResponse:
    """Quantities with their code and their units, for a number."""
    found = observables.search(request.POST.get("label", "")[:TYPED], limit=SHOWN)
    units = {item.loinc: f"en {' ou '.join(item.units)}" if any(item.units) else "" for item in found}
    context = {"found": [(item.loinc, item.label, "") for item in found], "units": units}
    return render(request, "record/choices.html", context)


@requires("record.write")
@require_POST
def vaccines(request: Any) -> HttpResponse:
    """Vaccines by name or disease; one that is ticked says what it is against."""
    found = vaccine_list.search(request.POST.get("vaccine", "")[:TYPED], limit=SHOWN)
    return render(request, "record/vaccines.html", {"found": found})


@requires("record.write")
@require_POST
def vaccine_against(request: Any) -> HttpResponse:
    """« Contre », filled for the vaccine that was ticked."""
    found = vaccine_list.called(request.POST.get("pick", "").partition("|")[2][:TYPED])
    form = VaccinationForm(initial={"antigen": found.antigen if found else ""})
    return render(request, "record/against.html", {"bound": form["antigen"]})


@requires("record.write")
@require_POST
def medicines(request: Any) -> HttpResponse:
    """Medicines of the catalogue, for a running treatment."""
    found = catalogues.search_medicines(request.POST.get("label", "")[:TYPED], limit=SHOWN)
    context = {
        "found": [(hit.key, hit.dci_label, "") for hit in found],
        "other_strength": any(hit.other_strength for hit in found),
        "near": found[0].near if found else "",
    }
    return render(request, "record/choices.html", context)


def _choices(request: Any, found: list[tuple[str, str, str]], none: str = "") -> HttpResponse:
    """One choice among (code, label, code as it is shown). ``none``: what is said where there is none."""
    return render(request, "record/choices.html", {"found": found, "none": none})


def _diagnoses(typed: str) -> list[tuple[str, str, str]]:
    return [(item.code, item.label, item.code) for item in catalogues.search_diagnoses(typed, limit=SHOWN)]


def _none(typed: str, coded: bool = False) -> str:
    """What is said when the list has nothing of what is typed."""
    if len(typed.strip()) < LEAST:
        return ""
    then = (
        "essayez un autre mot, ou écrivez-le dans la conclusion."
        if coded
        else "ce texte sera gardé sans code."
    )
    return f"Rien trouvé dans la liste CIM-10 du cabinet\u00a0: {then}"
