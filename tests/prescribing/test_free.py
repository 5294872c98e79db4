"""A line in one's own words: what it names of the medicines is recognised, held to the rights, never secured."""

from __future__ import annotations

import pytest

from serment.catalogues.mentions import named
from serment.catalogues.models import Medicine, Word
from serment.catalogues.services import load_starter
from serment.prescribing import rights
from serment.record.models import Entry
from tests.prescribing.test_rights import work_as
from tests.prescribing.test_treatments import FIELDS, key_of, page_of


@pytest.fixture
def patient(cabinet):
    load_starter()
    Medicine.objects.create(
        key="bdpm:1",
        source="bdpm",
        name="SKENAN L.P. 30 mg, gélule",
        dci_label="Morphine 30 mg, gélule",
        form="gélule",
        routes="orale",
        atc="N02AA01",
        substances=[["", "MORPHINE", "SA", "30 mg", "1"]],
        conditions=["stupéfiants", "prescription en toutes lettres sur ordonnance sécurisée"],
    )
    for word in ("skenan", "tahor"):
        Word.objects.create(kind="m", word=word, target="bdpm:1", rank=1)
    return cabinet.patient()


PRESCRIBED = {
    "Skenan 30 mg matin et soir 28 jours": ["Skenan"],
    "Skénan LP 30 mg 2/j, 90 jours, à renouveler 3 fois": ["Skénan"],
    "Amoxicilline 1 g 3/j": ["Amoxicilline"],
    "Repos. Paracétamol si douleur": ["Paracétamol"],
    "Ne pas arrêter Skenan 30 mg": ["Skenan"],
    "Pas de fièvre attendue, ibuprofène 400 mg sinon": ["ibuprofène"],
    "Nicotine 21 mg le matin": ["Nicotine"],
    "Tahor 10 le soir": ["Tahor"],
    "Vit D3 100 000 UI": ["vitamine D3"],
}
ADVICE = [
    "Repos",
    "Kinésithérapie respiratoire",
    "Boire de l’eau, 2 litres par jour",
    "Éviter l’ibuprofène",
    "Pas d’aspirine ni d’amoxicilline",
    "Arrêter le ramipril 5 mg",
    "Arrêt de la nicotine",
    "Régime riche en fer et en calcium",
    "Sérum physiologique, 4 lavages par jour",
    "Aiguilles pour stylo à insuline 4 mm, boîte de 100",
    "Appliquer de la glace 3 fois par jour",
    "Pansement au charbon 10 x 10 cm",
    "Consultation dans 8 jours",
    "Gel hydroalcoolique 2 fois par jour",
    "Lit médical",
]


@pytest.mark.django_db
def test_a_medicine_is_recognised_and_advice_is_not(patient):
    for text, words in PRESCRIBED.items():
        assert [one.word for one in named([text])[0]] == words, text
    for text, found in zip(ADVICE, named(ADVICE), strict=True):
        assert not found, text


def test_two_queries_for_any_number_of_texts(patient, django_assert_num_queries):
    with django_assert_num_queries(2):
        named([*PRESCRIBED, *ADVICE])
    with django_assert_num_queries(0):
        named(["", "8 j"])


def signed() -> bool:
    return Entry.unscoped.filter(kind="prescription").exists()


def test_a_nurse_prescribes_no_medicine_in_her_own_words(cabinet, patient):
    nurse = work_as(cabinet, "infirmier")
    text = "Skenan 30 mg matin et soir 28 jours"
    given = {**FIELDS, "duration": "1", "renewals": "", "medicine": key_of("nicotine 21"), "free": text}
    answer = nurse.post(page_of(patient), given)
    page = answer.content.decode()
    assert answer.status_code == 422 and not signed()
    assert "votre profession ne le prescrit pas" in page and rights.of("infirmier").text in page
    assert f'value="{text}"' in page and 'name="free"' in page
    assert "Ligne libre 1 : Skenan est un médicament" in page
    assert "aria-invalid" in page[page.index(f'value="{text}"') :][:200]
    assert nurse.post(page_of(patient), given | {"free": "Éviter l’ibuprofène"}).status_code == 302


