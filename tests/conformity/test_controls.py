"""Every control measures something that can fail: each is shown the state that it must not accept (R2.3)."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.agenda.models import Appointment
from serment.billing.models import Claim
from serment.conformity import catalogue
from serment.conformity.checks import all_controls, data, ends, machine, papers, people, providers, texts
from serment.conformity.models import Justification
from serment.journal.models import Event
from serment.operations.installation import Finding
from serment.operations.models import Intervention
from serment.patients.models import Patient
from serment.practice.models import Practice, Practitioner
from serment.privacy import declarations, register
from serment.privacy.models import Breach, EmergencyAccess, NoticeHanding, Processor, RightsRequest, Settings
from serment.privacy.request_forms import ReceiveForm
from serment.record.kinds.document import Document
from serment.record.models import Entry
from serment.retention.models import ArchivedFile
from serment.transmission.models import Lot
from serment.vault.inventory import Category
from serment.vault.models import Grant, SubjectKey
from tests.world import World, build_world

PAST = timezone.now() - timedelta(days=800)


def give(world: World, person: Person, domain: str) -> None:
    """A key that this person must not hold."""
    held = Grant.objects.filter(domain_key__domain=domain).first()
    Grant.objects.create(holder_id=person.holder_id, domain_key=held.domain_key, sealed_secret=b"x")


def declared(patch: Any, **changes: Any) -> None:
    """The inventory of one patient table, changed."""
    model, held = next(pair for pair in register.declarations() if pair[1].subject == "patient")
    patch.setattr(register, "declarations", lambda: [(model, replace(held, **changes))])


def host(**changes: Any) -> None:
    Settings.objects.update_or_create(defaults={"hosting": Settings.Hosting.HOSTED, **changes})


def findings_fail(patch: Any) -> None:
    codes = ("backup", "rehearsal", "backup_disk", "rights", "disk", "space", "tls", "clock")
    patch.setattr(machine.installation, "findings", lambda: [Finding(c, False, "non") for c in codes])


def double_booked(patch: Any) -> None:
    row = Appointment.objects.order_by("pk").first()
    Appointment.objects.filter(pk=row.pk).update(state=Appointment.State.CANCELLED)
    row.pk = row.id = None
    row.state = Appointment.State.CANCELLED
    row.changed_seq += 1
    row.save(force_insert=True)
    patch.setattr(data, "FREE", ())


def came_unasked(world: World) -> None:
    day = timezone.now() - timedelta(days=3)
    Appointment.objects.update(start=day, end=day + timedelta(minutes=20))
    Event.objects.all().delete()


def old_double() -> None:
    Lot.objects.create(number=9001, scheme="01", fund="351", message="m", file=b"x", acknowledged_at=PAST)


def title_with_a_name(patch: Any, folder: Any) -> None:
    import serment

    page = folder / "room" / "templates" / "room" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text("{% block title %}{{ card.display_name }}{% endblock %}")
    patch.setattr(serment, "__file__", str(folder / "__init__.py"))


def shared_against_the_patient(world: World) -> None:
    row = SubjectKey.objects.filter(domain="care", subject_id=world.ids["patient_id"]).first()
    SubjectKey.objects.create(
        practice_id=row.practice_id,
        subject_id=row.subject_id,
        domain="care",
        circle_id=world.cabinet.outsider.practitioner.circle_id,
        domain_key_id=row.domain_key_id,
        shared=True,
        wrapped=b"x",
    )


def forged_edition(world: World) -> None:
    from serment.conformity import editions

    with world.cabinet.at_work(world.cabinet.doctor) as keyring:
        row = editions.keep(
            keyring=keyring, author=world.cabinet.doctor, lines=[{"id": "R1.1", "state": "not_met"}]
        )
        assert all_controls()["edition"]().ok is True
        type(row).objects.filter(pk=row.pk).update(lines=[{"id": "R1.1", "state": "met"}])


def rights_open(patch: Any) -> None:
    patch.setitem(papers.rights.MATRIX["6.1.c"], "opposition", "")


BAD = {
    "practitioners": lambda w, p, t: Practitioner.objects.filter(pk=w.cabinet.doctor.practitioner.pk).update(
        rpps=""
    ),
    "permissions": lambda w, p, t: p.setattr(
        people, "addresses", lambda: [("x", SimpleNamespace(callback=None))]
    ),
    "secretary": lambda w, p, t: give(w, w.cabinet.secretary, "care"),
    "audit": lambda w, p, t: p.setitem(
        people.PROFILES,
        "auditor",
        replace(
            people.PROFILES["auditor"], permissions=people.PROFILES["auditor"].permissions | {"patients.view"}
        ),
    ),
    "technician": lambda w, p, t: give(w, w.cabinet.technician, "admin"),
    "profiles": lambda w, p, t: p.setitem(
        people.PROFILES, "secretary", replace(people.PROFILES["secretary"], domains=(data.Domain.CARE,))
    ),
    "accounts": lambda w, p, t: Person.objects.filter(pk=w.cabinet.secretary.pk).update(login="secretariat"),
    "passwords": lambda w, p, t: p.setattr(people.passwords, "check_password", lambda *a: None),
    "two_factors": lambda w, p, t: Person.objects.update(must_change_password=False, sealed_totp=None),
    "reset": lambda w, p, t: Person.objects.update(must_change_password=True, password_until=PAST),
    "throttle": lambda w, p, t: p.setattr(people.throttle, "delay_after", lambda n: timedelta(0)),
    "leavers": lambda w, p, t: Person.objects.filter(pk=w.cabinet.colleague.pk).update(suspended_at=PAST),
    "notice_read": lambda w, p, t: Person.objects.update(notice_read_at=None, last_sign_in_at=PAST),
    "lock": lambda w, p, t: Practice.objects.update(idle_minutes=30),
    "review": lambda w, p, t: Person.objects.update(created_at=PAST),
    "sharing": lambda w, p, t: shared_against_the_patient(w),
    "care_relation": lambda w, p, t: EmergencyAccess.objects.update(at=PAST),
    "inventory": lambda w, p, t: declared(p, retention="toujours"),
    "bases": lambda w, p, t: p.setitem(data.BASES, "dossier_medical", "6.1.f"),
    "minimal": lambda w, p, t: declared(p, fields={"pk": (Category.CORRESPONDENT,)}),
    "identifiers": lambda w, p, t: declared(p, fields={"id": (Category.INS,)}),
    "situation": lambda w, p, t: p.setattr(
        Entry, "inventory", replace(Entry.inventory, fields={"payload": ()})
    ),
    "lifestyle": lambda w, p, t: p.setattr(data, "Lifestyle", data.Situation),
    "sealed": lambda w, p, t: Patient.objects.update(
        identity=b"Quilliver\xc3\xa9 Th\xc3\xa9odorine, en clair"
    ),
    "agenda": lambda w, p, t: double_booked(p),
    "record": lambda w, p, t: Entry.objects.update(signature=b""),
    "prescribing": lambda w, p, t: Entry.objects.update(author_id=w.cabinet.secretary.pk),
    "claims": lambda w, p, t: Claim.objects.update(patient_cents=1),
    "quality": lambda w, p, t: SubjectKey.objects.filter(subject_id=w.ids["patient_id"]).delete(),
    "source": lambda w, p, t: Entry.objects.update(author_id=1),
    "sources": lambda w, p, t: p.setattr(Document.model_fields["source"], "default", ""),
    "hosting": lambda w, p, t: host(),
    "freeze": lambda w, p, t: p.setattr(settings, "MIDDLEWARE", []),
    "defaults": lambda w, p, t: p.setattr(
        data, "Practice", lambda: SimpleNamespace(idle_minutes=60, is_demo=False)
    ),
    "fictitious": lambda w, p, t: None,  # the neighbour practice of these tests is a real one
    "restitution": lambda w, p, t: declared(p, export=""),
    "free_text": lambda w, p, t: p.setattr(ReceiveForm.base_fields["asked"], "max_length", None),
    "catalogue": lambda w, p, t: p.setattr(catalogue, "requirements", lambda: ()),
    "scope": lambda w, p, t: p.setattr("serment.practice.professions.PROFESSIONS", {"pharmacien": None}),
    "edition": lambda w, p, t: forged_edition(w),
    "register": lambda w, p, t: None,
    "balancing": lambda w, p, t: None,
    "impact": lambda w, p, t: None,  # several practitioners, said to work alone
    "notice": lambda w, p, t: p.setattr(papers.notice, "build", lambda practice: SimpleNamespace(text="")),
    "home_visits": lambda w, p, t: (
        Appointment.objects.update(home_visit=True),
        NoticeHanding.objects.all().delete(),
    ),
    "processors": lambda w, p, t: None,  # the world's provider has no contract
    "contracts": lambda w, p, t: None,
    **{
        f"clause_{code}": lambda w, p, t: None
        for code in (
            "instruction",
            "confidentiality",
            "security",
            "subprocessing",
            "assistance",
            "return",
            "audit",
        )
    },
    "contract_model": lambda w, p, t: p.setattr(providers.contract, "sections", lambda *a: []),
    "returned": lambda w, p, t: Processor.objects.update(ended_on=PAST),
    "audits": lambda w, p, t: Processor.objects.update(audited_on=PAST),
    "stores": lambda w, p, t: Processor.objects.update(kind="backup"),
    "booking": lambda w, p, t: Processor.objects.update(kind="booking"),
    "mail_host": lambda w, p, t: Processor.objects.update(kind="mail", country="États-Unis"),
    "breaches": lambda w, p, t: Breach.objects.update(known_at=PAST),
    "incidents": lambda w, p, t: Breach.objects.update(known_at=PAST, reported_by=Processor.objects.get()),
    "requests": lambda w, p, t: RightsRequest.objects.update(due_on=PAST),
    "rights": lambda w, p, t: rights_open(p),
    "encrypted_copy": lambda w, p, t: p.setattr("serment.documents.locked.lock_pdf", lambda pdf, *a: pdf),
    "watch": lambda w, p, t: p.setattr(papers.watch, "MANY_FILES", 10**6),
    "charter": lambda w, p, t: None,
    "secrecy": lambda w, p, t: None,
    "awareness": lambda w, p, t: None,
    "aggregates": lambda w, p, t: p.setattr(
        papers.aggregates, "suppressed", lambda counts, least: counts.items()
    ),
    "no_extraction": lambda w, p, t: p.setattr(papers, "LISTS", set()),
    "slip": lambda w, p, t: p.setattr(papers.slip, "lines", lambda practice, row: [row.type.label]),
    "contacts": lambda w, p, t: came_unasked(w),
    "provider": lambda w, p, t: (host(), Practice.objects.update(name="")),
    "gaps": lambda w, p, t: Justification.objects.create(
        requirement="R6.3", motive="m", measure="m", review_on=PAST, author_id=1, author_name="x"
    ),
    "declarations": lambda w, p, t: p.setattr(declarations, "dated", lambda: PAST.date()),
    "retention": lambda w, p, t: p.setattr(ends.departures, "late", lambda: 3),
    "archive": lambda w, p, t: p.setattr(ends.store, "is_apart", lambda: False),
    "destruction": lambda w, p, t: ArchivedFile.objects.update(destroy_on=PAST),
    "retention_rules": lambda w, p, t: p.setattr(
        ends.profiles,
        "load",
        lambda code: SimpleNamespace(retention={"x": SimpleNamespace(active_months=0, ground="")}),
    ),
    "doubles": lambda w, p, t: old_double(),
    "archive_term": lambda w, p, t: ArchivedFile.objects.update(destroy_on=timezone.localdate()),
    "archive_whole": lambda w, p, t: ArchivedFile.objects.update(archived_at=PAST, checked_at=None),
    "archive_looks": lambda w, p, t: give(w, w.cabinet.substitute, "archive"),
    **{
        code: lambda w, p, t: findings_fail(p)
        for code in ("backup", "rehearsal", "tls", "key_files", "availability", "backup_disk", "article_32")
    },
    "journal": lambda w, p, t: Event.objects.filter(seq=2).update(action="record.viewed"),
    "maintenance": lambda w, p, t: Intervention.objects.update(ends_at=PAST),
    "mail_tls": lambda w, p, t: p.setattr(machine.secure, "context", ssl._create_unverified_context),
    "no_third_party": lambda w, p, t: p.setattr(machine, "CONTENT_SECURITY_POLICY", "script-src https://x"),
    "cookies": lambda w, p, t: p.setattr(settings, "SESSION_COOKIE_SAMESITE", "Lax"),
    "urls": lambda w, p, t: p.setattr(machine, "ALLOWED_CONVERTERS", set()),
    "titles": lambda w, p, t: title_with_a_name(p, t),
    "crypto": lambda w, p, t: p.setattr(
        settings, "ARGON2", {"memory_cost": 1024, "iterations": 1, "lanes": 1}
    ),
    "equipment": lambda w, p, t: None,  # the world's laptop is neither encrypted nor locked
    "scope_text": lambda w, p, t: p.setattr(
        texts.profiles, "load", lambda code: SimpleNamespace(name="", dated=PAST, note="")
    ),
    "references": lambda w, p, t: p.setattr(catalogue, "REFERENCES", {}),
    "guide": lambda w, p, t: p.setattr(catalogue, "GUIDE", {}),
}
"""Control → what makes it fail: (world, monkeypatch, an empty folder)."""


@contextmanager
def undone(world: World):
    """Whatever is done inside is taken back."""
    with world.cabinet.at_work(world.cabinet.doctor), transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_every_control_is_tried():
    assert set(BAD) == set(all_controls())


def test_every_control_can_fail(cabinet, tmp_path):
    world, controls, passed = build_world(cabinet), all_controls(), []
    for code, spoil in BAD.items():
        with pytest.MonkeyPatch.context() as patch, undone(world):
            try:
                spoil(world, patch, tmp_path)
                if controls[code]().ok is not False:
                    passed.append(code)
            except Exception as error:
                passed.append(f"{code}: {type(error).__name__} {error}"[:200])
    assert not passed, "these accept a state that they must refuse"
