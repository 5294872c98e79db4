"""The consultation page, its drafts, and what comes after signing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from serment.access.answers import gone_to
from serment.access.models import Session
from serment.access.rules import requires, session_only
from serment.journal import services as journal
from serment.patients.models import Patient
from serment.patients.views.identity import patient_context
from serment.record import care, drafts, gestation, models_of_consultation, perms, selectors, services
from serment.record import consultation as verbs
from serment.record.asked_fields import with_way
from serment.record.forms import ConsultationForm
from serment.record.measure_fields import NAMES, OF_A_PREGNANCY_ONLY, shown_first, wanted_in
from serment.record.views.writing import born
from serment.vault.ids import decode, encode
from serment.vault.marks import word

LATE_SHOWN = 12
NOT_KEPT = {"csrfmiddlewaretoken", "page", "opened", "coded", "confirm_unusual"}


def _appointment(text: str) -> int | None:
    try:
        return decode(text) if text else None
    except ValueError:
        return None


def _opened(request: Any) -> datetime | None:
    try:
        found = parse_datetime(request.POST.get("opened", ""))
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


@requires("record.write")
@require_http_methods(["GET", "POST"])
def consultation(request: Any, patient_id: int) -> HttpResponse:
    """What is written in the middle, the summary beside it. POST signs and closes."""
    perms.patient_or_404(patient_id)
    if request.method == "POST":
        return _sign(request, patient_id)
    loaded = drafts.load(keyring=request.keyring, person=request.person, patient_id=patient_id)
    wanted = word(request.GET.get("trame", ""))
    chosen = models_of_consultation.find(request.person, wanted)
    if wanted and chosen is None:
        messages.warning(
            request, "Cette trame n’existe plus, ou n’est plus partagée\u00a0: choisissez-en une autre."
        )
    if loaded and loaded.data:
        data = with_way(loaded.data, chosen.texts, chosen.asked) if chosen else loaded.data
        form = _resumed(data)
    else:
        form = ConsultationForm(asked=chosen.asked, initial=chosen.texts) if chosen else ConsultationForm()
    page = _page(request, patient_id, form, loaded, 200, chosen)
    journal.record("record.viewed", subject_id=patient_id, details={"what": "consultation"})
    return page


def _sign(request: Any, patient_id: int) -> HttpResponse:
    form = ConsultationForm(request.POST)
    form.born = born(request, patient_id)
    sure = request.POST.get("confirm_unusual") == "1"
    if form.is_valid() and (sure or not (form.unusual or form.cautions)):
        try:
            entry = verbs.sign(
                keyring=request.keyring,
                author=request.person,
                patient_id=patient_id,
                consultation=form.consultation(),
                measures=form.values,
                keep_problems=form.cleaned_data["keep_problems"],
                appointment_id=_appointment(request.POST.get("rdv", "")),
                page=request.POST.get("page", "")[:32],
                opened=_opened(request),
                occurred_at=form.moment(),
            )
            signed = reverse("record:signed", args=[patient_id])
            return gone_to(request, f"{signed}?consultation={encode(entry.pk)}")
        except services.Refused as error:
            form.add_error(None, str(error))
    loaded = drafts.load(keyring=request.keyring, person=request.person, patient_id=patient_id)
    return _page(request, patient_id, form, loaded, 422)


def _resumed(data: drafts.Data) -> ConsultationForm:
    """A draft as it was left: it is judged when it is signed, not before."""
    form = _read(data)
    form.full_clean()
    form.errors.clear()
    return form


def _read(data: drafts.Data) -> ConsultationForm:
    query = QueryDict(mutable=True)
    for name, values in data.items():
        query.setlist(name, values)
    return ConsultationForm(query)


def _page(
    request: Any,
    patient_id: int,
    form: ConsultationForm,
    loaded: drafts.Loaded | None,
    status: int,
    chosen: models_of_consultation.Offered | None = None,
) -> HttpResponse:
    summary = selectors.summary(keyring=request.keyring, patient_id=patient_id)
    last = {found.code: found for found in summary.measures}
    kept = loaded.row.appointment_id if loaded else None
    judged = status == 422 and not form.errors
    context = patient_context(request, patient_id, "record")
    who, age = context["card"].identity, context["card"].age_years
    wanted = chosen.measures if chosen else wanted_in(form.data.get("wanted", ""))
    pregnant = any(item.kind.code == "pregnancy" for item in summary.others)
    may_bear = pregnant or gestation.is_offered(who.sex)
    context |= {
        "late": care.due(
            keyring=request.keyring,
            patient_id=patient_id,
            born=who.birth_date,
            sex=who.sex,
            today=timezone.localdate(),
        ).late[:LATE_SHOWN],
        "form": form,
        "ways": models_of_consultation.for_patient(
            models_of_consultation.offered(request.person),
            age_years=age,
            pregnant=pregnant,
            may_bear=may_bear,
        ),
        **_measures(form, last, shown_first(age, pregnant, wanted), may_bear),
        "wanted": ",".join(wanted),
        "measure_names": ",".join(NAMES),
        "to_confirm": [*form.unusual, *form.cautions] if judged else [],
        "rdv": request.POST.get("rdv") or request.GET.get("rdv") or (encode(kept) if kept else ""),
        "summary": summary,
        "draft": loaded.row if loaded else None,
        "draft_of": _draft_of_another_day(loaded),
        "unopened": loaded is not None and loaded.data is None,
        "other": _texts(loaded.other) if loaded and loaded.other else [],
        "other_at": loaded.row.other_at if loaded else None,
        "chosen": form.coded() if form.is_bound else [],
        "page": request.POST.get("page") or drafts.new_page(),
        # A page sent back with its errors has not seen what another page saved meanwhile.
        "opened": request.POST.get("opened") or timezone.now().isoformat(),
    }
    return render(request, "record/consultation.html", context, status=status)


def _draft_of_another_day(loaded: drafts.Loaded | None) -> date | None:
    """The day a draft was last written, where it is not today: the consultation may be of that day."""
    day = timezone.localdate(loaded.row.updated_at) if loaded else None
    return day if day != timezone.localdate() else None


def _measures(
    form: ConsultationForm, last: dict[str, Any], first: tuple[str, ...], may_bear: bool
) -> dict[str, Any]:
    """(field, last value) of the measures shown at once and of the others, which open when one of them is filled."""
    fields = dict(form.measure_fields())
    out = () if may_bear else OF_A_PREGNANCY_ONLY
    others = [code for code in fields if code not in first and (code not in out or form.is_filled(code))]
    return {
        "measures": [(fields[code], last.get(code)) for code in first],
        "more_measures": [(fields[code], last.get(code)) for code in others],
        "more_open": any(form.is_filled(code) for code in others),
    }


def _texts(data: drafts.Data) -> list[tuple[str, str]]:
    """(label, text) of what is filled in a draft."""
    form = _read(data)
    return [
        (str(bound.label), " ".join(data[bound.name]))
        for bound in [*form.moment_fields, *form.visible_fields()]
        if any(data.get(bound.name, ()))
    ]


@session_only
@require_POST
def draft(request: Any, patient_id: int) -> HttpResponse:
    """Save as typed, with or without keys: 204; 409 when another page saved since this one was opened."""
    known = Patient.objects.filter(pk=patient_id).exists()
    if request.session_row.level < Session.Level.SECOND_FACTOR or not known:
        raise Http404
    if not drafts.may_write(request.person, patient_id):
        return JsonResponse({"error": "Ouvrez d’abord ce dossier."}, status=403)
    try:
        drafts.save(
            person=request.person,
            patient_id=patient_id,
            data={name: request.POST.getlist(name) for name in request.POST if name not in NOT_KEPT},
            page=request.POST.get("page", "")[:32],
            opened=_opened(request),
            appointment_id=_appointment(request.POST.get("rdv", "")),
        )
    except drafts.DraftConflict as conflict:
        return JsonResponse({"error": _conflict(conflict.kept)}, status=409)
    except drafts.TooLong:
        error = "Ce brouillon est trop long\u00a0: raccourcissez-le."
        return JsonResponse({"error": error}, status=413)
    except drafts.AlreadySigned:
        pass  # it was on its way when the page was signed: the entry says it all
    return HttpResponse(status=204)


def _conflict(kept: bool) -> str:
    if kept:
        return "Un autre onglet a modifié ce brouillon. Les deux textes sont gardés\u00a0: rechargez pour les comparer."
    return "Un autre onglet a modifié ce brouillon. Ce texte reste ici\u00a0: copiez-le avant de recharger."


@requires("record.write")
@require_POST
def discard_draft(request: Any, patient_id: int) -> HttpResponse:
    """Forget the draft; with ``quoi=autre``, only the text kept beside it."""
    perms.patient_or_404(patient_id)
    services.patient_keys(request.keyring, patient_id)
    other = request.POST.get("quoi") == "autre"
    drafts.discard(person=request.person, patient_id=patient_id, other_only=other)
    messages.success(request, "L’autre texte est effacé." if other else "Brouillon effacé.")
    return redirect("record:consultation" if other else "record:open", patient_id)


@requires("record.write")
@require_POST
def swap_draft(request: Any, patient_id: int) -> HttpResponse:
    """Take up the text that another tab had; the one in front is kept beside."""
    perms.patient_or_404(patient_id)
    services.patient_keys(request.keyring, patient_id)
    drafts.swap(person=request.person, patient_id=patient_id)
    return redirect("record:consultation", patient_id)


@requires("record.write")
@require_GET
def signed(request: Any, patient_id: int) -> HttpResponse:
    """After signing: the next gestures, one key away."""
    perms.patient_or_404(patient_id)
    services.patient_keys(request.keyring, patient_id)
    context = patient_context(request, patient_id, "record")
    journal.record("record.viewed", subject_id=patient_id, details={"what": "signed"})
    context["consultation"] = perms.encounter(request, patient_id)
    return render(request, "record/signed.html", context)
