"""A claim's own page in télétransmission: its story in order, what the fund asks, what may be done now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from serment.access.rules import requires
from serment.billing.models import Claim
from serment.connectors.fse.port import CardAsked, Trouble
from serment.formats.nir import mask_nir
from serment.journal import services as journal
from serment.patients.services import update_patient
from serment.patients.views.identity import patient_context
from serment.transmission import engines, insured, selectors, signing, states, treating
from serment.transmission.forms import DetailsForm
from serment.transmission.insured import Refused
from serment.transmission.models import PaperLayout, Sheet
from serment.transmission.views.board import nature

EDITABLE = (*states.TO_SIGN, "rejected")


def claim_or_404(claim_id: int) -> Claim:
    found: Claim = get_object_or_404(Claim.objects.select_related("practitioner"), pk=claim_id)
    return found


def back_to(claim_id: int) -> HttpResponse:
    return redirect("transmission:sheet", claim_id)


@requires("billing.write")
@require_http_methods(["GET", "POST"])
def sheet(request: Any, claim_id: int) -> HttpResponse:
    """Read the story; or keep the details, as a draft or to sign. What is wrong is said at its field (422)."""
    claim = claim_or_404(claim_id)
    current = signing.sheet_of(claim)
    status, form = 200, None
    if request.method == "POST":
        form = DetailsForm(request.POST)
        if form.is_valid() and _kept(request, claim, form):
            return back_to(claim.pk)
        status = 422
    return _page(request, claim, current, form, status)


def _kept(request: Any, claim: Claim, form: DetailsForm) -> bool:
    draft = request.POST.get("brouillon") == "1"
    try:
        found = signing.save_details(
            keyring=request.keyring,
            author=request.person,
            practice=request.practice,
            claim_id=claim.pk,
            details=form.details(),
            draft=draft,
        )
    except signing.Faulty as error:
        form.show(error.faults)
        return False
    except (Refused, states.Forbidden) as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, f"Feuille enregistrée\u00a0: {states.LABELS[found.state]}.")
    return True


def _page(
    request: Any, claim: Claim, current: Sheet | None, form: DetailsForm | None, status: int = 200
) -> HttpResponse:
    story = selectors.story(keyring=request.keyring, claim=claim)
    own = signing.may_sign(request.person, claim)
    left = claim.state != "cancelled" and claim.amo_cents and (current is None or current.state in EDITABLE)
    editable = bool(own and left)
    if form is None and editable:
        form = DetailsForm(initial=signing.details_of(request.keyring, current).model_dump())
    if form is not None and form.errors and not editable:
        for text in form.non_field_errors():
            messages.error(request, text)
    state = current.state if current else ""
    context = patient_context(request, claim.patient_id, "billing")
    context |= {
        "claim": claim,
        "sheet": current,
        "state": state,
        "label": states.LABELS.get(state, "à signer"),
        "story": story,
        "form": form if editable else None,
        "fault": insured.of(request.keyring, [claim.patient_id])[claim.patient_id].fault,
        "may_sign": own,
        "signable": editable and state != "rejected",
        "cancellable": state in states.BEFORE_SENDING,
        "closable": state in ("rejected", "corrected", "part_paid", "paid", "paper"),
        "printable": own and claim.state != "cancelled",
        "handable": editable or state == "signed",
        "reasons": states.CLOSING_REASONS,
        "joined": [row for one in story.sheets for row in one.attachments.order_by("pk")] if own else [],
        "joinable": own and current is not None and state in (*states.TO_SIGN, "signed", "rejected"),
        "printers": list(PaperLayout.objects.filter(profession=claim.practitioner.profession)),
        **nature(request),
    }
    if context["joinable"] and request.person.can("record.view"):
        context["documents"] = _documents(request, claim)
    journal.record("fse.viewed", subject_id=claim.patient_id, object_id=claim.pk)
    return render(request, "transmission/sheet.html", context, status=status)


def _documents(request: Any, claim: Claim) -> list[tuple[int, str]]:
    """Documents of the record that whoever holds its care key may join."""
    from serment.record.models import Entry
    from serment.record.services import patient_keys
    from serment.vault.keyring import NoKey

    try:
        keys = patient_keys(request.keyring, claim.patient_id)
        rows = Entry.objects.filter(patient_id=claim.patient_id, kind="document", state=Entry.State.SIGNED)
        opened = [(row.pk, keys.open(row, "payload")) for row in rows.order_by("-created_at")[:20]]
    except NoKey:
        return []
    return [(pk, str(given.get("title", ""))) for pk, given in opened]


def _done(request: Any, claim_id: int, act: Any, said: str) -> HttpResponse:
    """Do one thing and say what became of it."""
    try:
        act()
        messages.success(request, said)
    except (Refused, states.Forbidden) as error:
        messages.error(request, str(error))
    return back_to(claim_id)


@requires("billing.write")
@require_POST
def sign(request: Any, claim_id: int) -> HttpResponse:
    claim = claim_or_404(claim_id)
    given = {"keyring": request.keyring, "author": request.person, "practice": request.practice}
    simulated = " (simulateur)" if request.practice.is_demo else ""
    return _done(
        request, claim.pk, lambda: signing.sign(**given, claim_id=claim.pk), f"Feuille signée{simulated}."
    )


@requires("billing.write")
@require_POST
def hand(request: Any, claim_id: int) -> HttpResponse:
    """The sheet goes on paper, and leaves the network's way."""
    claim = claim_or_404(claim_id)
    given = {"keyring": request.keyring, "author": request.person, "practice": request.practice}
    return _done(
        request,
        claim.pk,
        lambda: signing.hand_on_paper(**given, claim_id=claim.pk),
        "Feuille notée sur papier\u00a0: imprimez-la, signez-la et remettez-la.",
    )


