"""Quick additions and corrections."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from serment.access.answers import gone_to
from serment.access.rules import requires
from serment.formats.units import MEASURES
from serment.journal import services as journal
from serment.patients import selectors as patients
from serment.patients.views.identity import patient_context
from serment.record import gestation, kinds, once, perms, renewal, risks, selectors, services
from serment.record.forms import ADDABLE, CORRECTABLE, CorrectionReason, coded_problems
from serment.record.measure_fields import PREFIX, MeasuresMixin
from serment.record.moment_form import MomentMixin, typed
from serment.vault.ids import decode, encode

PICKERS = {
    "problem": "record:diagnoses",
    "allergy": "record:substances",
    "history": "record:history_codes",
    "treatment": "record:medicines",
    "observation": "record:quantities",
    "vaccination": "record:vaccines",
}


def _to_confirm(form: Any) -> list[str]:
    """What a valid form asks to confirm."""
    return [*getattr(form, "unusual", []), *getattr(form, "cautions", [])]


@requires("record.write")
@require_http_methods(["GET", "POST"])
def add(request: Any, patient_id: int, kind: str) -> HttpResponse:
    """Quick addition of one entry: a fragment inside the record's page, a page of its own without script."""
    perms.patient_or_404(patient_id)
    if kind not in ADDABLE:
        raise Http404
    services.patient_keys(request.keyring, patient_id)
    known = _known(request, patient_id, kind)
    form = ADDABLE[kind](request.POST or None, initial=_initial(known) if known else None)
    if isinstance(form, MeasuresMixin):
        who = patients.card(keyring=request.keyring, patient_id=patient_id).identity
        if not gestation.is_offered(who.sex):
            form.without_pregnancy()
    to_confirm: list[str] = []
    status = 200
    if request.method == "POST":
        status = 422
        acquaint(request, patient_id, form)
        if form.is_valid():
            to_confirm = _to_confirm(form)
            if not to_confirm or request.POST.get("confirm_unusual") == "1":
                try:
                    _write(request, patient_id, kind, form.payload(), _moment(form))
                    messages.success(request, "Mis à jour." if known else "Ajouté au dossier.")
                    return gone_to(request, reverse("record:open", args=[patient_id]))
                except services.Refused as error:
                    form.add_error(None, str(error))
    else:
        journal.record("record.viewed", subject_id=patient_id, details={"what": kind})
    context = {
        "form": form,
        "kind": kinds.get(kind),
        "patient_id": patient_id,
        "to_confirm": to_confirm,
        "picker": _picker(kind),
        "once": once.token(request, patient_id),
        "known": known,
        "seen": request.POST.get("seen") or (f"{encode(known.id)}.{known.version}" if known else ""),
    }
    if request.htmx:
        return render(request, "record/add_form.html", context, status=status)
    context |= patient_context(request, patient_id, "record")
    return render(request, "record/add.html", context, status=status)


def _picker(kind: str) -> str:
    """Where the first field finds its suggestions; empty for a kind that has none."""
    return reverse(PICKERS[kind]) if kind in PICKERS else ""


def born(request: Any, patient_id: int) -> date:
    """The patient's birth, before which nothing happened to them."""
    return patients.card(keyring=request.keyring, patient_id=patient_id).identity.birth_date


def acquaint(request: Any, patient_id: int, form: Any) -> None:
    """Tell a form what it is judged with: the birth, and what the record says of risks where it reads them."""
    form.born = born(request, patient_id)
    if getattr(form, "reads_risks", False):
        standing = selectors.standing(keyring=request.keyring, patient_id=patient_id)
        form.risks = risks.of(standing, timezone.localdate())


def _known(request: Any, patient_id: int, kind: str) -> selectors.Item | None:
    """What is said already, of the kinds that a patient has one of."""
    if kind not in renewal.SINGLE:
        return None
    return renewal.current(keyring=request.keyring, patient_id=patient_id, kind=kind)


def _moment(form: Any) -> datetime | None:
    """When it took place, of the kinds that ask it; None for now, or as it was."""
    return form.moment() if isinstance(form, MomentMixin) else None


