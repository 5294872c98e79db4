"""A technician works within an opened intervention only; equipment says what it lacks (P-MAINT-1, P-REBUT-1)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from serment.operations.models import Equipment, Intervention


def opened(cabinet, **change):
    with cabinet.at_work(cabinet.doctor):
        return Intervention.objects.create(
            technician="Théo",
            equipment="serveur",
            goal="mise à jour",
            agreed_by=cabinet.doctor.pk,
            ends_at=timezone.now() + timedelta(hours=1),
            **change,
        )


def test_no_intervention_no_page(cabinet):
    browser = cabinet.client(cabinet.technician)
    assert browser.get("/").status_code == 200
    answer = browser.get("/exploitation/")
    assert answer.status_code == 403 and "Aucune intervention ouverte" in answer.content.decode()
    row = opened(cabinet)
    assert browser.get("/exploitation/").status_code == 200
    with cabinet.at_work(cabinet.doctor):
        Intervention.objects.filter(pk=row.pk).update(ends_at=timezone.now() - timedelta(minutes=1))
    assert browser.get("/exploitation/").status_code == 403, "it closes by itself"


def test_the_owner_needs_no_intervention(cabinet):
    assert cabinet.client(cabinet.doctor).get("/exploitation/").status_code == 200


def test_equipment_says_what_it_lacks(cabinet):
    browser = cabinet.client(cabinet.doctor)
    browser.post("/exploitation/materiel/nouveau/", {"kind": "laptop", "label": "portable"})
    page = browser.get("/exploitation/").content.decode()
    assert "chiffrement" in page and "verrouillage" in page
    with cabinet.at_work(cabinet.doctor):
        row = Equipment.objects.get()
    row.encrypted = row.screen_lock = True
    assert row.lacks() == []
    row.disposed_on = timezone.localdate()
    assert row.lacks() == ["preuve d’effacement"]


def test_nothing_is_scrapped_without_its_erasure(cabinet):
    browser = cabinet.client(cabinet.doctor)
    data = {"kind": "laptop", "label": "portable", "disposed_on": "2026-11-02"}
    refused = browser.post("/exploitation/materiel/nouveau/", data)
    assert refused.status_code == 422 and "effacées avant la mise au rebut" in refused.content.decode()
    assert (
        browser.post("/exploitation/materiel/nouveau/", {**data, "erasure": "disque détruit"}).status_code
        == 302
    )
