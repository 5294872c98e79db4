"""The record's page: the summary in the order of the « volet de synthèse médicale », and the filters of the timeline."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from serment.record.kinds.allergy import Allergy
from serment.record.kinds.consultation import Consultation
from serment.record.kinds.history import History
from serment.record.kinds.lifestyle import Lifestyle
from serment.record.kinds.observation import Observation
from serment.record.kinds.pregnancy import Pregnancy
from serment.record.kinds.problem import Problem
from serment.record.kinds.situation import Situation
from serment.record.kinds.treatment import Treatment
from serment.vault.marks import mark


def page(cabinet, path):
    return cabinet.client(cabinet.doctor).get(path).content.decode()


def test_the_summary_has_the_order_of_the_national_one(cabinet, add, record_path):
    add("treatment", Treatment(label="Lévothyroxine"))
    add("pregnancy", Pregnancy(lmp=timezone.localdate() - timedelta(weeks=12)))
    add("history", History(side="family", relative="mère", text="Glaucome"))
    add("situation", Situation(work="boulangère"))
    add("lifestyle", Lifestyle(agreed=True, tobacco="never"))
    add("allergy", Allergy(substance="Pénicilline"))
    add("history", History(side="surgical", text="Appendicectomie", when="2001"))
    add("history", History(side="personal", text="Paludisme"))
    add("problem", Problem(label="Hypothyroïdie", code="E03"))
    shown = page(cabinet, record_path).partition("Synthèse</h2>")[2]
    places = [
        shown.index(words)
        for words in (
            "Pathologies en cours", "Hypothyroïdie (E03)",
            "Antécédents médicaux", "Paludisme",
            "Antécédents chirurgicaux", "Appendicectomie (2001)",
            "Allergies et intolérances", "Pénicilline",
            "Mode de vie", "tabac",
            "Situation et facteurs professionnels", "boulangère",
            "Antécédents familiaux", "Glaucome (mère)",
            "Points de vigilance", "Grossesse en cours",
            "Traitements au long cours", "Lévothyroxine",
            "Dernières mesures",
        )
    ]  # fmt: skip
    assert places == sorted(places)


def test_an_entry_that_is_over_from_the_start_is_not_in_the_summary(cabinet, record_path):
    browser = cabinet.client(cabinet.doctor)
    resolved = {"label": "Zona", "status": "resolved"}
    stopped = {"label": "Ibuprofène", "status": "stopped", "since": "2026-01-02", "until": "2026-01-09"}
    assert browser.post(f"{record_path}ajouter/{mark('problem')}/", resolved).status_code == 302
    assert browser.post(f"{record_path}ajouter/{mark('treatment')}/", stopped).status_code == 302
    for wrong, said in (
        ({**stopped, "until": "2025-01-09"}, "L’arrêt précède le début"),
        ({**stopped, "status": "running"}, "Une date d’arrêt est donnée"),
    ):
        answer = browser.post(f"{record_path}ajouter/{mark('treatment')}/", wrong)
        assert answer.status_code == 422 and said in answer.content.decode()
    timeline, _, summary = page(cabinet, record_path).partition("Synthèse</h2>")
    assert "Zona" in timeline and "Ibuprofène" in timeline
    assert "Zona" not in summary and "Ibuprofène" not in summary


def test_filters_are_by_group_and_by_time_and_older_pages_keep_them(cabinet, add, record_path):
    now = timezone.now()
    add("observation", Observation(label="Ferritine", value=40))
    add("consultation", Consultation(reason="toux récente"), occurred_at=now - timedelta(days=20))
    for days in range(400, 425):
        add("consultation", Consultation(reason=f"visite {days}"), occurred_at=now - timedelta(days=days))
    results = (
        page(cabinet, record_path + "?type=result").partition("timeline-list")[2].partition("Synthèse")[0]
    )
    assert "Ferritine" in results and "toux récente" not in results
    recent = page(cabinet, record_path + "?type=consultation&depuis=3m").partition("timeline-list")[2]
    assert (
        "toux récente" in recent.partition("Synthèse")[0]
        and "visite 400" not in recent.partition("Synthèse")[0]
    )
    whole = page(cabinet, record_path + "?type=consultation&depuis=5a")
    assert f"type={mark('consultation')}&amp;depuis=5a&amp;avant=" in whole
    for odd in ("?type=horoscope&depuis=9z", "?type=problem&depuis=", "?avant=x"):
        assert cabinet.client(cabinet.doctor).get(record_path + odd).status_code == 200
    assert "Rien de tel dans ce dossier" in page(cabinet, record_path + "?type=prevention")


def test_filters_cost_no_more_queries(cabinet, add, record_path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = cabinet.client(cabinet.doctor)
    add("consultation", Consultation(reason="toux"))
    browser.get(record_path)
    with CaptureQueriesContext(connection) as plain:
        browser.get(record_path)
    with CaptureQueriesContext(connection) as filtered:
        browser.get(record_path + "?type=consultation&depuis=1a")
    assert len(filtered) <= len(plain)
