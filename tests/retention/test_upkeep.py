"""The nightly run ends what needs no key, and says what waits for one (R7.1, P-HAB-2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.apps import apps
from django.utils import timezone

from serment.access.models import Person, Session
from serment.operations.models import Intervention, Run
from serment.patients.imports.services import start_import
from serment.patients.models import ImportBatch, ImportRun, Restriction
from serment.record.models import Draft
from serment.retention import purges, upkeep
from serment.vault.inventory import Inventory


def test_sessions_end_with_their_term_and_dormant_accounts_are_suspended(cabinet):
    with cabinet.at_work(cabinet.doctor):
        old = timezone.now() - timedelta(days=400)
        Session.objects.create(
            person=cabinet.doctor, practice_id=cabinet.practice.pk, token_hash="x", created_at=old
        )
        Person.objects.filter(pk=cabinet.secretary.pk).update(last_sign_in_at=old)
        Person.objects.filter(pk=cabinet.doctor.pk).update(last_sign_in_at=old)
    row = upkeep.run()
    assert row.ok and row.kind == Run.Kind.UPKEEP
    assert row.counts["sessions"] == 1 and row.counts["dormant"] == 1
    assert "1 sessions" in row.message
    assert Person.unscoped.get(pk=cabinet.secretary.pk).suspended_at
    assert Person.unscoped.get(pk=cabinet.doctor.pk).suspended_at is None, "the owner is never locked out"


def test_a_dormant_account_is_announced_before(cabinet):
    with cabinet.at_work(cabinet.doctor):
        Person.objects.filter(pk=cabinet.secretary.pk).update(
            last_sign_in_at=timezone.now() - timedelta(days=100)
        )
        found = [(person.pk, days) for person, days in upkeep.dormant()]
    assert found == [(cabinet.secretary.pk, 20)]


def test_a_second_run_finds_nothing_left(cabinet):
    upkeep.run()
    assert upkeep.run().message == "rien n’était au terme"


def test_every_rule_that_a_model_names_has_an_end():
    """No kind of data may lack its clock: the patient's file leaves by `moves`, all else by a purge (R7.1, R7.2)."""
    ends = {"medical_record"} | {purge.rule for purge in purges.PURGES.values()}
    for model in apps.get_models():
        if isinstance(inventory := getattr(model, "inventory", None), Inventory):
            assert inventory.retention in ends, f"{model._meta.label}: {inventory.retention}"


def test_each_purpose_ends_by_its_own_rule(cabinet):
    """Drafts, import files, lifted decisions, old evidence, people gone: what is within its term stays."""
    long, recent = timezone.now() - timedelta(days=6 * 366), timezone.now() - timedelta(days=2)
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        for age, number in ((long, 1), (recent, 2)):
            run = start_import(
                keyring=keyring,
                author=cabinet.doctor,
                data=f"Nom de naissance;Prénom;Date de naissance\nLe Goff;Paul;0{number}/02/1970\n".encode(),
                circle_id=cabinet.circle.pk,
            )
            ImportRun.objects.filter(pk=run.pk).update(created_at=age)
            draft = Draft.objects.create(
                patient=patient, author_id=number, domain_key_id=1, sealed=b"x", kind="consultation"
            )
            Draft.objects.filter(pk=draft.pk).update(updated_at=age)
            Restriction.objects.create(
                patient=patient, kind="opposition", purpose="echanges", author_id=1, lifted_at=age
            )
            Intervention.objects.create(
                technician="Théo", equipment="poste", goal="écran", agreed_by=1, ends_at=age, closed_at=age
            )
        Person.objects.filter(pk__in=[cabinet.secretary.pk, cabinet.colleague.pk]).update(suspended_at=long)
        Person.objects.filter(pk=cabinet.manager.pk).update(suspended_at=recent)
        tonight = {purge.code: count for purge, _, count, _ in purges.preview(timezone.localdate())}
    counts = upkeep.run().counts
    for code in ("drafts", "imports", "requests", "evidence", "staff"):
        assert counts[code] == tonight[code] == 1, code
    with cabinet.at_work(cabinet.doctor):
        assert Draft.objects.get().author_id == 2 and ImportBatch.objects.count() == 1
        left = set(Person.objects.values_list("login", flat=True))
        assert cabinet.secretary.login not in left
        assert {cabinet.colleague.login, cabinet.manager.login} <= left, (
            "a practitioner's name stays with records"
        )
    assert upkeep.run().counts["drafts"] == 0


def test_a_step_that_fails_keeps_nothing_else_from_its_end(cabinet, monkeypatch):
    def broken(limit):
        raise OSError("un nom qui ne doit pas sortir")

    monkeypatch.setitem(purges.PURGES, "drafts", replace(purges.PURGES["drafts"], end=broken))
    with cabinet.at_work(cabinet.doctor):
        Person.objects.filter(pk=cabinet.secretary.pk).update(
            suspended_at=timezone.now() - timedelta(days=2200)
        )
    row = upkeep.run()
    assert row.ok is False and row.finished_at and row.counts.get("staff") == 1, (row.message, row.counts)
    assert "brouillons abandonnés\u00a0: échec (OSError)" in row.message and "un nom" not in row.message
