"""Every kind of entry of a record has its versions, and is in the patient's copy as a person and a machine read it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from serment.privacy import copy
from serment.record import kinds
from serment.record import services as record
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
