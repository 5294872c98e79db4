"""A technician sees the state of the service and its errors, and nothing that anyone typed (R6.11, P-MAINT-2)."""

from __future__ import annotations

import logging
import stat
from datetime import timedelta

import pytest
from django.utils import timezone

from serment.config.service_log import ServiceLogHandler
from serment.operations import state
from serment.operations.models import Intervention


@pytest.fixture
def log_file(settings, tmp_path):
    settings.SERVICE_LOG = tmp_path / "service.log"
    handler = ServiceLogHandler(str(settings.SERVICE_LOG))
    logger = logging.getLogger("serment.essai")
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)
    handler.close()


def test_a_line_keeps_where_and_never_what_was_said(log_file, settings):
    try:
        raise ValueError("Lestrange Apolline, sulfamidine")
    except ValueError:
        log_file.exception("refus pour %s", "Lestrange")
    text = settings.SERVICE_LOG.read_text()
    assert "Lestrange" not in text and "refus" not in text
    assert stat.S_IMODE(settings.SERVICE_LOG.stat().st_mode) == 0o600
    [line] = state.log()
    assert (line.level, line.error) == ("ERROR", "ValueError") and line.where.startswith("test_state.py:")
    settings.SERVICE_LOG.write_text("pas une ligne\n" + text)
    assert len(state.log()) == 1


def test_the_technician_reads_it_in_an_intervention_and_their_gestures_are_counted(cabinet, log_file):
    log_file.warning("un avertissement")
    browser = cabinet.client(cabinet.technician)
    assert browser.get("/exploitation/etat/").status_code == 403, "no intervention, no page"
    with cabinet.at_work(cabinet.doctor):
        Intervention.objects.create(
            technician="Théo",
            equipment="serveur",
            goal="lenteurs",
            agreed_by=cabinet.doctor.pk,
            ends_at=timezone.now() + timedelta(hours=1),
        )
    page = browser.get("/exploitation/etat/").content.decode()
    assert "WARNING" in page and "serment.essai" in page and "Serment " in page and "serment restore" in page
    with cabinet.at_work(cabinet.doctor):
        [row] = Intervention.objects.all()
        assert state.gestures([row])[row.pk] >= 1, "what the technician did is counted in the main courante"
    assert cabinet.client(cabinet.secretary).get("/exploitation/etat/").status_code == 403
