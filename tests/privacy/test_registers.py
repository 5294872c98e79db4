"""Processors and violations (R6.13-R6.28)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from serment.privacy import breaches, contract, processors
from serment.privacy.forms import CLAUSES, BreachForm
from serment.privacy.models import Breach, Processor
from serment.vault.ids import encode
from tests.documents.samples import text_of


def test_a_provider_lacks_what_is_not_there():
    today = timezone.localdate()
    row = Processor(name="Hébergeur", service="hébergement", hosts_health=True)
    assert processors.lacks(row) == [
        "contrat à signer",
        "7 clauses manquantes",
        "certificat HDS à noter avec sa date",
    ]
    row.contract_on, row.clauses = today, list(CLAUSES)
    row.hds_certificate, row.hds_until = "HDS-1", today - timedelta(days=1)
    assert processors.lacks(row) == ["certificat HDS expiré"]
    row.hds_until = today + timedelta(days=365)
    assert processors.lacks(row) == []
    row.ended_on = today
    assert processors.lacks(row) == ["données à rendre ou à détruire"]


def form(**more):
    now = timezone.localtime()
    data = {
        "known_at": f"{now - timedelta(hours=80):%Y-%m-%dT%H:%M}",
        "natures": ["confidentiality"],
        "facts": "Courriel envoyé au mauvais destinataire",
    }
    return BreachForm({**data, **more})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"closed_at": "2026-11-20T10:00"}, "risk"),
        ({"closed_at": "2026-11-20T10:00", "risk": "risk"}, "notified_at"),
        ({"closed_at": "2026-11-20T10:00", "risk": "high", "notified_at": "2026-11-20T10:00"}, "informed_at"),
        ({"known_at": "2999-01-01T10:00"}, "known_at"),
        ({"natures": []}, "natures"),
    ],
)
def test_a_violation_closes_only_when_done(given, field):
    assert field in form(**given).errors


def test_late_notification_says_why():
    late = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    assert "late_reason" in form(notified_at=late).errors
    assert form(notified_at=late, late_reason="fermeture").is_valid()


def test_the_72_hours_run(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = form()
        assert given.is_valid()
        row = breaches.save(keyring=keyring, author=cabinet.doctor, data=given.cleaned_data)
        assert breaches.is_late(row) and breaches.late_count() == 1
        assert b"destinataire" not in bytes(Breach.objects.get().facts)
        row.risk = Breach.Risk.NONE
        assert not breaches.is_late(row)
    client = cabinet.client(cabinet.doctor)
    address = f"/vie-privee/violations/{encode(row.pk)}/notification.pdf"
    paper = client.get(address).content
    assert paper.startswith(b"%PDF") and "À dire aux personnes" not in text_of(paper)
    Breach.unscoped.filter(pk=row.pk).update(risk=Breach.Risk.HIGH)
    told = text_of(client.get(address).content)
    assert "À dire aux personnes concernées" in told and "article 34" in told


def test_a_provider_gets_its_clauses_and_a_platform_says_who_answers(cabinet):
    """Seven clauses on paper; an online booking is not kept without its sharing of responsibilities (R6.15, R6.18)."""
    client = cabinet.client(cabinet.doctor)
    given = {"name": "Agenda Plus", "kind": "booking", "service": "rendez-vous en ligne", "country": "France"}
    refused = client.post("/vie-privee/sous-traitants/nouveau/", given)
    assert refused.status_code == 422 and "qui répond" in refused.content.decode()
    assert "Agenda Plus" in refused.content.decode(), "what was typed is kept"
    given["responsibilities"] = "Le cabinet : les rendez-vous. La plateforme : ses comptes."
    assert client.post("/vie-privee/sous-traitants/nouveau/", given).status_code == 302
    with cabinet.at_work(cabinet.doctor):
        row = Processor.objects.get()
        text = str(contract.sections(cabinet.practice, row))
    assert all(words in text for words in contract.TEXTS.values()) and "Agenda Plus" in text
    paper = client.get(f"/vie-privee/sous-traitants/{encode(row.pk)}/clauses.pdf")
    assert paper.content.startswith(b"%PDF")