def test_a_note_is_no_way_around(cabinet, patient):
    nurse = work_as(cabinet, "infirmier")
    given = {**FIELDS, "renewals": "", "medicine": key_of("nicotine 21")}
    assert nurse.post(page_of(patient), given | {"note": "et amoxicilline 1 g 3/j"}).status_code == 422
    assert nurse.post(page_of(patient), given | {"note": "avec la gomme de nicotine 2 mg"}).status_code == 302


def test_a_nurse_adds_no_medicine_to_devices(cabinet, patient):
    nurse = work_as(cabinet, "infirmier")
    order = page_of(patient).replace("nouvelle", "demande")
    given = {"kind": "devices", "item": "", "text": "Amoxicilline 1 g 3/j", "count": "", "note": ""}
    answer = nurse.post(order, given)
    page = answer.content.decode()
    assert answer.status_code == 422 and not signed()
    assert "Amoxicilline est un médicament, et votre profession ne le prescrit pas" in page
    assert 'value="Amoxicilline 1 g 3/j"' in page and "aria-invalid" in page
    assert nurse.post(order, given | {"text": "Compresses", "note": "amoxicilline 1 g"}).status_code == 422
    doctor = work_as(cabinet, "medecin").post(order, given)
    assert doctor.status_code == 422 and "ordonnance de médicaments" in doctor.content.decode()


def test_a_narcotic_is_never_a_free_line(cabinet, patient):
    doctor = cabinet.client(cabinet.doctor)
    answer = doctor.post(page_of(patient), {"free": "Skenan LP 30 mg 2/j, 90 jours, à renouveler 3 fois"})
    assert answer.status_code == 422 and not signed()
    assert "choisissez-le dans la liste" in answer.content.decode()
    assert "ordonnance sécurisée" in answer.content.decode()
    check = page_of(patient).replace("nouvelle", "verifier")
    assert "ordonnance sécurisée" in doctor.post(check, {"free": "morphine 10 mg le soir"}).content.decode()


def test_another_medicine_is_signed_and_said_unchecked(cabinet, patient):
    doctor = cabinet.client(cabinet.doctor)
    check = page_of(patient).replace("nouvelle", "verifier")
    told = doctor.post(check, {"free": "Amoxicilline 1 g 3/j"}).content.decode()
    assert "non vérifiée, Amoxicilline reconnu ; choisissez-le dans la liste pour la vérifier" in told
    assert doctor.post(page_of(patient), {"free": "Amoxicilline 1 g 3/j"}).status_code == 302


def test_a_lone_free_line_is_said_unchecked(cabinet, patient):
    check = page_of(patient).replace("nouvelle", "verifier")
    told = cabinet.client(cabinet.doctor).post(check, {"free": "Repos trois jours"}).content.decode()
    assert "Non vérifié" in told and "ligne libre" in told
    assert "Interactions" not in told, "no line to look at: no « 0 ligne sur 0 »"
    assert not cabinet.client(cabinet.doctor).post(check, {"free": ""}).content.decode().strip()


def test_a_midwife_gives_her_reason_on_a_line_of_the_list(cabinet, patient):
    midwife = work_as(cabinet, "sage_femme")
    answer = midwife.post(page_of(patient), {"free": "Ramipril 5 mg 1/j"})
    assert answer.status_code == 422 and "choisissez-le dans la liste" in answer.content.decode()
    assert midwife.post(page_of(patient), {"free": "Metformine 500 mg 2/j"}).status_code == 422


def test_a_narcotic_brand_is_known_before_the_public_file_is_in(cabinet):
    """The starter list has no brands."""
    load_starter()
    patient = cabinet.patient()
    doctor = work_as(cabinet, "medecin")
    assert doctor.post(page_of(patient), {"free": "Ne pas prendre de Skenan 30"}).status_code == 302
    answer = doctor.post(page_of(patient), {"free": "Skenan LP 30 mg 2/j, 90 jours"})
    assert answer.status_code == 422 and "ordonnance sécurisée" in answer.content.decode()
    assert Entry.unscoped.filter(kind="prescription").count() == 1
