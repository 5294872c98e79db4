"""Payments of before the accounts keep their sums, get a number, and an allocation to the claim they had."""

from __future__ import annotations

import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from serment.vault.ids import new_id
from serment.vault.tenancy import all_practices

NEW = [("billing", "0004_accounts_whole")]
OLD = [("billing", "0002_closing"), ("practice", "0001_initial")]


@pytest.mark.sqlite
def test_old_payments_are_carried_over(tmp_path, django_db_blocker):
    connections.databases["upgrade"] = {**connection.settings_dict, "NAME": str(tmp_path / "old.sqlite3")}
    base = connections["upgrade"]
    with django_db_blocker.unblock():
        try:
            before = MigrationExecutor(base)
            before.migrate(OLD)
            ids = _fill(before.loader.project_state(OLD).apps, "upgrade")
            after = MigrationExecutor(base)
            after.migrate(NEW)
            _check(after.loader.project_state(NEW).apps, "upgrade", ids)
        finally:
            base.close()
            del connections.databases["upgrade"]
            delattr(connections._connections, "upgrade")


def _fill(apps, alias):
    practice, now = new_id(), timezone.now()
    circle = apps.get_model("practice", "Circle")(id=new_id(), practice_id=practice, name="c")
    circle.save(using=alias)
    owner = apps.get_model("practice", "Practitioner")(
        id=new_id(),
        practice_id=practice,
        circle=circle,
        family_name="A",
        given_name="B",
        profession="medecin",
        rpps="1",
    )
    owner.save(using=alias)
    patient = apps.get_model("patients", "Patient")(id=new_id(), practice_id=practice, identity=b"x")
    patient.save(using=alias)
    claim = apps.get_model("billing", "Claim")(
        id=new_id(),
        practice_id=practice,
        patient=patient,
        practitioner=owner,
        number="2026-00001",
        request_key="k",
        established_on=now.date(),
        total_cents=3000,
        patient_cents=900,
        paid_cents=3000,
        payload=b"x",
    )
    claim.save(using=alias)
    payment_of = apps.get_model("billing", "Payment")
    first = None
    for number, (cents, key) in enumerate(((3000, "p"), (-3000, "r"), (3000, "noemie-1"))):
        row = payment_of(
            id=new_id(),
            practice_id=practice,
            claim=claim,
            amount_cents=cents,
            mode="card",
            request_key=key,
            received_by=7,
            reverses=first if number == 1 else None,
        )
        row.save(using=alias)
        first = first or row
    apps.get_model("billing", "Counter")(id=new_id(), practice_id=practice, year=2026, last=1).save(
        using=alias
    )
    return practice, owner.pk, patient.pk, claim.pk


def _check(apps, alias, ids):
    practice, owner, patient, claim = ids
    with all_practices():
        rows = list(apps.get_model("billing", "Payment").unscoped.using(alias).order_by("pk"))
        shared = list(apps.get_model("billing", "Allocation").unscoped.using(alias).order_by("pk"))
        counters = apps.get_model("billing", "Counter").unscoped.using(alias)
        last = {row.kind: row.last for row in counters}
    assert [(r.number, r.kind, r.payer) for r in rows] == [
        (1, "receipt", "patient"),
        (2, "reversal", "patient"),
        (3, "receipt", "amo"),
    ]
    assert {(r.practitioner_id, r.patient_id, r.practice_id) for r in rows} == {(owner, patient, practice)}
    assert [(a.claim_id, a.payment_id, a.cents) for a in shared] == [
        (claim, row.pk, row.amount_cents) for row in rows
    ]
    assert last == {"claim": 1, "payment": 3}
