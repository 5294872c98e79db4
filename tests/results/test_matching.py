"""Who a report may be about: slips of a name or of a date are proposed, with what differs; nobody is filed on alone."""

from __future__ import annotations

from datetime import date

import pytest

from serment.formats import likeness
from serment.formats.labs import Report
from serment.patients.payloads import Coverage, Identity
from serment.patients.services import create_patient
from serment.results import matching, services
from serment.results.models import Incoming
from serment.vault.ids import encode
from tests.formats.test_labs import HPRIM
from tests.world import NIR

BORN = date(1984, 5, 17)


def report(family="Traversier", given="Yasmine", born=BORN, sex="F", number="") -> Report:
    return Report(family=family, given=given, born=born, sex=sex, number=number)


@pytest.fixture
def known(cabinet):
    return cabinet.patient(birth_family_name="Traversier", first_given_name="Yasmine")


def found(cabinet, one: Report) -> list[matching.Match]:
    with cabinet.at_work(cabinet.doctor) as keyring:
        return matching.matches(keyring=keyring, report=one)


@pytest.mark.parametrize(
    ("changed", "score", "said"),
    [
        ({}, 100, "tous les traits concordent"),
        ({"family": "TRAVERSIET", "given": "YASMINA"}, 75, "prénom\u00a0: YASMINA, et non Yasmine"),
        ({"family": "BRAVERSIER", "given": "JASMINE"}, 75, "nom\u00a0: BRAVERSIER, et non Traversier"),
        ({"born": date(1984, 5, 18)}, 80, "date de naissance\u00a0: 18/05/1984, et non 17/05/1984"),
        ({"born": date(1985, 5, 17)}, 80, "17/05/1985"),
        ({"born": None}, 60, "date de naissance\u00a0: absente"),
        ({"family": "MARIVAUX"}, 70, "nom\u00a0: MARIVAUX"),
        ({"sex": "M"}, 90, "sexe"),
    ],
)
def test_a_slip_is_proposed_with_a_lower_score_and_what_differs(cabinet, known, changed, score, said):
    (match,) = found(cabinet, report(**changed))
    assert (match.hit.id, match.score) == (known.pk, score) and said in match.why


@pytest.mark.parametrize(
    "changed",
    [
        {"family": "MARIVAUX", "given": "JULIE"},
        {"born": date(1961, 2, 3)},
        {"family": "MARIVAUX", "born": date(1984, 5, 18)},
        {"family": "MARIVAUX", "born": None},
    ],
)
def test_who_is_only_born_that_day_or_only_of_that_name_is_not(cabinet, known, changed):
    assert found(cabinet, report(**changed)) == []


def test_the_number_finds_who_a_message_without_birth_date_is_about(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        patient = create_patient(
            keyring=keyring,
            author=cabinet.doctor,
            identity=Identity(
                birth_family_name="Quillivéré", first_given_name="Théodorine", sex="F", birth_date=BORN
            ),
            coverage=Coverage(nir=NIR),
            circle_ids=[cabinet.circle.pk],
        )
        raw = HPRIM.replace("17/05/84", "").encode()
        assert services.receive(keyring=keyring, author=cabinet.doctor, raw=raw).waiting == 1
        row = Incoming.objects.get()
    address = f"/resultats/{encode(row.pk)}/"
    browser = cabinet.client(cabinet.doctor)
    page = browser.get(address).content.decode()
    assert "70 sur 100" in page and "même numéro de sécurité sociale ou INS" in page
    assert "date de naissance absente" in page
    asked = browser.post(address, {"patient": encode(patient.pk)})
    assert asked.status_code == 422 and "Date de naissance" in asked.content.decode()


def test_the_number_of_a_parent_is_a_doubt(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        create_patient(
            keyring=keyring,
            author=cabinet.doctor,
            identity=Identity(
                birth_family_name="Quillivéré", first_given_name="Théodorine", sex="F", birth_date=BORN
            ),
            coverage=Coverage(nir=NIR),
            circle_ids=[cabinet.circle.pk],
        )
    (match,) = found(cabinet, report(family="Quillivere", given="Malo", born=date(2014, 3, 2), number=NIR))
    assert match.score <= 50 and "prénom" in match.why


def test_queries_do_not_grow_with_the_patients(cabinet, known, django_assert_num_queries):
    for number in range(12):
        cabinet.patient(birth_family_name=f"Traversi{'abcdefghijkl'[number]}r", first_given_name="Yasmine")
    with cabinet.at_work(cabinet.doctor) as keyring:
        matching.matches(keyring=keyring, report=report())
        with django_assert_num_queries(2):
            assert len(matching.matches(keyring=keyring, report=report())) == 6


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("martin", "martin", False),
        ("martin", "martins", True),
        ("martin", "mratin", True),
        ("martin", "marton", True),
        ("martin", "matron", False),
        ("martin", "marti", True),
        ("", "a", True),
        ("ab", "ba", True),
        ("abc", "cba", False),
    ],
)
def test_one_letter_off(one, other, expected):
    assert likeness.one_letter_off(one, other) is likeness.one_letter_off(other, one) is expected


def test_dates_that_are_slips_of_one_another():
    near = likeness.near_births(date(1984, 5, 12))
    assert {date(1984, 5, 11), date(1984, 12, 5), date(1984, 4, 12), date(1974, 5, 12)} <= near
    assert date(1984, 5, 12) not in near and likeness.near_births(date(2024, 2, 29))
