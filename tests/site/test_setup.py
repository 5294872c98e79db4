"""The first run: in the browser and by the command, the same verb (R1.2, E-AUTH-1, E-CRYP-2)."""

from __future__ import annotations

import base64

import pytest
from django.test import Client

from serment.access import accounts, setup
from serment.access.models import Person
from serment.practice.models import Practice
from serment.site.setup import Answers, create

GOOD = {
    "name": "Cabinet Essai", "address": "1 rue des Essais", "postal_code": "35000", "city": "Rennes", "phone": "", "email": "",
    "p-given_name": "Ada", "p-family_name": "Roux", "p-profession": "medecin", "p-specialty": "Médecine générale", "p-sector": "1",
    "p-rpps": "10000000017", "p-am_number": "", "p-siret": "", "p-phone": "", "p-email": "", "login": "ada.roux",
    "password": "brume orage cerf lampadaire", "again": "brume orage cerf lampadaire",
}  # fmt: skip


def test_the_first_page_leads_to_set_up_then_never_again(db):
    client = Client()
    assert client.get("/connexion/")["Location"] == "/installation/"
    done = client.post("/installation/", GOOD)
    page = done.content.decode()
    code = page.split("data-recovery-code>")[1].split("<")[0]
    sheet = base64.b64decode(page.split("application/pdf;base64,")[1].split('"')[0])
    assert sheet.startswith(b"%PDF")
    practice = Practice.objects.get()
    assert setup.open_recovery(practice.pk, code)
    assert accounts.authenticate("ada.roux", GOOD["password"])
    assert client.get("/installation/")["Location"] == "/connexion/"
    assert Person.unscoped.count() == 1


@pytest.mark.parametrize(
    "change, words",
    [
        ({"p-rpps": "10000000018"}, "RPPS"),
        ({"p-rpps": "12"}, "11 chiffres"),
        ({"password": "azertyuiop12", "again": "azertyuiop12"}, "devine"),
        ({"again": "autre"}, "diffèrent"),
        ({"login": "secretariat"}, "partagé"),
        ({"postal_code": "3500"}, "5 chiffres"),
        ({"p-siret": "123"}, "SIRET"),
    ],
)
def test_bad_answers_are_refused_at_the_field_and_nothing_is_made(db, change, words):
    response = Client().post("/installation/", {**GOOD, **change})
    assert response.status_code == 422 and words in response.content.decode()
    assert GOOD["p-family_name"] in response.content.decode()
    assert not Practice.objects.exists()


def test_the_command_asks_the_same_questions(db):
    names = [name for name, _ in Answers.questions()]
    assert set(names) == set(GOOD)
    answers = Answers(GOOD)
    assert answers.is_valid(), answers.errors()
    outcome = create(answers)
    assert outcome is not None and outcome.sheet.startswith(b"%PDF")
