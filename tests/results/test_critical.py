"""Panic values (HL7 table 0078: HH, LL, AA) come before any other, and are said in words."""

from __future__ import annotations

import pytest

from serment.record.kinds.result import ResultValue
from serment.results import services
from serment.results.models import Incoming
from serment.vault.ids import encode
from tests.results.test_corrections import message
from tests.world import LAB, build_world

PANIC = (
    LAB.replace(b"2160-0^Zygomatique", b"2823-3^Potassium")
    .replace(b"|9.5|mg/L|4-9|H", b"|6.4|mmol/L|3.5-5|HH")
    .replace(b"OBX|1", b"OBX|1|NM|718-7^Albumine^LN||20|g/L|35-50|L\rOBX|2", 1)
)


@pytest.fixture
def world(cabinet):
    return build_world(cabinet)


def received(world, raw) -> Incoming:
    with world.cabinet.at_work(world.cabinet.doctor) as keyring:
        known = set(Incoming.objects.values_list("pk", flat=True))
        services.receive(keyring=keyring, author=world.cabinet.doctor, raw=raw)
        return Incoming.objects.exclude(pk__in=known).get()


def test_a_panic_value_is_first_and_named_everywhere(world):
    browser, patient = world.cabinet.client(world.cabinet.doctor), encode(world.sample("patient_id"))
    row = received(world, PANIC)
    assert (row.critical, row.abnormal) == (1, 2)
    home = browser.get("/").content.decode()
    assert home.index("1 résultat d’examens critique") < home.index("1 résultat d’examens hors normes")
    page = browser.get("/resultats/").content.decode()
    listed = page.split("À traiter")[1]
    assert "1 critique" in listed
    assert listed.index(f"/resultats/{encode(row.pk)}/") < listed.index(
        f"/resultats/{encode(world.sample('incoming_id'))}/"
    ), "before an earlier one that is only out of bounds"
    matched = browser.get(f"/resultats/{encode(row.pk)}/").content.decode()
    assert "critique" in matched and matched.index("Potassium") < matched.index("Albumine")
    browser.post(f"/resultats/{encode(row.pk)}/", {"patient": patient})
    read = browser.get(f"/resultats/{encode(row.pk)}/lire/").content.decode()
    assert "critique" in read and "très haut" in read
    assert read.index("Potassium") < read.index("Albumine")
    record = browser.get(f"/patients/{patient}/dossier/?type=result").content.decode()
    assert "critique\u00a0: Potassium 6,4 mmol/L (très haut)" in record


def test_a_list_that_shows_no_value_offers_no_vu(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    row = received(world, PANIC)
    browser.post(f"/resultats/{encode(row.pk)}/", {"patient": encode(world.sample("patient_id"))})
    page = browser.get("/resultats/").content.decode()
    assert f"/resultats/{encode(row.pk)}/lire/" in page and f"/resultats/{encode(row.pk)}/vu/" not in page


def test_what_the_laboratory_corrects_is_critical_no_more(cabinet):
    world = build_world(cabinet)
    patient = world.sample("patient_id")
    rows = []
    for raw in (message("9.9").replace(b"|4-6||", b"|4-6|HH|"), message("5.1", "C")):
        rows.append(received(world, raw))
        with cabinet.at_work(cabinet.doctor) as keyring:
            services.file(keyring=keyring, author=cabinet.doctor, incoming_id=rows[-1].pk, patient_id=patient)
    with cabinet.at_work(cabinet.doctor):
        assert list(
            Incoming.objects.filter(pk__in=[r.pk for r in rows]).values_list("critical", "abnormal")
        ) == [
            (0, 0),
            (0, 0),
        ]


@pytest.mark.parametrize(
    ("flag", "side"),
    [
        ("HH", "très haut"),
        ("LL", "très bas"),
        ("AA", "très anormal"),
        ("H", "haut"),
        ("L", "bas"),
        ("A", "anormal"),
    ],
)
def test_the_side_without_bounds_is_the_flags(flag, side):
    value = ResultValue(label="K", value="6.4", abnormal=True, interpretation=flag)
    assert value.side == side and value.critical == (len(flag) == 2)
