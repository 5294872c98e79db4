"""Search: as people type, whatever the order, accents, hyphens or spelling; constant queries (issue A, W1, W2)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serment.patients import selectors
from serment.patients.payloads import Contact, Coverage, Identity, InsIdentity
from serment.patients.query import parse_query
from serment.patients.services import create_patient
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

NIR = "255081416802538"
TODAY = date(2026, 11, 23)


@pytest.fixture
def people(cabinet):
    made = {
        "lefebvre": cabinet.patient(
            birth_family_name="Lefebvre", first_given_name="Jean-Éric", birth_date=date(1958, 3, 12), sex="M"
        ),
        "legall": cabinet.patient(
            birth_family_name="Le Gall",
            used_family_name="D’Arçon",
            first_given_name="Maëlle",
            birth_date=date(1990, 6, 1),
            contact=Contact(mobile="+33612345678", city="Rennes"),
        ),
        "martin": cabinet.patient(
            birth_family_name="Martin", first_given_name="Rose", birth_date=date(2001, 1, 2)
        ),
        "given": cabinet.patient(
            birth_family_name="Zola", first_given_name="Martine", birth_date=date(1975, 1, 2)
        ),
    }
    return cabinet, {name: row.pk for name, row in made.items()}


def without(keyring, *domains):
    """The same session, had it not been given these domains."""
    kept = [s for s in keyring.secrets if s.domain not in domains]
    return Keyring(practice_id=keyring.practice_id, holder_id=keyring.holder_id, secrets=kept)


def found(cabinet, text, person=None):
    with cabinet.at_work(person or cabinet.doctor) as keyring:
        return [hit.id for hit in selectors.search(keyring=keyring, text=text)[0]]


@pytest.mark.parametrize(
    "text, name",
    [
        ("lefebvre", "lefebvre"),
        ("LEFÈB", "lefebvre"),
        ("lefevre", "lefebvre"),  # heard, not spelt
        ("jean eric lefebvre", "lefebvre"),
        ("lefebvre jean-eric", "lefebvre"),
        ("eric lef", "lefebvre"),
        ("lefevr jea", "lefebvre"),
        ("12/03/1958", "lefebvre"),
        ("120358", "lefebvre"),
        ("12 mars 1958", "lefebvre"),
        ("1958-03-12", "lefebvre"),
        ("lefebvre 12.3.58", "lefebvre"),
        ("lef 1958", "lefebvre"),
        ("gall", "legall"),
        ("legall", "legall"),
        ("le gall", "legall"),
        ("d'arcon", "legall"),
        ("ARÇON maelle", "legall"),
        ("maëlle", "legall"),
        ("06 12 34 56 78", "legall"),
        ("+33612345678", "legall"),
        ("345678", "legall"),
        ("34 56 78", "legall"),
    ],
)
def test_a_patient_is_found_as_people_type(people, text, name):
    cabinet, ids = people
    assert found(cabinet, text)[:1] == [ids[name]]


def test_what_does_not_fit_is_not_shown(people):
    cabinet, ids = people
    assert found(cabinet, "lefebvre 13/03/1958") == []
    assert found(cabinet, "lef 1959") == []
    assert found(cabinet, "martinez") == [] or ids["martin"] not in found(cabinet, "martinez rose 1950")
    assert found(cabinet, "") == found(cabinet, "x") == found(cabinet, "1958") == []


def test_exact_then_family_then_given(people):
    cabinet, ids = people
    with cabinet.at_work(cabinet.doctor) as keyring:
        hits, _ = selectors.search(keyring=keyring, text="martin")
    assert [(h.id, h.match) for h in hits[:2]] == [(ids["martin"], "exact"), (ids["given"], "given")]


def test_the_social_security_number_needs_its_domain(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        row = create_patient(
            keyring=keyring,
            author=cabinet.doctor,
            identity=Identity(birth_family_name="Ader", first_given_name="Ida", birth_date=date(1955, 8, 3)),
            coverage=Coverage(nir=NIR),
            circle_ids=[cabinet.circle.pk],
        )
    assert found(cabinet, "2 55 08 14 168 025 38") == [row.pk]
    assert found(cabinet, NIR[:13]) == [row.pk]
    assert found(cabinet, NIR, cabinet.manager) == [row.pk]
    with cabinet.at_work(cabinet.secretary) as keyring:
        narrow = without(keyring, Domain.BILLING)
        assert selectors.search(keyring=narrow, text=NIR)[0] == []


def test_the_ins_is_found_by_the_circle_only(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        row = create_patient(
            keyring=keyring,
            author=cabinet.doctor,
            identity=Identity(birth_family_name="Ader", first_given_name="Ida", birth_date=date(1955, 8, 3)),
            ins=InsIdentity(matricule=NIR, oid="1.2.250.1.213.1.4.8"),
            circle_ids=[cabinet.circle.pk],
        )
    assert found(cabinet, NIR, cabinet.colleague) == [row.pk]
    assert found(cabinet, NIR, cabinet.outsider) == []
    assert found(cabinet, NIR, cabinet.manager) == []


def test_another_practice_is_never_found(people):
    cabinet, _ = people
    assert found(cabinet, "lefebvre", cabinet.stranger) == []


@pytest.mark.parametrize("count", [20, 120])
def test_queries_do_not_grow_with_matches(cabinet, django_assert_max_num_queries, count):
    for number in range(count):
        cabinet.patient(birth_family_name="Morel", first_given_name=f"Paul{'abcdefghij'[number % 10]}")
    with cabinet.at_work(cabinet.doctor) as keyring, django_assert_max_num_queries(4) as asked:
        hits, query = selectors.search(keyring=keyring, text="more")
    assert len(hits) == 20
    assert len(asked) == 2
    assert query.more is (count > 20)
    with cabinet.at_work(cabinet.doctor) as keyring, django_assert_max_num_queries(4):
        selectors.search(keyring=keyring, text="maurel paul")


@given(st.text(max_size=60))
def test_any_text_is_understood_or_left_out(text):
    query = parse_query(text, TODAY)
    assert all(word.isascii() and word.isalpha() and word == word.lower() for word in query.words)
    assert len(query.words) <= 5


NAMES = st.text("abcdefghijklmnopqrstuvwxyzéèïçŒœ", min_size=2, max_size=14)


@given(family=NAMES, given_name=NAMES, swap=st.booleans(), upper=st.booleans(), sign=st.sampled_from(" -'"))
def test_a_name_fits_itself_however_it_is_typed(family, given_name, swap, upper, sign):
    identity = Identity(birth_family_name=family, first_given_name=given_name, birth_date=date(1970, 1, 1))
    typed = sign.join((given_name, family) if swap else (family, given_name))
    query = parse_query(typed.upper() if upper else typed, TODAY)
    assert query.match(identity) in (0, 1, 2)


@given(
    st.dates(date(1900, 1, 1), date(2026, 11, 22)),
    st.sampled_from(["%d/%m/%Y", "%d%m%Y", "%Y-%m-%d", "%d.%m.%Y"]),
)
def test_a_birth_date_is_read_in_every_form(born, form):
    assert parse_query(f"martin {born.strftime(form)}", TODAY).birth_date == born
