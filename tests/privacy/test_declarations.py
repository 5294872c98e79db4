"""Declarations that the law asks for: ground, recipient and date always there, sealed, prompted by a code (R3.12)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from serment.conformity import services as conformity
from serment.patients.restrictions import Frozen
from serment.privacy import copy, declarations, requests
from serment.privacy.models import Declaration
from serment.record import services as record
from serment.record.kinds.problem import Problem
from serment.vault.ids import encode


@pytest.fixture
def patient(cabinet):
    return cabinet.patient()


def declare(cabinet, patient, **more):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return declarations.declare(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            **{
                "kind": "mdo-tuberculose",
                "declared_on": timezone.localdate(),
                "means": "online",
                **more,
            },
        )


def problem(cabinet, patient, code, label):
    with cabinet.at_work(cabinet.doctor) as keyring:
        record.add_entry(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=patient.pk,
            kind="problem",
            payload=Problem(code=code, label=label),
        )


def test_every_kind_has_its_ground_and_its_recipient():
    kinds = declarations.kinds()
    assert len(kinds) == len({kind.label for kind in kinds.values()}) > 40
    assert all(kind.ground and kind.recipient for kind in kinds.values())
    assert declarations.dated() <= timezone.localdate() + timedelta(days=1)


def test_what_is_kept_and_what_is_refused(cabinet, patient):
    row = declare(cabinet, patient, words="accusé 1234")
    with cabinet.at_work(cabinet.doctor) as keyring:
        [line] = declarations.of_patient(keyring=keyring, patient_id=patient.pk)
        assert "L.3113-1" in line.content["ground"] and "ARS" in line.content["recipient"]
        assert b"uberculose" not in bytes(row.content)
        assert (
            copy.gather(keyring=keyring, patient_id=patient.pk)["declarations"][0]["label"] == "Tuberculose"
        )
    for wrong in ({"kind": "grippe"}, {"means": "pigeon"}, {"declared_on": date(2999, 1, 1)}):
        with pytest.raises(declarations.Refused):
            declare(cabinet, patient, **wrong)
    with cabinet.at_work(cabinet.doctor):
        requests.limit(author=cabinet.doctor, patient_id=patient.pk)
    with pytest.raises(Frozen):
        declare(cabinet, patient)


@pytest.mark.parametrize(("code", "called"), [("A15.0", True), ("A150", True), ("J18.9", False), ("", False)])
def test_a_coded_problem_calls_for_it_until_it_is_made(cabinet, patient, code, called):
    problem(cabinet, patient, code, "Tuberculose pulmonaire")
    client, path = cabinet.client(cabinet.doctor), f"/vie-privee/patients/{encode(patient.pk)}/declarations/"
    assert ("peut appeler une déclaration" in client.get(path).content.decode()) is called
    good = {"kind": "mdo-tuberculose", "declared_on": f"{timezone.localdate()}", "means": "phone"}
    wrong = client.post(path, {**good, "declared_on": "2999-01-01", "words": "gardé tel quel"})
    assert wrong.status_code == 422 and "gardé tel quel" in wrong.content.decode()
    assert client.post(path, good).status_code == 302
    assert "peut appeler une déclaration" not in client.get(path).content.decode()
    assert "Tuberculose" in client.get("/vie-privee/declarations/").content.decode()


def test_another_circle_and_the_desk_see_none(cabinet, patient):
    declare(cabinet, patient)
    other = cabinet.client(cabinet.outsider)
    assert "Tuberculose" not in other.get("/vie-privee/declarations/").content.decode()
    path = f"/vie-privee/patients/{encode(patient.pk)}/declarations/"
    assert other.get(path).status_code == 403
    assert cabinet.client(cabinet.secretary).get(path).status_code == 403
    assert cabinet.client(cabinet.secretary).get("/vie-privee/declarations/").status_code == 403


def test_the_control_sees_a_list_too_old(cabinet, monkeypatch):
    def state() -> str:
        with cabinet.at_work(cabinet.doctor):
            return next(line for line in conformity.lines() if line.requirement.id == "R3.12").state

    assert state() == "met"
    monkeypatch.setattr(declarations, "dated", lambda: timezone.localdate() - timedelta(days=800))
    assert state() == "not_met"
    with cabinet.at_work(cabinet.doctor):
        assert Declaration.objects.count() == 0
