"""« {resultats} »: the last report of which something still stands."""

from __future__ import annotations

from types import SimpleNamespace

from serment.letters import fields
from serment.record.kinds.result import Result, ResultValue
from serment.record.services import add_entry


def said(cabinet, *contents) -> str:
    patient = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        for content in contents:
            add_entry(
                keyring=keyring,
                author=cabinet.doctor,
                patient_id=patient.pk,
                kind="result",
                payload=content,
            )
        source = fields.Source(SimpleNamespace(id=patient.pk), None, cabinet.doctor, keyring)
        return source.results


STANDS = Result(
    laboratory="Labo",
    made_on="2026-01-05",
    values=[
        ResultValue(label="Hémoglobine", value="10.2", unit="g/dL", abnormal=True),
        ResultValue(label="Potassium", value="6.4", unit="mmol/L", abnormal=True, interpretation="HH"),
    ],
)


def test_a_report_taken_back_does_not_hide_the_one_before(cabinet):
    gone = Result(
        laboratory="Labo", values=[ResultValue(label="Hémoglobine", value="9", status="entered-in-error")]
    )
    assert said(cabinet, STANDS, gone) == "Potassium 6,4 mmol/L ; Hémoglobine 10,2 g/dL (05/01/2026)"


def test_a_report_in_words_does_not_either(cabinet):
    assert "Potassium 6,4" in said(cabinet, STANDS, Result(laboratory="Labo", text="Sérologie en cours."))


def test_where_nothing_stands_it_is_not_said_that_nothing_was_noted(cabinet):
    gone = Result(laboratory="Labo", values=[ResultValue(label="K", value="9", fate="removed")])
    assert said(cabinet, gone) == "aucune valeur de laboratoire en vigueur au dossier"
    assert said(cabinet) == "aucun résultat reçu"
