"""A nurse types letters and coefficients; the price is explained; the claim holds what was priced."""

from __future__ import annotations

import pytest

from serment.billing.models import Claim
from serment.billing.selectors import one
from serment.vault.ids import encode

ROWS = {"place": "office", "full": []}


@pytest.fixture
def nurse(cabinet):
    with cabinet.at_work(cabinet.doctor):
        who = cabinet.doctor.practitioner
        who.profession, who.sector = "infirmier", "ps"
        who.save()
    return cabinet.client(cabinet.doctor)


def session(*acts: tuple[str, str]) -> dict:
    return {
        **ROWS,
        "code": [code for code, _ in acts],
        "coefficient": [coefficient for _, coefficient in acts],
        "quantity": ["" for _ in acts],
        "mode": "card",
    }


def test_the_price_is_explained_then_established(cabinet, nurse):
    patient = cabinet.patient()
    base = f"/facturation/patients/{encode(patient.pk)}/"
    assert nurse.get(f"{base}nouvelle/").url.endswith("/cotation/")
    given = session(("AMI", "4"), ("AMI", "2"))
    page = nurse.post(f"{base}cotation/prix/", given).content.decode()
    assert "second acte de la séance, à moitié" in page and "article 11B" in page
    refused = nurse.post(f"{base}cotation/", given)
    assert refused.status_code == 422 and "Tarifs à vérifier : AMI" in refused.content.decode()
    assert nurse.post(f"{base}cotation/", {**given, "confirmed": "1"}).status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        claim = Claim.objects.get()
        lines = one(keyring=keyring, claim=claim).lines
    assert [line.code for line in lines] == ["AMI 4", "AMI 2"]
    assert lines[1].amount_cents * 4 == lines[0].amount_cents
    assert claim.state == "paid" and claim.total_cents == sum(line.amount_cents for line in lines)


def test_faults_are_said_in_french_and_keep_what_was_typed(cabinet, nurse):
    patient = cabinet.patient()
    address = f"/facturation/patients/{encode(patient.pk)}/cotation/"
    bad = nurse.post(address, session(("AMI", "beaucoup")))
    assert bad.status_code == 422 and "Ligne 1" in bad.content.decode() and "beaucoup" in bad.content.decode()
    assert "Un seul forfait" in nurse.post(address, session(("BSA", ""), ("BSB", ""))).content.decode()
    assert nurse.post(address, session()).status_code == 422
