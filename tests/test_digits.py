"""« ² » is a digit for `str.isdigit` and no number: every place that reads a number from an address or a form bears it."""

from __future__ import annotations

import pytest

from serment.access import second_factor
from serment.catalogues import funds
from serment.formats.fse.noemie import Fault, _number
from serment.vault.ids import encode

STRANGE = ("²", "①", "٣", "9" * 5000)


@pytest.mark.parametrize("text", STRANGE)
def test_addresses_bear_it(cabinet, text):
    client = cabinet.client(cabinet.doctor)
    patient = encode(cabinet.patient().pk)
    for url in (
        "/journal/?avant=",
        "/journal/?qui=",
        f"/facturation/patients/{patient}/nouvelle/?practitioner=",
    ):
        answer = client.get(f"{url}{text}")
        assert answer.status_code in (200, 403, 404), (url, answer.status_code)
    answer = cabinet.client(cabinet.secretary).post("/patients/nouveau/", {"circles": text})
    assert answer.status_code in (200, 403, 422)


def test_a_second_factor_of_strange_digits_is_a_wrong_one():
    assert second_factor._matching_step("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "²²²²²²", after=0) is None


def test_a_strange_digit_is_a_fault_of_the_file():
    with pytest.raises(Fault):
        _number("²", 1, 1)
    assert funds.fault_of_fund("01", "35²", "0000")
