"""A short course leaves the running treatment as it is; a cancelled ordonnance gives back what it did to them."""

from __future__ import annotations

import pytest

from serment.prescribing.treatments import running
from serment.record.kinds.treatment import Treatment
from serment.record.models import Entry
from serment.record.services import NewEntry, add_entries, patient_keys
from serment.vault.ids import encode
from tests.prescribing.test_treatments import FIELDS, key_of, lines_running, page_of, patient  # noqa: F401

LONG = {
    **FIELDS,
    "unit": "dose",
    "duration": "3",
    "duration_unit": "month",
    "renewals": "",
    "keep": "long",
}
SHORT = {**LONG, "dose": "8", "duration": "5", "duration_unit": "day"}


@pytest.mark.parametrize("query", ["prednisone 5", "paracétamol 500"])
def test_a_short_course_does_not_replace_the_long_dosage(cabinet, patient, query):  # noqa: F811
    client, key = cabinet.client(cabinet.doctor), key_of(query)
    assert client.post(page_of(patient), {**LONG, "medicine": key}).status_code == 302
    for keep in ("long", "none"):
        assert client.post(page_of(patient), {**SHORT, "medicine": key, "keep": keep}).status_code == 302
        found = lines_running(cabinet, patient)
        assert len(found) == 1 and "1 dose" in found[0] and "8 doses" not in found[0]
    assert "n’en change pas la posologie" in client.get(page_of(patient)).content.decode()
    assert client.post(page_of(patient), {**SHORT, "medicine": key, "keep": "all"}).status_code == 302
    assert "8 doses" in lines_running(cabinet, patient)[0], "asked for: all the lines"


def ids_running(cabinet, patient) -> dict[str, int]:  # noqa: F811
    with cabinet.at_work(cabinet.doctor) as keyring:
        found = running(keyring=keyring, patient_id=patient.pk)
        return {item.content.label.split()[0]: item.id for item in found}


def three(cabinet, patient, client):  # noqa: F811
    """One treatment begun, one changed, one stopped by the same ordonnance; gives its address."""
    with cabinet.at_work(cabinet.doctor) as keyring:
        add_entries(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            entries=[
                NewEntry("treatment", Treatment(label="Prednisone", medicine=key_of("prednisone 5"), dosage="1 le matin")),
                NewEntry("treatment", Treatment(label="Ramipril 5 mg", dosage="1 le soir")),
            ],
        )  # fmt: skip
    ids = ids_running(cabinet, patient)
    both = {name: [value, value] for name, value in LONG.items()}
    both |= {"medicine": [key_of("amlodipine 5"), key_of("prednisone 5")], "dose": ["1", "2"], "keep": "long"}
    done = client.post(page_of(patient), both | {f"stop-{encode(ids['Ramipril'])}": "toux"})
    assert done.status_code == 302
    found = lines_running(cabinet, patient)
    assert len(found) == 2 and any("2 doses" in line for line in found)
    return done.url


def test_cancelling_gives_the_treatments_back_as_they_were(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    url = three(cabinet, patient, client)
    page = client.get(url).content.decode()
    boxes = [part.partition('"')[0] for part in page.split('name="undo" value="')[1:]]
    assert len(boxes) == 3 and page.count("checked> <span") >= 3
    assert "arrêter" in page and "1 le matin" in page and "remettre en cours" in page
    after = client.post(f"{url}annuler/", {"reason": "mauvais patient", "undo": boxes}, follow=True)
    assert "Annulée : mauvais patient" in after.content.decode()
    found = sorted(lines_running(cabinet, patient))
    assert [line.split(",")[0] for line in found] == ["Prednisone", "Ramipril 5 mg"]
    assert "1 le matin" in found[0] and "1 le soir" in found[1]
    with cabinet.at_work(cabinet.doctor) as keyring:
        keys = patient_keys(keyring, patient.pk)
        past = [keys.open(row, "payload") for row in Entry.objects.filter(kind="treatment", standing=False)]
    assert [(p["status"], p["reason"]) for p in past] == [("stopped", "ordonnance annulée : mauvais patient")]


def test_what_is_left_unticked_stays_and_the_page_says_so(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    url = three(cabinet, patient, client)
    after = client.post(f"{url}annuler/", {"reason": "mauvais patient"}, follow=True).content.decode()
    assert len(lines_running(cabinet, patient)) == 2
    assert "Restent au dossier" in after and "Amlodipine" in after.partition("Restent au dossier")[2]


def test_what_was_changed_since_is_left_alone(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    url = three(cabinet, patient, client)
    again = {**LONG, "medicine": key_of("amlodipine 5"), "when": "ms"}
    assert client.post(page_of(patient), again).status_code == 302
    page = client.get(url).content.decode()
    assert page.count('name="undo"') == 2
    forged = encode(ids_running(cabinet, patient)["Amlodipine"])
    client.post(f"{url}annuler/", {"reason": "mauvais patient", "undo": [forged]})
    assert any("matin et le soir" in line for line in lines_running(cabinet, patient))


def test_a_cancelled_ordonnance_is_not_renewed(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    first = client.post(
        page_of(patient), {**SHORT, "medicine": key_of("doxycycline"), "dose": "1", "unit": "dose"}
    ).url
    url = client.post(page_of(patient), {**LONG, "medicine": key_of("amlodipine 5"), "keep": "none"}).url
    assert "Renouveler" in client.get(url).content.decode()
    client.post(f"{url}annuler/", {"reason": "mauvais patient"})
    page = client.get(url).content.decode()
    assert "?renouveler=" not in page.partition("<h1")[2]
    asked = client.get(f"{page_of(patient)}?renouveler={url.split('/')[-2]}").content.decode()
    assert "data-line" not in asked and "annulée, elle ne se renouvelle pas" in asked
    last = client.get(f"{page_of(patient)}?renouveler=derniere").content.decode()
    lines = last.partition('id="lines"')[2].partition('id="alerts"')[0]
    assert "Doxycycline" in lines and "Amlodipine" not in lines
    assert "Renouveler" in client.get(first).content.decode()
