"""Values of received results over time: comparable ones together, bounds as a band, words left out."""

from __future__ import annotations

from datetime import date

from serment.record import lab_trends
from serment.record.kinds.result import Result, ResultValue


def value(text: str, **more) -> ResultValue:
    return ResultValue(**{"label": "Hémoglobine A1c", "unit": "%", "loinc": "4548-4", "value": text, **more})


def result(day: date | None, *values: ResultValue) -> Result:
    return Result(laboratory="Laboratoire du Port", made_on=day, values=list(values))


def test_the_same_code_in_the_same_unit_makes_one_curve(add, cabinet, patient):
    add("result", result(date(2026, 1, 5), value("7,1", low=4, high=6, abnormal=True)))
    add(
        "result", result(date(2025, 7, 1), value("8.0", label="HbA1c"), value("négatif", label="X", loinc=""))
    )
    add("result", result(date(2026, 1, 6), value("54", unit="unités")))
    page = cabinet.client(cabinet.doctor).get(f"/patients/{_path(patient)}/dossier/mesures/").content.decode()
    assert page.count("Hémoglobine A1c") >= 2 and "7,1\u00a0% – haut" in page
    assert "&quot;range&quot;: [4.0, 6.0]" in page and "Bornes du laboratoire\u00a0: 4 à 6 %." in page
    assert "négatif" not in page


def test_series_are_in_the_order_of_their_days_the_most_followed_first(add):
    from django.utils import timezone

    now = timezone.now()
    found = lab_trends.series_of(
        [
            (
                now,
                result(
                    date(2026, 1, 5),
                    value("7,1"),
                    value("140", label="Sodium", loinc="2951-2", unit="mmol/L"),
                ),
            ),
            (now, result(date(2025, 1, 5), value("8,2"))),
        ]
    )
    assert [one.label for one in found] == ["Hémoglobine A1c", "Sodium"]
    assert [point.number for _, point in found[0].points] == [8.2, 7.1]


def _path(patient) -> str:
    from serment.vault.ids import encode

    return encode(patient.pk)


def test_the_correction_of_a_laboratory_is_the_last_known_even_when_it_is_lower(add, cabinet, patient):
    """Filed after, for the same day: it is the value of that day, on the curve and wherever the last one is read."""
    from serment.record import tracks

    add("result", result(date(2026, 1, 5), value("7,4")))
    add("result", result(date(2026, 1, 5), value("6,1")))
    with cabinet.at_work(cabinet.doctor) as keyring:
        (track,) = tracks.of_patient(keyring=keyring, patient_id=patient.pk).all
    assert [number for _, number in track.points] == [7.4, 6.1]
