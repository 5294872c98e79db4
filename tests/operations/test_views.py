"""The technician works without a key; every intervention is written down (P-MAINT-1, P-MAINT-2, R6.11)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from serment.operations import backup, installation, schedule
from serment.operations.models import Intervention, Run
from serment.vault.ids import encode


def test_the_technician_sees_the_machine_and_no_patient(cabinet):
    cabinet.patient()
    with cabinet.at_work(cabinet.doctor):
        Intervention.objects.create(
            technician="Théo", goal="essai", agreed_by=1, ends_at=timezone.now() + timedelta(hours=1)
        )
    page = cabinet.client(cabinet.technician).get("/exploitation/")
    assert page.status_code == 200 and "Lestrange" not in page.content.decode()
    assert cabinet.client(cabinet.secretary).get("/exploitation/").status_code == 403


def test_an_intervention_is_opened_by_the_practice_and_closed_with_a_report(cabinet):
    client = cabinet.client(cabinet.doctor)
    data = {"technician": "Théo Cadiou", "equipment": "poste 2", "goal": "écran", "hours": "1"}
    refused = client.post("/exploitation/interventions/ouvrir/", data)
    assert refused.status_code == 422, "the agreement is asked"
    assert client.post("/exploitation/interventions/ouvrir/", {**data, "agreed": "on"}).status_code == 302
    row = Intervention.unscoped.get()
    path = f"/exploitation/interventions/{encode(row.pk)}/clore/"
    assert client.post(path, {"report": "ok"}).status_code == 422
    assert client.post(path, {"report": "écran remplacé"}).status_code == 302
    assert client.post(path, {"report": "autre chose"}).status_code == 200, "a closed line is not rewritten"
    row.refresh_from_db()
    assert row.report == "écran remplacé"
    assert cabinet.client(cabinet.technician).post(path, {"report": "x"}).status_code == 403


def test_old_backups_are_an_alarm(db):
    assert not backup.is_fresh(Run.Kind.BACKUP) and schedule.is_due(Run.Kind.BACKUP)
    row = Run.objects.create(kind=Run.Kind.BACKUP, ok=True)
    assert backup.is_fresh(Run.Kind.BACKUP) and not schedule.is_due(Run.Kind.BACKUP)
    Run.objects.filter(pk=row.pk).update(started_at=timezone.now() - timedelta(hours=40))
    assert not backup.is_fresh(Run.Kind.BACKUP) and schedule.is_due(Run.Kind.BACKUP)
    Run.objects.create(kind=Run.Kind.BACKUP, ok=False)
    assert not backup.is_fresh(Run.Kind.BACKUP), "a failure is not a backup"


def test_a_served_practice_is_backed_up_and_kept_without_anyone(db, monkeypatch):
    """Five minutes after the start, then each half hour: what is a day old is done, in a process of its own."""
    waits, ran = [], []

    class Clock:
        def wait(self, seconds):
            waits.append(seconds)
            return len(waits) > 3

    def run(command, check):
        ran.append(command[-1])
        Run.objects.create(kind=command[-1], ok=True)

    monkeypatch.setattr(schedule.threading, "Event", Clock)
    monkeypatch.setattr(schedule.subprocess, "run", run)
    monkeypatch.setattr(schedule.connections, "close_all", lambda: None)
    schedule._watch()
    assert waits == [300, 1800, 1800, 1800] and ran == ["backup", "upkeep"]
    Run.objects.filter(kind="upkeep").update(started_at=timezone.now() - timedelta(hours=25))
    waits.clear()
    schedule._watch()
    assert ran == ["backup", "upkeep", "upkeep"]


def test_generations_are_forgotten(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path
    for day in range(20):
        (tmp_path / f"donnees-202601{day:02d}-000000.serment").touch()
        (tmp_path / f"cles-202601{day:02d}-000000.serment").touch()
    assert backup.forget_old() == 20 - 14 + 20 - 3
    assert sorted(p.name for p in tmp_path.glob("cles-*"))[0] == "cles-20260117-000000.serment"


def test_findings_say_what_to_do(db, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "none"
    found = {finding.code: finding for finding in installation.findings(prove_journals=True)}
    assert found["backup"].state is False and "serment backup" in found["backup"].text
    assert found["backup_disk"].state is False
    assert found["journal"].state is True and found["debug"].state is True
