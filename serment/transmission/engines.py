"""Which engine signs here: the homologated one of the installation, the simulator of a demonstration, or paper."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from serment.connectors.fse.handoff import Handoff, connect
from serment.connectors.fse.port import Engine, Professional
from serment.connectors.fse.simulator import PLAYS, Simulator
from serment.practice.models import Practice, Practitioner

PAPER, SIMULATOR, HANDOFF = "paper", "simulator", "handoff"
LABELS = {PAPER: "papier", SIMULATOR: "simulateur", HANDOFF: "moteur raccordé"}


def kind(practice: Practice) -> str:
    """A demonstration simulates; a real practice never does: it would write payments that no fund made."""
    if practice.is_demo:
        return SIMULATOR
    return HANDOFF if settings.FSE_ENGINE else PAPER


def simulator(practitioner: Practitioner | None = None) -> Simulator:
    who = None
    if practitioner is not None:
        who = Professional(
            rpps=practitioner.rpps, am_number=practitioner.am_number, name=practitioner.display_name[:80]
        )
    return Simulator(Path(settings.DATA_DIR) / "moteur-simule", who)


def handoff() -> Handoff:
    """The engine of `FSE_ENGINE` (docs/engine.md). Raises ValueError for an address that is not this machine's."""
    secret = settings.FSE_ENGINE_TOKEN_FILE
    token = Path(secret).read_text().strip() if secret else ""
    return connect(settings.FSE_ENGINE, token)


def of(practice: Practice, practitioner: Practitioner) -> Engine | None:
    """None where sheets are made on paper."""
    found = kind(practice)
    if found == SIMULATOR:
        return simulator(practitioner)
    return handoff() if found == HANDOFF else None


__all__ = ["HANDOFF", "LABELS", "PAPER", "PLAYS", "SIMULATOR", "handoff", "kind", "of", "simulator"]
