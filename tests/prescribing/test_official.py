"""After the official import, what was written from the starter list leads to its equivalent, or says that it has none."""

from __future__ import annotations

import json

import pytest

from serment.catalogues.models import Medicine, Word
from serment.catalogues.succession import heirs
from serment.prescribing import habits
from serment.prescribing.models import Protocol
from tests.prescribing.test_treatments import FIELDS, key_of, page_of, patient  # noqa: F401

OFFICIAL = [
    ("bdpm:1", "AMLODIPINE GÉNÉRIQUE LONG 5 mg, gélule", "Amlodipine 5 mg, gélule", "gélule", "AMLODIPINE", "5 mg"),
    ("bdpm:2", "MOTILIUM 10 mg, comprimé pelliculé", "Dompéridone 10 mg, comprimé pelliculé", "comprimé pelliculé", "DOMPÉRIDONE", "10 mg"),
    ("bdpm:3", "DOMPÉRIDONE 10 mg, comprimé orodispersible", "Dompéridone 10 mg, comprimé orodispersible", "comprimé orodispersible", "DOMPÉRIDONE", "10 mg"),
    ("bdpm:4", "DOMPÉRIDONE 20 mg, comprimé", "Dompéridone 20 mg, comprimé", "comprimé", "DOMPÉRIDONE", "20 mg"),
]  # fmt: skip


def import_official() -> None:
    """As an import leaves things: the official rows and their words, the starter's without theirs."""
    Word.objects.filter(kind="m").delete()
    for key, name, label, form, dci, strength in OFFICIAL:
        Medicine.objects.create(
            key=key,
            source="bdpm",
            name=name,
            dci_label=label,
            form=form,
            substances=[["1", dci, "SA", strength, "1"]],
        )
        Word.objects.create(kind="m", word=dci.lower().replace("é", "e"), target=key, rank=0)


@pytest.fixture
def usual(cabinet, patient):  # noqa: F811
    """(keys) prescribed most before the import: one with an equivalent, one without."""
    keys = key_of("dompéridone 10"), key_of("doxycycline 100")
    with cabinet.at_work(cabinet.doctor):
        habits.count(cabinet.doctor, keys)
    return keys


def test_same_dci_strength_and_form(usual, django_assert_num_queries):
    before = list(Medicine.objects.filter(key__in=usual))
    assert heirs(before) == {}, "nothing changes while the starter list is all there is"
    import_official()
    with django_assert_num_queries(4):
        found = heirs(before)
    assert {key: one and one.key for key, one in found.items()} == {usual[0]: "bdpm:2", usual[1]: None}


def test_the_usual_ones_are_official_or_said(cabinet, patient, usual):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    assert usual[0] in client.get(page_of(patient)).content.decode()
    import_official()
    page = client.get(page_of(patient)).content.decode()
    assert "bdpm:2" in page and "starter:" not in page
    assert "sans équivalent dans la base publique" in page and "Doxycycline 100 mg" in page
    led = client.post("/medicaments/ligne/", {"key": usual[0]}).content.decode()
    assert 'value="bdpm:2"' in led
    none = client.post("/medicaments/ligne/", {"key": usual[1]})
    assert none.status_code == 204 and "sans équivalent" in json.loads(none["HX-Trigger"])["toast"]["text"]


def test_a_renewal_and_a_protocol_are_led_too(cabinet, patient, usual):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    both = {name: [value, value] for name, value in FIELDS.items()} | {"medicine": list(usual)}
    signed = client.post(page_of(patient), both)
    assert signed.status_code == 302
    assert client.post(f"{signed.url}protocole/", {"label": "Nausées"}).status_code == 302
    import_official()
    page = client.get(f"{page_of(patient)}?renouveler=derniere").content.decode()
    assert 'value="bdpm:2"' in page and "Non repris, de la liste de départ" in page and "Doxycycline" in page
    with cabinet.at_work(cabinet.doctor):
        from serment.vault.ids import encode

        protocol = encode(Protocol.objects.get().pk)
    used = client.post("/medicaments/protocole/", {"protocol": protocol})
    assert 'value="bdpm:2"' in used.content.decode() and "starter:" not in used.content.decode()
    assert "Doxycycline" in json.loads(used["HX-Trigger"])["toast"]["text"]
