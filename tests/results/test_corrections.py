"""A laboratory corrects or takes back what it sent: the earlier value says so, stays readable, counts no more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from serment.formats import hl7, hprim
from serment.record import tracks
from serment.record.models import Entry, EntryVersion
from serment.record.selectors import of_kind
from serment.results import services
from serment.results.models import Incoming
from serment.vault.ids import encode


def message(value, status="F", *, taken="20260105", reference="R1", at="", lab="LABO DU PORT", code="4548-4"):
    return (
        f"MSH|^~\\&|SIL|{lab}|||202601051000||ORU^R01|1|P|2.5\r"
        "PID|1||1||QUILLIVERE^THEODORINE||19840517|F\r"
        f"OBR|1||{reference}||||{taken}\r"
        f"OBX|1|NM|{code}^HbA1c^LN||{value}|%|4-6|||{'' if status is None else f'|{status}'}|||{at}\r"
    ).encode()


@pytest.fixture
def lab(cabinet):
    """``receive(raw)`` → the row that waits; ``file(row)``; ``points()`` and ``contents()`` of the record."""
    patient = cabinet.patient(birth_family_name="Quilliveré")

    class Lab:
        pass

    def receive(raw):
        with cabinet.at_work(cabinet.doctor) as keyring:
            before = set(Incoming.objects.values_list("pk", flat=True))
            services.receive(keyring=keyring, author=cabinet.doctor, raw=raw)
            (row,) = Incoming.objects.exclude(pk__in=before)
            return row

    def file(row):
        with cabinet.at_work(cabinet.doctor) as keyring:
            return services.file(
                keyring=keyring, author=cabinet.doctor, incoming_id=row.pk, patient_id=patient.pk
            )

    def points():
        with cabinet.at_work(cabinet.doctor) as keyring:
            found = tracks.of_patient(keyring=keyring, patient_id=patient.pk).all
        return [[number for _, number in track.points] for track in found]

    def contents():
        with cabinet.at_work(cabinet.doctor) as keyring:
            return [
                item.content for item in of_kind(keyring=keyring, patient_id=patient.pk, kind="result")[::-1]
            ]

    found = Lab()
    found.receive, found.file, found.points, found.contents = receive, file, points, contents
    found.patient, found.send = patient, lambda raw: file(receive(raw))
    found.read = lambda row: (
        cabinet.client(cabinet.doctor).get(f"/resultats/{encode(row.pk)}/lire/").content.decode()
    )
    return found


def test_a_correction_replaces_the_value_even_by_a_lower_one(lab, cabinet):
    first = lab.send(message("7.4"))
    second = lab.send(message("6.1", "C"))
    assert lab.points() == [[6.1]]
    old, _ = lab.contents()
    assert (old.values[0].text, old.values[0].fate) == ("7,4 %", "corrected")
    assert "corrigée" in old.line() and "HbA1c 7,4" not in old.line(), "no alarm for what counts no more"
    assert "7,4\u00a0% le" not in lab.read(second) and "correction du laboratoire" in lab.read(second)
    assert "corrigé ensuite par le laboratoire" in lab.read(first) and "7,4 %" in lab.read(first)
    with cabinet.at_work(cabinet.doctor):
        entry = Entry.objects.get(pk=Incoming.objects.get(pk=first.pk).entry_id)
        assert entry.version == 2 and EntryVersion.objects.filter(entry=entry).count() == 1
    record = cabinet.client(cabinet.doctor).get(f"/patients/{encode(lab.patient.pk)}/dossier/mesures/")
    assert "6,1\u00a0%" in record.content.decode() and "7,4" not in record.content.decode()


def urgent(lab) -> list[int]:
    with lab.cabinet.at_work(lab.cabinet.doctor):
        return list(Incoming.objects.order_by("pk").values_list("abnormal", flat=True))


def test_what_counts_no_more_is_urgent_no_more(lab, cabinet):
    lab.cabinet = cabinet
    first = lab.receive(message("7.4"))
    assert urgent(lab) == [1]
    lab.file(first)
    second = lab.send(message("5.1", "C"))
    assert urgent(lab) == [0, 0]
    assert "corrige <s>7,4 %</s>" in lab.read(second)
    lab.receive(message("9.9", "D", reference="R9"))
    assert urgent(lab) == [0, 0, 0], "what is taken back is not out of bounds"


def test_a_result_filed_after_its_correction_is_not_urgent(lab, cabinet):
    lab.cabinet = cabinet
    first, second = lab.receive(message("7.4")), lab.receive(message("5.1", "C"))
    lab.file(second)
    lab.file(first)
    assert urgent(lab) == [0, 0]


def test_a_correction_of_a_correction(lab):
    for value, status in (("7.4", "F"), ("6.1", "C"), ("6.4", "C")):
        lab.send(message(value, status))
    assert lab.points() == [[6.4]]


@pytest.mark.parametrize("status", ["D", "W"])
def test_what_the_laboratory_takes_back_is_on_no_curve(lab, status):
    first = lab.send(message("9.4"))
    second = lab.send(message("9.4", status))
    assert lab.points() == []
    assert [found.values[0].said for found in lab.contents()] == ["retiré par le laboratoire"] * 2
    assert "retiré par le laboratoire" in lab.read(first) and "badge bg-red" not in lab.read(second)


def test_the_first_value_filed_after_its_correction_is_replaced_all_the_same(lab):
    first, second = lab.receive(message("7.4")), lab.receive(message("6.1", "C"))
    lab.file(second)
    lab.file(first)
    assert lab.points() == [[6.1]]


def test_a_result_issued_again_after_a_correction_is_not_hidden(lab):
    lab.send(message("7.4"))
    lab.send(message("7.4", "D"))
    lab.send(message("6.8", "F"))
    assert lab.points() == [[6.8]]


def test_two_values_of_one_day_are_both_shown_in_the_order_of_their_hours(lab, cabinet):
    lab.send(message("6.1", taken="202601051800", reference="R2"))
    lab.send(message("7.4", taken="202601050800", reference="R1"))
    assert lab.points() == [[7.4, 6.1]]
    page = cabinet.client(cabinet.doctor).get(f"/patients/{encode(lab.patient.pk)}/dossier/mesures/")
    table = page.content.decode().split("<tbody>")[1]
    assert table.index("6,1") < table.index("7,4"), "newest first"


def test_two_values_of_one_day_without_hours_are_both_said(lab, cabinet):
    lab.send(message("7.4", reference="R1"))
    lab.send(message("6.1", reference="R2"))
    page = cabinet.client(cabinet.doctor).get(f"/patients/{encode(lab.patient.pk)}/dossier/mesures/")
    assert "6,1\u00a0% – haut ; 7,4\u00a0% – haut" in page.content.decode()


@pytest.mark.parametrize(
    "other",
    [
        {"reference": "R2"},
        {"lab": "AUTRE LABO"},
        {"taken": "20260106"},
        {"code": "718-7"},
        {"taken": "202601051200", "reference": ""},
    ],
)
def test_a_correction_of_something_else_hides_nothing(lab, other):
    """Another request, laboratory, day, examination or hour."""
    taken = "202601050800" if "1200" in other.get("taken", "") else "20260105"
    lab.send(message("7.4", taken=taken, reference=other.get("reference", "R1")).replace(b"|R2|", b"|R1|"))
    lab.send(message("6.1", "C", **other))
    assert sorted(number for track in lab.points() for number in track) == [6.1, 7.4]


def test_of_several_values_of_a_request_only_the_one_of_that_hour_is_corrected(lab):
    cycle = message("0.9", at="202601050800")
    cycle += cycle.split(b"\r")[3].replace(b"|0.9|", b"|1.4|").replace(b"0800", b"1000") + b"\r"
    lab.send(cycle)
    lab.send(message("1.2", "C"))
    assert lab.points() == [[1.2, 0.9, 1.4]] or sorted(lab.points()[0]) == [0.9, 1.2, 1.4]
    lab.send(message("1.3", "C", at="202601051000"))
    assert 1.4 not in lab.points()[0] and {0.9, 1.3} <= set(lab.points()[0])


@pytest.mark.parametrize(
    ("taken", "at", "said"),
    [
        ("20260105", "", "2026-01-05"),
        ("202601050000", "", "2026-01-05"),
        ("202601050810", "", "2026-01-05T08:10:00"),
        ("20260105081042.25+0100", "", "2026-01-05T08:10:42+01:00"),
        ("20260105", "202601050730", "2026-01-05T07:30:00"),
        ("2026010508", "", "2026-01-05"),
        ("20260105", "202601052570", "2026-01-05"),
        ("", "", ""),
        ("n'importe", "", ""),
    ],
)
def test_the_moment_as_precise_as_the_message(taken, at, said):
    (report,) = hl7.read(message("7.4", taken=taken, at=at))
    assert report.values[0].effective == said


def test_a_moment_with_its_offset_is_that_moment(lab):
    lab.send(message("7.4", taken="202601050810+0000"))
    (content,) = lab.contents()
    from serment.record.lab_trends import moment_of

    assert moment_of(content, datetime.now(UTC), content.values[0]) == datetime(2026, 1, 5, 8, 10, tzinfo=UTC)


def test_hprim_says_the_hour_and_what_it_corrects():
    from tests.formats.test_labs import HPRIM

    text = HPRIM.replace("05/01/2026", "05/01/2026 08:10").replace("16,0|L", "16,0|L|C")
    (report,) = hprim.read(text.encode())
    assert report.made_on.isoformat() == "2026-01-05"
    assert [(v.effective, v.status) for v in report.values] == [
        ("2026-01-05T08:10:00", "corrected"),
        ("2026-01-05T08:10:00", ""),
    ]
