"""What each profession prescribes, and the text that a refusal quotes (`data/rights.toml`)."""

from __future__ import annotations

import pytest

from serment.catalogues.models import Medicine
from serment.practice.models import Practitioner
from serment.practice.professions import PROFESSIONS
from serment.prescribing import rights
from tests.prescribing.test_treatments import FIELDS, key_of, page_of, patient  # noqa: F401


def medicine(atc: str, name: str = "FICTIF") -> Medicine:
    return Medicine(key="x", dci_label=name.capitalize(), atc=atc, substances=[["", name, "SA", "", "1"]])


def test_every_profession_has_its_text():
    for code in PROFESSIONS:
        assert rights.of(code).text and code in rights.rights(), code


@pytest.mark.parametrize(
    ("profession", "atc", "more", "allowed"),
    [
        ("infirmier", "J07BB02", {"age": 30}, True),
        ("infirmier", "J07BB02", {"age": 11}, True),
        ("infirmier", "J07BB02", {"age": 10}, False),
        ("infirmier", "J07BB02", {"age": None}, True),
        ("infirmier", "G03AC09", {"days": 180}, True),
        ("infirmier", "G03AC09", {"days": 270}, False),
        ("infirmier", "N02BE01", {}, False),
        ("kinesitherapeute", "N07BA01", {}, True),
        ("kinesitherapeute", "M01AE01", {}, False),
        ("orthophoniste", "N07BA01", {}, True),
        ("orthophoniste", "N02BE01", {}, False),
        ("pedicure_podologue", "D01AC01", {}, True),
        ("pedicure_podologue", "J01CA04", {}, False),
        ("ergotherapeute", "N07BA01", {}, False),
        ("chirurgien_dentiste", "J01CA04", {}, True),
        ("sage_femme", "B03AA07", {}, True),
        ("sage_femme", "C09AA05", {}, True),
        ("sage_femme", "A10BA02", {}, False),
        ("medecin", "L01XX05", {}, True),
    ],
)
def test_a_medicine_is_in_the_list_or_refused_with_the_text(profession, atc, more, allowed):
    try:
        rights.require_medicine(profession, medicine(atc), **more)
        refusal = ""
    except rights.NotAllowed as refused:
        refusal = str(refused)
    assert bool(refusal) is not allowed
    assert not refusal or rights.of(profession).text in refusal


def work_as(cabinet, profession: str):
    with cabinet.at_work(cabinet.doctor):
        Practitioner.objects.filter(pk=cabinet.doctor.practitioner_id).update(
            profession=profession, specialty=""
        )
    return cabinet.client(cabinet.doctor)


def test_the_search_says_what_is_beyond_the_profession(cabinet, patient):  # noqa: F811
    beyond = "hors de ce que vous prescrivez"
    asked = "/medicaments/chercher/"
    assert beyond not in cabinet.client(cabinet.doctor).post(asked, {"drug": "parac"}).content.decode()
    nurse = work_as(cabinet, "infirmier")
    assert beyond in nurse.post(asked, {"drug": "parac"}).content.decode()
    assert beyond not in nurse.post(asked, {"drug": "nicotine"}).content.decode()


def told(client, patient, name: str) -> str:  # noqa: F811
    page = page_of(patient).replace("nouvelle", "verifier")
    return client.post(page, {**FIELDS, "medicine": key_of(name)}).content.decode()


def test_a_dentist_is_told_that_the_law_lists_nothing(cabinet, patient):  # noqa: F811
    said = told(work_as(cabinet, "chirurgien_dentiste"), patient, "amoxicilline")
    assert "Non couvert (rapport avec l’art dentaire)" in said and "L.4141-2" in said


def test_a_midwife_writes_her_list_gives_a_reason_beside_it_and_no_more(cabinet, patient):  # noqa: F811
    client = work_as(cabinet, "sage_femme")
    said = told(client, patient, "fer 80")
    assert "Liste de votre profession : 1 ligne sur 1" in said and "décret 2022-325" in said
    assert "Hors des classes connues ici" in told(client, patient, "ramipril")
    assert "ne le prescrit pas" in told(client, patient, "metformine")
    assert client.post(page_of(patient), {**FIELDS, "medicine": key_of("ramipril")}).status_code == 422
    assert client.post(page_of(patient), {**FIELDS, "medicine": key_of("fer 80")}).status_code == 302
    refused = client.get(page_of(patient).replace("nouvelle", "demande") + "?nature=transport")
    assert refused.status_code == 403 and "L.4151-4" in refused.content.decode()


@pytest.mark.parametrize("profession", [code for code in PROFESSIONS if code != "medecin"])
def test_no_profession_meets_a_page_that_breaks(cabinet, patient, profession):  # noqa: F811
    """Every kind of ordonnance, every address of the room: a page, a way to one, or a refusal in words."""
    client, right = work_as(cabinet, profession), rights.of(profession)
    base = page_of(patient).replace("nouvelle/", "")
    for nature in ("medicines", "biology", "imaging", "nursing", "physiotherapy", "speech", "devices", "transport", "sick_leave"):  # fmt: skip
        if nature == "medicines" and nature not in right.kinds and right.kinds:
            continue  # brought to the first kind that this profession has
        answer = client.get(f"{base}demande/?nature={nature}", follow=True)
        shown = answer.content.decode().replace("&#x27;", "'")
        assert answer.status_code == (200 if nature in right.kinds else 403), (profession, nature)
        assert nature in right.kinds or right.text in shown