def _write(request: Any, patient_id: int, kind: str, payload: Any, occurred_at: datetime | None) -> None:
    given = {"keyring": request.keyring, "author": request.person, "patient_id": patient_id}
    pk = once.entry_id(request, patient_id)
    if kind in renewal.SINGLE:
        entry_id, version = _seen(request.POST.get("seen", ""))
        renewal.renew(**given, kind=kind, payload=payload, entry_id=entry_id, version=version, new_pk=pk)
    else:
        once.add_once(**given, entries=[services.NewEntry(kind, payload, id=pk)], occurred_at=occurred_at)


def _seen(text: str) -> tuple[int | None, int]:
    """(entry, version) that the page showed; (None, 0) where it showed none."""
    entry, _, version = text.partition(".")
    try:
        return decode(entry), int(version[:9])
    except ValueError:
        return None, 0


@requires("record.write")
@require_http_methods(["GET", "POST"])
def correct(request: Any, entry_id: int) -> HttpResponse:
    """A new version of a signed entry, with its reason; or « saisi par erreur ». An ordonnance is cancelled."""
    entry = perms.entry_or_404(entry_id)
    if entry.kind == "prescription":
        messages.info(
            request,
            "Une ordonnance signée ne se corrige pas\u00a0: elle s’annule depuis sa page, par «\u00a0Voir\u00a0» "
            "dans le dossier.",
        )
        return redirect("record:versions", entry_id)
    item = selectors.one(keyring=request.keyring, entry=entry)
    in_error = request.POST.get("error") == "1"
    form_class = CORRECTABLE.get(entry.kind)
    posted = request.POST if request.method == "POST" else None
    form = form_class(None if in_error else posted, initial=_initial(item)) if form_class else None
    if form is not None and in_error:
        _keep_typed(form, request)
    reason = CorrectionReason(posted, initial={"version": entry.version})
    to_confirm: list[str] = []
    status = 200
    if request.method == "POST":
        if form is None and not in_error:
            raise Http404
        status = 422
        if form is not None:
            acquaint(request, entry.patient_id, form)
            form.kept = entry.occurred_at
        filled = in_error or (form is not None and form.is_valid())
        to_confirm = _to_confirm(form) if filled and not in_error else []
        to_confirm += reason.cautions if reason.is_valid() else []
        if reason.is_valid() and filled and (not to_confirm or request.POST.get("confirm_unusual") == "1"):
            try:
                _correct(request, entry_id, None if in_error else form, reason.cleaned_data)
                messages.success(request, "Correction enregistrée. La version précédente est gardée.")
                return redirect("record:versions", entry_id)
            except services.Refused as error:
                reason.add_error("why", str(error))
    else:
        journal.record("record.viewed", subject_id=entry.patient_id, object_id=entry.pk)
    context = patient_context(request, entry.patient_id, "record")
    context |= {"item": item, "form": form, "reason": reason, "to_confirm": to_confirm}
    context["picker"] = _picker(entry.kind)
    return render(request, "record/correct.html", context, status=status)


def _keep_typed(form: Any, request: Any) -> None:
    """What was typed, shown again though only the reason is asked for (« saisi par erreur »)."""
    for name, field in form.fields.items():
        form.initial[name] = field.widget.value_from_datadict(
            request.POST, request.FILES, form.add_prefix(name)
        )
    if "coded" in request.POST:
        form.kept_problems = coded_problems(request.POST.getlist("problem"))


def _initial(item: selectors.Item) -> dict[str, Any]:
    """The fields of the correction form, as the entry has them."""
    initial = item.content.model_dump() | typed(item.occurred_at)
    if item.kind.code == "measure":
        for code, value in initial.pop("values").items():
            initial[f"{PREFIX}{code}"] = MEASURES[code].number(value)
    return initial


def _correct(request: Any, entry_id: int, form: Any, reason: dict[str, Any]) -> None:
    """``form`` is None to mark the entry as entered in error."""
    given: dict[str, Any] = {
        "keyring": request.keyring,
        "author": request.person,
        "entry_id": entry_id,
        "version": reason["version"],
        "reason": reason["why"],
    }
    if form is None:
        services.mark_in_error(**given)
    else:
        services.correct_entry(**given, payload=form.payload(), occurred_at=_moment(form))
