"""Anonymous counts: no small number, no lone hidden cell, one's own patients only (R3.13, R7.11)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from serment.privacy import aggregates, requests
from serment.record import services as record
from serment.record.kinds.problem import Problem

counts = st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 60), max_size=9)


@given(counts)
def test_nothing_small_is_shown_and_no_total_gives_it_away(found):
    shown = aggregates.suppressed(found, 11)
    hidden = [label for label, count in shown if count is None]
    assert all(count == 0 or count >= 11 for _, count in shown if count is not None)
    assert len(hidden) != 1 or sum(1 for count in found.values() if count) == 1


def test_ages_and_problems_of_ones_own_patients(cabinet):
    doctor = cabinet.doctor
    people = [cabinet.patient(birth_family_name=f"Nom{number:02d}") for number in range(13)]
    with cabinet.at_work(doctor) as keyring:
        for patient in people[:12]:
            record.add_entry(
                keyring=keyring,
                author=doctor,
                patient_id=patient.pk,
                kind="problem",
                payload=Problem(label="migraine", code="G43"),
            )
        requests.limit(author=doctor, patient_id=people[12].pk)
        tables = {table.title: dict(table.rows) for table in aggregates.tables(keyring=keyring)}
    assert tables["Problèmes de santé codés"] == {"G43 migraine": 12}
    assert sum(count or 0 for count in tables["Sexes"].values()) == 12, "the frozen file is not counted"


def test_the_page_counts_on_demand_and_the_desk_is_refused(cabinet):
    browser = cabinet.client(cabinet.doctor)
    assert "Âges" not in browser.get("/vie-privee/statistiques/").content.decode()
    assert "Âges" in browser.post("/vie-privee/statistiques/").content.decode()
    assert cabinet.client(cabinet.secretary).get("/vie-privee/statistiques/").status_code == 403
