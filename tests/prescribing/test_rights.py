"""What each profession prescribes, and the text that a refusal quotes (`data/rights.toml`)."""

from __future__ import annotations

import pytest

from serment.catalogues.models import Medicine
from serment.practice.models import Practitioner
from serment.practice.professions import PROFESSIONS
from serment.prescribing import rights
from serment.prescribing.safety import Item, PatientFacts, profession
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


def known(
    name: str, form: str, routes: str, substances: str, conditions: str = "", atc: str = ""
) -> Medicine:
    """A medicine as the public base writes it, most often without an ATC code."""
    return Medicine(
        key="x",
        name=name,
        dci_label=substances,
        form=form,
        routes=routes,
        atc=atc,
        substances=[["", one, "SA", "", str(place)] for place, one in enumerate(substances.split(" + "))],
        conditions=[conditions] if conditions else [],
    )


TOPICALS = [
    (known("PEVARYL 1 %, crème", "crème", "cutanée", "NITRATE D'ÉCONAZOLE"), "yes"),
    (known("CICLOPIROX 8 %", "vernis à ongles médicamenteux", "cutanée", "CICLOPIROX"), "yes"),
    (known("CHLORHEXIDINE AQUEUSE", "solution", "cutanée", "GLUCONATE DE CHLORHEXIDINE"), "yes"),
    (known("BISEPTINE", "solution pour application", "cutanée", "CHLORHEXIDINE"), "yes"),
    (known("DUOFILM", "solution pour application", "cutanée", "ACIDE LACTIQUE + ACIDE SALICYLIQUE"), "yes"),
    (known("VOLTARENE EMULGEL 1 %, gel", "gel", "cutanée", "DICLOFÉNAC SODIQUE"), "yes"),
    (known("AMOROLFINE 5 %", "vernis à ongles", "", "AMOROLFINE"), "yes"),
    (known("BETNEVAL 0,1 %, crème", "crème", "cutanée", "BÉTAMÉTHASONE", "liste I", "D07AC01"), "reason"),
    (
        known("FUCIDINE 2 %, pommade", "pommade", "cutanée", "FUSIDATE DE SODIUM", "liste I", "D06AX01"),
        "reason",
    ),
    (known("LAMISIL 1 %, crème", "crème", "cutanée", "TERBINAFINE", "liste II"), "reason"),
    (known("CALENDULA", "granules et pommade", "cutanée;orale", "CALENDULA"), "reason"),
    (known("TERBINAFINE 250 mg", "comprimé sécable", "orale", "TERBINAFINE", "liste II", "D01BA02"), "no"),
    (known("CURACNE 10 mg", "capsule molle", "orale", "ISOTRÉTINOÏNE", "liste I", "D10BA01"), "no"),
    (known("SORIATANE 10 mg", "gélule", "orale", "ACITRÉTINE", "liste I", "D05BB02"), "no"),
    (
        known("DUPIXENT 200 mg", "solution injectable", "sous-cutanée", "DUPILUMAB", "liste I", "D11AH05"),
        "no",
    ),
    (known("FENTANYL", "dispositif transdermique", "transdermique", "FENTANYL", "stupéfiants"), "no"),
    (known("ALLERGÈNE", "solution pour prick-test", "cutanée", "POLLEN"), "no"),
    (known("SANS VOIE", "", "", "INCONNU"), "no"),
]


@pytest.mark.parametrize(("drug", "answer"), TOPICALS, ids=[one.name for one, _ in TOPICALS])
def test_a_podiatrist_writes_topicals_and_says_why_for_those_of_a_list(drug, answer):
    """Article L.4322-1 CSP: by its form and route, whatever its ATC code; what only the arrêté tells wants a reason."""
    allowed = rights.allows("pedicure_podologue", drug)
    asked = rights.asks("pedicure_podologue", drug) if allowed else ""
    assert ("no" if not allowed else "reason" if asked else "yes") == answer
    alerts, _ = profession.check([Item(0, drug)], PatientFacts(prescriber_profession="pedicure_podologue"))
    assert [alert.blocking for alert in alerts] == [True] * bool(rights.asks("pedicure_podologue", drug))


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ("cutanée;orale", "des formes à avaler :"),
        ("cutanée;sous-cutanée", "des formes à injecter :"),
        ("cutanée;transdermique", "des formes en patch :"),
        ("cutanée;intramusculaire;intraveineuse;orale", "des formes à avaler et à injecter :"),
        ("cutanée;inhalée;nasale", "des formes à inhaler et à mettre dans le nez :"),
        ("cutanée;intrathécale", "des formes par voie intrathécale :"),
    ],
)
def test_a_podiatrist_is_told_which_other_forms_a_name_covers(routes, said):
    drug = known("NOM COMMUN", "pommade", routes, "CALENDULA")
    asked = rights.asks("pedicure_podologue", drug)
    assert said in asked and asked.count("à avaler") == ("orale" in routes)


NURSED = [
    (known("VAXIGRIP. Vaccin grippal trivalent", "suspension injectable", "intramusculaire;sous-cutanée", "VIRUS DE LA GRIPPE INACTIVÉ"), {"age": 30}, True),
    (known("VAXIGRIP. Vaccin grippal trivalent", "suspension injectable", "intramusculaire;sous-cutanée", "VIRUS DE LA GRIPPE INACTIVÉ"), {"age": 8}, False),
    (known("JASMINE", "comprimé pelliculé", "orale", "ÉTHINYLESTRADIOL + DROSPIRÉNONE", "liste I"), {"days": 90}, True),
    (known("JASMINE", "comprimé pelliculé", "orale", "ÉTHINYLESTRADIOL + DROSPIRÉNONE", "liste I"), {"days": 270}, False),
    (known("DÉSOGESTREL", "comprimé pelliculé", "orale", "DÉSOGESTREL", "liste I"), {}, True),
    (known("DIANE 35", "comprimé enrobé", "orale", "ÉTHINYLESTRADIOL + CYPROTÉRONE (ACÉTATE DE)", "liste I"), {}, False),
    (known("ANGELIQ", "comprimé pelliculé", "orale", "ESTRADIOL + DROSPIRÉNONE", "liste I"), {}, False),
    (known("NORLEVO 1,5 mg", "comprimé", "orale", "LÉVONORGESTREL"), {}, False),
    (known("MIRENA", "dispositif intra-utérin", "intra-utérine", "LÉVONORGESTREL", "liste I"), {}, False),
    (known("DOLIPRANE", "comprimé", "orale", "PARACÉTAMOL"), {}, False),
]  # fmt: skip


@pytest.mark.parametrize(("drug", "more", "allowed"), NURSED)
def test_a_nurse_is_read_by_words_where_the_code_lacks(drug, more, allowed):
    try:
        rights.require_medicine("infirmier", drug, **more)
    except rights.NotAllowed:
        assert not allowed
    else:
        assert allowed


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
