"""Settings of télétransmission: the mail channel; in a demonstration, what the simulators play."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from serment.access.rules import requires
from serment.catalogues import funds
from serment.connectors.fse.frontal import BEHAVIOURS
from serment.connectors.fse.port import Trouble
from serment.connectors.fse.simulator import PLAYS
from serment.journal import services as journal
from serment.transmission import agent, channels, engines
from serment.transmission.forms import ChannelForm
from serment.transmission.insured import Refused
from serment.transmission.models import Channel
from serment.transmission.payloads import MailSettings
from serment.transmission.views.board import nature
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import NoKey


@requires("practice.settings")
@require_http_methods(["GET", "POST"])
def channel(request: Any) -> HttpResponse:
    """By what way lots leave. Needs the billing key: the password is sealed with it."""
    if not request.keyring.holds(Domain.BILLING):
        raise NoKey("no key of domain billing")
    before = channels.mail_settings(request.keyring) or MailSettings()
    shown = before.model_dump(exclude={"password"})
    form = ChannelForm(request.POST or None, initial=shown)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            _keep(request, form.given(before))
            messages.success(request, "Réglages gardés.")
            return redirect("transmission:settings")
        status = 422
    context = {
        "agent": agent.holder(),
        "form": form,
        "state": _engine(request),
        "funds": len(funds.known()),
        "plays": PLAYS,
        "behaviours": BEHAVIOURS,
        **nature(request),
    }
    if request.practice.is_demo:
        context["play"] = engines.simulator().playing
        context["behaviour"] = channels.simulated_frontal().behaviour
    return render(request, "transmission/settings.html", context, status=status)


def _engine(request: Any) -> str:
    """What the engine says of itself, or why it does not."""
    kind = engines.kind(request.practice)
    if kind == engines.PAPER:
        return ""
    try:
        engine = engines.simulator() if kind == engines.SIMULATOR else engines.handoff()
        return engine.state().name
    except Trouble as trouble:
        return str(trouble)
    except (OSError, ValueError):
        return "L’adresse du moteur (FSE_ENGINE) ou le fichier de son secret ne convient pas."


def _keep(request: Any, given: MailSettings) -> None:
    row = Channel.objects.first() or Channel(id=new_id(), practice_id=request.practice.pk)
    keys = request.keyring.subject_keys([request.practice.pk], Domain.BILLING)
    keys.seal(row, "mail", given)
    row.save()
    journal.record("fse.settings", object_id=row.pk)


@requires("billing.write")
@require_POST
def play(request: Any) -> HttpResponse:
    """What the simulated reader and frontal do from now on: in a demonstration only."""
    if request.practice.is_demo:
        reader, frontal = request.POST.get("lecteur", ""), request.POST.get("frontal", "")
        if reader in PLAYS and frontal in BEHAVIOURS:
            engines.simulator().play(reader)
            channels.simulated_frontal().behave(frontal)
            messages.success(
                request, f"Simulateurs\u00a0: lecteur, {PLAYS[reader]} ; frontal, {BEHAVIOURS[frontal]}."
            )
    else:
        messages.error(request, "Les simulateurs ne servent qu’au cabinet de démonstration.")
    if request.person.can("practice.settings"):
        return redirect("transmission:settings")
    return redirect("transmission:board")


@requires("practice.settings")
@require_POST
def agent_keys(request: Any) -> HttpResponse:
    """Give the agent its keys, or take them back: the owner's gesture."""
    try:
        if request.POST.get("geste") == "retirer":
            agent.take_back(keyring=request.keyring, author=request.person)
            messages.success(request, "L’agent n’a plus de clés.")
        else:
            agent.give(keyring=request.keyring, author=request.person)
            messages.success(request, "L’agent envoie les lots et relève les retours toutes les demi-heures.")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("transmission:settings")
