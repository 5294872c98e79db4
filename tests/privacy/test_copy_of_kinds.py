"""Every kind of entry of a record has its versions, and is in the patient's copy as a person and a machine read it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from serment.prescribing.payloads import Dosage, Line, Prescription
from serment.privacy import copy
from serment.record import kinds
from serment.record import services as record
from serment.record.kinds.lifestyle import Lifestyle
from serment.record.kinds.vaccination import Vaccination
from serment.record.models import Entry
from serment.vault.ids import encode

DAY = date(2026, 3, 2)
SAMPLES: dict[str, tuple[dict[str, Any], str]] = {
    "consultation": (
        {
            "reason": "motif",
            "answers": {"examination": [{"label": "zzchamp", "value": "4 cm", "unit": "cm", "number": 4.0}]},
        },
        "zzchamp",
    ),
    "problem": ({"label": "zzproblème", "code": "I10", "cisp": "K86"}, "zzproblème"),
    "allergy": ({"substance": "zzsubstance", "reaction": "urticaire", "severity": "severe"}, "zzsubstance"),
    "history": ({"text": "zzantécédent", "side": "surgical"}, "zzantécédent"),
    "treatment": ({"label": "zztraitement"}, "zztraitement"),
    "measure": ({"values": {"weight": 71.0}}, "71"),
    "observation": ({"label": "zzgrandeur", "value": 7.4, "unit": "%", "loinc": "4548-4"}, "zzgrandeur"),
    "note": ({"text": "zznote"}, "zznote"),
    "document": (
        {
            "title": "zzdocument",
            "type": "scan",
            "source": "le patient",
            "media_type": "text/plain",
            "size": 3,
            "digest": "0",
        },
        "zzdocument",
    ),
    "result": ({"laboratory": "zzlaboratoire", "values": [{"label": "CRP", "value": "4"}]}, "zzlaboratoire"),
    "vaccination": ({"antigen": "flu", "given_on": DAY, "lot": "zzlot", "site": "left_arm"}, "zzlot"),
    "screening": ({"exam": "colon", "done_on": DAY, "result": "zzrésultat"}, "zzrésultat"),
    "score": (
        {"code": "phq9", "title": "zztest", "answers": [1], "total": 1, "out_of": 27, "source": "source"},
        "zztest",
    ),
    "situation": ({"family": "zzfamille", "work": "soudeur"}, "zzfamille"),
    "lifestyle": ({"agreed": True, "tobacco": "former", "alcohol": "zzalcool"}, "zzalcool"),
    "pregnancy": ({"lmp": DAY}, "2026"),
    "letter": ({"kind": "letter", "title": "zzlettre", "body": "Cher confrère,"}, "zzlettre"),
    "prescription": ({"lines": [{"text": "zzligne"}], "number": "2026-A"}, "zzligne"),
}
"""A payload of each kind, and a word of it that the copy must carry."""


def test_every_kind_is_tried():
    assert {kind.code for kind in kinds.all_kinds()} == set(SAMPLES)


def before(value: Any) -> Any:
    """What was written first, before it was corrected."""
    if isinstance(value, dict):
        return {name: before(one) for name, one in value.items()}
    if isinstance(value, list):
        return [before(one) for one in value]
    if isinstance(value, str):
        return value.replace("zz", "yy")
    return {71.0: 70.0, DAY: date(2026, 3, 1)}.get(value, value)


@pytest.mark.parametrize("code", sorted(SAMPLES))
def test_versioned_and_exported(cabinet, code):
    values, word = SAMPLES[code]
    model, patient = kinds.get(code).model, cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        who = {"keyring": keyring, "author": cabinet.doctor}
        entry = record.add_entry(**who, patient_id=patient.pk, kind=code, payload=model(**before(values)))
        record.correct_entry(**who, entry_id=entry.pk, version=1, payload=model(**values), reason="zzraison")
        assert Entry.objects.get(pk=entry.pk).version == 2
        data = copy.gather(keyring=keyring, patient_id=patient.pk)
        read = str(copy.parts_of(data))
    (exported,) = data["record"]
    assert word in str(exported) and word in read and "zzraison" in read
    page = cabinet.client(cabinet.doctor).get(f"/dossier/elements/{encode(entry.pk)}/").content.decode()
    assert "Version 2" in page and "Version 1" in page and "zzraison" in page


def printed(cabinet, code: str, payload: Any, **more: Any) -> tuple[str, str]:
    """(the line of the printed copy, the page of its detail) of one entry."""
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        who = {"keyring": keyring, "author": cabinet.doctor, "patient_id": patient.pk}
        entry = record.add_entry(**who, kind=code, payload=payload, **more)
        data = copy.gather(keyring=keyring, patient_id=patient.pk)
        ((when, text),) = dict(copy.parts_of(data))["Dossier"]
    page = cabinet.client(cabinet.doctor).get(f"/dossier/elements/{encode(entry.pk)}/").content.decode()
    return f"{when} {text}", page


def test_the_agreement_to_note_habits_is_read_with_its_date(cabinet):
    for text in printed(cabinet, "lifestyle", Lifestyle(agreed=True, alcohol="rare", agreed_on=DAY)):
        assert "Accord du patient" in text and "oui, le 02/03/2026" in text
    assert "Accord" not in Lifestyle(agreed=True, alcohol="rare", agreed_on=DAY).line()


def test_an_ordonnance_is_read_with_its_dosages(cabinet):
    taken = Dosage(dose=Decimal(1), unit="comprimé", moments=["morning", "evening"], duration=7)
    lines = [
        Line(medicine="m", dci_label="Amoxicilline 1 g, comprimé", dosage=taken, renewals=2, boxes=3),
        Line(
            medicine="n", dci_label="Paracétamol 1 g", dosage=Dosage(as_needed=True), non_substitutable="EFG"
        ),
        Line(text="Bas de contention"),
    ]
    given = Prescription(lines=lines, number="2026-A", weight_kg=71.0, cancelled_reason="")
    for text in printed(cabinet, "prescription", given):
        assert "Amoxicilline 1 g, comprimé" in text and "2026-A" in text
        assert "1 comprimé le matin et le soir, pendant 7 jours" in text
        assert "Renouvelable 2 fois" in text and "3 boîtes" in text
        assert "si besoin" in text and "Non substituable" in text and "Bas de contention" in text
        assert "71,0" in text


def test_a_demande_is_read_with_its_fields(cabinet):
    given = Prescription(
        kind="sick_leave", lines=[Line(text="Arrêt")], number="2026-B", details={"start": "2026-03-02"}
    )
    for text in printed(cabinet, "prescription", given):
        assert "02/03/2026" in text and "Arrêt" in text


def test_a_day_without_an_hour_has_none_on_the_copy(cabinet):
    text, _ = printed(cabinet, "vaccination", Vaccination(antigen="flu", given_on=DAY))
    assert text.startswith("02/03/2026 Vaccination") and "noté le" in text