def _sheet(sheet_id: int) -> Sheet:
    found: Sheet = get_object_or_404(Sheet.objects.select_related("claim"), pk=sheet_id)
    return found


@requires("billing.write")
@require_POST
def cancel(request: Any, sheet_id: int) -> HttpResponse:
    row = _sheet(sheet_id)
    given = {"author": request.person, "practice": request.practice}
    return _done(
        request,
        row.claim_id,
        lambda: signing.cancel(**given, sheet_id=row.pk),
        "Feuille annulée\u00a0: elle ne partira pas. La facture reste.",
    )


@requires("billing.write")
@require_POST
def recycle(request: Any, sheet_id: int) -> HttpResponse:
    row = _sheet(sheet_id)
    given = {"keyring": request.keyring, "author": request.person, "practice": request.practice}
    return _done(
        request,
        row.claim_id,
        lambda: treating.recycle(**given, sheet_id=row.pk),
        "Feuille corrigée, signée de nouveau\u00a0: elle attend le prochain lot.",
    )


@requires("billing.write")
@require_POST
def close(request: Any, sheet_id: int) -> HttpResponse:
    row = _sheet(sheet_id)
    reason = request.POST.get("motif", "")
    return _done(
        request,
        row.claim_id,
        lambda: treating.close(author=request.person, sheet_id=row.pk, reason=reason),
        "Feuille close.",
    )


@requires("billing.write")
@require_POST
def card(request: Any, claim_id: int) -> HttpResponse:
    """Have the engine read the patient's card; its rights go to the identity page only when asked."""
    claim = claim_or_404(claim_id)
    if not signing.may_sign(request.person, claim):
        messages.error(request, "Cette facture est celle d’un autre praticien\u00a0: à lui de lire la carte.")
        return back_to(claim.pk)
    engine = engines.of(request.practice, claim.practitioner)
    if engine is None:
        messages.error(
            request, "Aucun lecteur n’est raccordé\u00a0: saisissez les droits sur la fiche d’identité."
        )
        return back_to(claim.pk)
    patient = insured.of(request.keyring, [claim.patient_id])[claim.patient_id]
    channel = "apcv" if request.POST.get("voie") == "apcv" else "vitale"
    try:
        read = engine.read_card(CardAsked(channel=channel, expected_nir=patient.coverage.nir))
    except Trouble as trouble:
        messages.error(request, str(trouble))
        return back_to(claim.pk)
    journal.record("fse.card", subject_id=claim.patient_id, object_id=claim.pk, details={"by": channel})
    changed = {"nir": read.nir, "scheme": read.scheme, "fund": read.fund, "centre": read.centre}
    if read.amc_number:
        changed["amc_number"] = read.amc_number
    simulated = " SIMULATEUR, carte fictive." if request.practice.is_demo else ""
    if all(getattr(patient.coverage, name) == value for name, value in changed.items()):
        messages.success(request, f"La carte lue dit la même chose que la fiche.{simulated}")
    elif request.POST.get("reprendre") == "1":
        version = patient_version(claim.patient_id)
        update_patient(
            keyring=request.keyring,
            author=request.person,
            patient_id=claim.patient_id,
            version=version,
            identity=None,
            coverage=patient.coverage.model_copy(update=changed),
        )
        messages.success(request, f"La fiche a repris les droits de la carte.{simulated}")
    else:
        messages.warning(
            request,
            f"La carte diffère de la fiche\u00a0: n° {mask_nir(read.nir)}, organisme "
            f"{read.scheme} {read.fund} {read.centre}. Cochez «\u00a0Reprendre ses droits\u00a0» pour corriger la "
            f"fiche.{simulated}",
        )
    return back_to(claim.pk)


def patient_version(patient_id: int) -> int:
    from serment.patients.models import Patient

    return int(Patient.objects.values_list("version", flat=True).get(pk=patient_id))
