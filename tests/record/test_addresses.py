"""Addresses about a patient: no word of care in them, and no text of a parameter carried on into a link."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from serment.prescribing.kinds import kinds as natures
from serment.record import filters, kinds, models_of_consultation, scores
from serment.record.kinds.consultation import Consultation
from serment.record.kinds.pregnancy import Pregnancy
from serment.vault import marks
from serment.vault.ids import encode
from serment.vault.paths import path


@pytest.fixture
def doctor(cabinet):
    return cabinet.client(cabinet.doctor)


def words() -> set[str]:
    found = {kind.code for kind in kinds.all_kinds()} | set(scores.shipped()) | set(natures())
    found |= {code for code in filters.GROUPS if code} | set(models_of_consultation.starters())
    return found | {"pregnancy", "kidney", "risk", "grossesse", "rein", "risque", "score", "frottis"}


def test_no_link_of_a_patients_pages_says_what_the_care_is(cabinet, doctor, patient, add, record_path):
    add("pregnancy", Pregnancy(lmp=date(2026, 5, 1)))
    pages = [
        record_path,
        f"{record_path}prevention/",
        f"{record_path}consultation/",
        f"{record_path}mesures/",
        path("record:pregnancy", patient.pk),
        path("prescribing:new", patient.pk),
        path("prescribing:order", patient.pk),
        path("letters:write", patient.pk),
    ]
    mine = encode(patient.pk)
    for page in pages:
        text = doctor.get(page).content.decode()
        addresses = re.findall(r'(?:href|hx-get|action|formaction)="([^"]*)"', text)
        told = [
            address
            for address in addresses
            if (mine in address or address.startswith("?")) and words() & set(re.split(r"[/?&=;]", address))
        ]
        # « consultation » and « prevention » are pages that every patient has.
        kept = [
            one
            for one in told
            if words() & set(re.split(r"[/?&=;]", one)) - {"consultation", "prevention", "document"}
        ]
        assert not kept, (page, kept)


def test_every_mark_on_a_patients_pages_is_read_back(doctor, patient, add, record_path):
    add("pregnancy", Pregnancy(lmp=date(2026, 5, 1)))
    doctor.post("/dossier/trames/", {"label": "À nous", "reason": "suivi", "shared": "on"})
    pages = [record_path, f"{record_path}consultation/", path("record:pregnancy", patient.pk)]
    pages += [path("prescribing:new", patient.pk), path("record:tests", patient.pk)]
    found: set[str] = set()
    for page in pages:
        text = doctor.get(page).content.decode()
        found |= set(re.findall(r"[?&;](?:trame|nature|type)=([0-9a-z]+)", text))
        found |= set(re.findall(r"/dossier/(?:ajouter|tests)/([0-9a-z]{13})/", text))
    with_ids = {one for one in found if marks.word(one) == one}
    assert len(found) > 30 and len(with_ids) == 1, "only the template of the practice goes by its id"


def test_a_mark_is_read_back_and_nothing_else_is(settings):
    assert marks.word(marks.mark("audit_c")) == "audit_c"
    assert "audit" not in marks.mark("audit_c") and len(marks.mark("audit_c")) == 13
    assert marks.word("0000000000000") == "0000000000000" and marks.mark("") == ""
    own = encode(12345)
    assert marks.mark(own) == own, "a test of the practice has an id already"


def test_a_score_opens_by_its_mark_only(doctor, patient, record_path):
    assert doctor.get(path("record:score", patient.pk, "audit_c")).status_code == 200
    assert doctor.get(f"{record_path}tests/0000000000000/").status_code == 404
    assert doctor.get(f"{record_path}score/audit_c/").status_code == 404


def test_the_consultation_named_after_signing_is_this_patients_or_nobodys(cabinet, doctor, patient, add):
    address = reverse("record:signed", args=[patient.pk])
    mine = add("consultation", Consultation(reason="toux"))
    assert (
        f"?consultation={encode(mine.pk)}"
        in doctor.get(f"{address}?consultation={encode(mine.pk)}").content.decode()
    )
    other = cabinet.patient()
    foreign = reverse("record:signed", args=[other.pk])
    for asked in (
        "",
        "?consultation=",
        "?consultation=x%26suite%3D//ailleurs",
        f"?consultation={encode(mine.pk)}",
    ):
        page = doctor.get(f"{foreign}{asked}").content.decode()
        assert "consultation=" not in page, asked
