"""The fields of a template: written by hand, filled in a consultation, signed as they were asked."""

from __future__ import annotations

import re

import pytest

from serment.record import models_of_consultation, selectors
from serment.record.asked_fields import dumped, loaded, with_way
from serment.record.kinds.asked import AskedField
from serment.record.models import ConsultationModel, Entry
from serment.vault.ids import encode

WAYS = "/dossier/trames/"
ROWS = [
    {"label": "Stade", "part": "conclusion", "type": "CE", "choices": "un ; deux ;trois"},
    {
        "label": "Tour de mollet",
        "part": "examination",
        "type": "NM",
        "unit": "cm",
        "low": "10",
        "high": "80,5",
    },
    {"label": "Fume", "part": "history", "type": "ID", "help": "même peu"},
    {"label": "", "part": "history", "type": "ST"},
]


def posted(rows, **more):
    given = {f"c{place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()}
    return {"label": "Jambes", "shared": "on", "rows": str(len(rows)), **given, **more}


@pytest.fixture
def doctor(cabinet):
    return cabinet.client(cabinet.doctor)


@pytest.fixture
def way(cabinet, doctor):
    """The key of a template with a choice, a number and a yes or no."""
    assert doctor.post(WAYS, posted(ROWS)).status_code == 302
    with cabinet.at_work(cabinet.doctor):
        return encode(ConsultationModel.objects.get().pk)


@pytest.fixture
def page(record_path):
    return f"{record_path}consultation/"


def asked_in(text: str) -> str:
    """The fields that the page carries."""
    found = re.search(r'name="asked"[^>]*value="([^"]*)"', text) or re.search(
        r'value="([^"]*)"[^>]*name="asked"', text
    )
    return found[1].replace("&quot;", '"') if found else ""


def last(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return selectors.last_content(keyring=keyring, patient_id=patient.pk, kind="consultation")


def test_fields_are_kept_by_part_in_their_order(cabinet, way):
    with cabinet.at_work(cabinet.doctor):
        found = models_of_consultation.find(cabinet.doctor, way).asked
    assert [(f.label, f.part, f.type) for f in found] == [
        ("Fume", "history", "ID"),
        ("Tour de mollet", "examination", "NM"),
        ("Stade", "conclusion", "CE"),
    ]
    assert (found[1].unit, found[1].low, found[1].high) == ("cm", 10, 80.5)
    assert found[2].choices == ["un", "deux", "trois"] and found[0].help == "même peu"


@pytest.mark.parametrize(
    ("row", "phrase"),
    [
        ({"label": "X", "type": "CE", "choices": "un"}, "Donnez au moins deux choix"),
        ({"label": "X", "type": "NM", "low": "5", "high": "2"}, "Ce plus haut est sous le plus bas"),
        ({"label": "", "type": "CE", "choices": "un;deux"}, "Donnez un intitulé"),
        ({"label": "X", "type": "NM", "low": "peu"}, "nombre"),
    ],
)
def test_a_field_that_is_not_right_is_said_there_and_what_was_typed_stays(cabinet, doctor, row, phrase):
    answer = doctor.post(WAYS, posted([row]))
    text = answer.content.decode()
    assert answer.status_code == 422 and phrase in text
    typed = row.get("choices") or row["low"]
    assert f'value="{typed}"' in text and 'value="Jambes"' in text
    with cabinet.at_work(cabinet.doctor):
        assert not ConsultationModel.objects.exists()


def labels(text: str) -> list[str]:
    return re.findall(r'name="c\d+-label"(?: value="([^"]*)")?', text)


@pytest.mark.parametrize(
    ("gesture", "order"),
    [
        ("up-1", ["Tour de mollet", "Stade", "Fume"]),
        ("down-1", ["Stade", "Fume", "Tour de mollet"]),
        ("up-0", ["Stade", "Tour de mollet", "Fume"]),
        ("remove-0", ["Tour de mollet", "Fume"]),
        ("add", ["Stade", "Tour de mollet", "Fume", ""]),
        ("up-99", ["Stade", "Tour de mollet", "Fume"]),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_rows_are_added_moved_and_removed_and_nothing_is_kept_yet(cabinet, doctor, gesture, order, headers):
    given = posted(ROWS[:3], do=gesture, reason="jambes lourdes", measures=["weight"])
    answer = doctor.post(WAYS, given, headers=headers)
    text = answer.content.decode()
    assert answer.status_code == 200 and labels(text) == order
    if not headers:
        assert "jambes lourdes" in text and re.search(r'value="weight"[^>]*checked', text)
    with cabinet.at_work(cabinet.doctor):
        assert not ConsultationModel.objects.exists()


def test_enter_in_a_field_keeps_the_template_and_moves_nothing(doctor):
    text = doctor.get(f"{WAYS}?trame=grossesse").content.decode()
    form = text.partition('id="trame"')[2]
    assert "<button hidden>" in form.partition('name="do"')[0], (
        "the first button is the one that Enter presses"
    )


def test_changing_ones_own_keeps_it_one_whatever_its_name(cabinet, doctor, way):
    assert doctor.post(f"{WAYS}?trame={way}", posted(ROWS[:1], label="Veines")).status_code == 302
    with cabinet.at_work(cabinet.doctor):
        row = ConsultationModel.objects.get()
        assert row.label == "Veines" and len(row.asked) == 1
    doctor.post(WAYS, posted([], label="Pieds"))
    taken = doctor.post(f"{WAYS}?trame={way}", posted([], label="Pieds"))
    assert taken.status_code == 422 and "Vous avez déjà une trame de ce nom" in taken.content.decode()


def test_fields_show_as_inputs_where_they_belong_and_colleagues_have_them(cabinet, page, way):
    text = cabinet.client(cabinet.colleague).get(f"{page}?trame={way}").content.decode()
    text = text.replace(asked_in(text).replace('"', "&quot;"), "")
    places = [
        text.index(mark)
        for mark in ("Fume", 'name="history"', "Tour de mollet (cm)", 'name="examination"', "Stade")
    ]
    assert places == sorted(places) and places[-1] < text.index('name="conclusion"')
    assert re.search(r'type="radio"[^>]*name="a_0"|name="a_0"[^>]*type="radio"', text) and "même peu" in text


def test_what_is_answered_is_signed_with_its_field_and_what_is_empty_is_not(
    cabinet, doctor, patient, page, way
):
    asked = asked_in(doctor.get(f"{page}?trame={way}").content.decode())
    wrong = doctor.post(page, {"asked": asked, "a_0": "oui", "a_1": "900", "a_2": "deux", "history": "récit"})
    text = wrong.content.decode()
    assert wrong.status_code == 422 and "Saisissez un nombre entre 10 et 80,5\u00a0cm." in text
    assert 'value="900"' in text and "récit" in text and asked_in(text) == asked
    assert re.search(r'value="oui"[^>]*checked', text) and re.search(r'value="deux"[^>]*checked', text)
    assert doctor.post(page, {"asked": asked, "a_0": "oui", "a_1": "38,5 cm", "a_2": ""}).status_code == 302
    kept = last(cabinet, patient)
    assert set(kept.answers) == {"history", "examination"}
    (calf,) = kept.answers["examination"]
    assert (calf.label, calf.type, calf.unit, calf.number, calf.value) == (
        "Tour de mollet",
        "NM",
        "cm",
        38.5,
        "38,5\u00a0cm",
    )
    assert kept.rows() == [
        ("Histoire", "Fume\u00a0: oui"),
        ("Examen", "Tour de mollet\u00a0: 38,5\u00a0cm"),
    ]


def test_a_page_of_empty_fields_is_an_empty_consultation(doctor, page, way):
    asked = asked_in(doctor.get(f"{page}?trame={way}").content.decode())
    answer = doctor.post(page, {"asked": asked, "a_0": "", "a_1": "", "a_2": ""})
    assert answer.status_code == 422 and "La consultation est vide" in answer.content.decode()


def test_an_old_consultation_reads_the_same_when_the_template_goes(
    cabinet, doctor, patient, page, record_path, way
):
    asked = asked_in(doctor.get(f"{page}?trame={way}").content.decode())
    doctor.post(page, {"asked": asked, "a_1": "41", "a_2": "trois"})
    doctor.post(f"{WAYS}?trame={way}", posted([{"label": "Autre", "part": "history", "type": "ST"}]))
    doctor.post(f"{WAYS}retirer/", {"trame": way})
    timeline = doctor.get(record_path).content.decode()
    assert "Tour de mollet\u00a0: 41\u00a0cm" in timeline and "Stade\u00a0: trois" in timeline
    with cabinet.at_work(cabinet.doctor):
        entry = Entry.objects.get(patient_id=patient.pk, kind="consultation")
    detail = doctor.get(f"/dossier/elements/{encode(entry.pk)}/").content.decode()
    assert "Tour de mollet\u00a0: 41\u00a0cm" in detail and "signature vérifiée" in detail


def test_search_finds_answers_and_never_a_choice_that_was_not_made(doctor, page, record_path, way):
    asked = asked_in(doctor.get(f"{page}?trame={way}").content.decode())
    doctor.post(page, {"asked": asked, "a_1": "41", "a_2": "trois"})

    def found(text):
        return "Consultation" in doctor.post(f"{record_path}chercher/", {"text": text}).content.decode()

    assert found("mollet 41") and found("stade trois")
    assert not found("deux") and not found("fume") and not found("conclusion")


def test_answers_are_corrected_by_their_own_inputs(cabinet, doctor, patient, page, way):
    asked = asked_in(doctor.get(f"{page}?trame={way}").content.decode())
    doctor.post(page, {"asked": asked, "reason": "jambe", "a_1": "41", "a_2": "trois"})
    doctor.post(f"{WAYS}retirer/", {"trame": way})
    with cabinet.at_work(cabinet.doctor):
        entry = Entry.objects.get(patient_id=patient.pk, kind="consultation")
    address = f"/dossier/elements/{encode(entry.pk)}/corriger/"
    text = doctor.get(address).content.decode()
    assert 'value="41"' in text and re.search(r'value="trois"[^>]*checked', text)
    given = {"reason": "jambe", "a_0": "42", "a_1": "deux", "why": "mal lu", "version": "1"}
    wrong = doctor.post(address, {**given, "a_0": "long"})
    assert wrong.status_code == 422 and "Saisissez un nombre entre 10 et 80,5" in wrong.content.decode()
    assert doctor.post(address, given).status_code == 302
    kept = last(cabinet, patient)
    assert kept.answers["examination"][0].number == 42 and kept.answers["conclusion"][0].value == "deux"
    versions = doctor.get(f"/dossier/elements/{encode(entry.pk)}/").content.decode()
    assert "<del>trois</del>" in versions and "<ins>deux</ins>" in versions


def test_a_draft_keeps_its_fields_whatever_becomes_of_the_template(doctor, page, way):
    text = doctor.get(f"{page}?trame={way}").content.decode()
    asked, opened = asked_in(text), re.search(r'name="opened" value="([^"]+)"', text)[1]
    data = {"asked": asked, "a_1": "pas un nombre", "a_2": "deux", "page": "", "opened": opened}
    assert doctor.post(f"{page}brouillon/", data).status_code == 204
    doctor.post(f"{WAYS}retirer/", {"trame": way})
    again = doctor.get(page).content.decode()
    assert asked_in(again) == asked and 'value="pas un nombre"' in again
    assert re.search(r'value="deux"[^>]*checked', again) and "Saisissez un nombre" not in again


def test_fields_that_come_garbled_are_said_and_the_texts_stay(doctor, page):
    answer = doctor.post(page, {"asked": '[{"label": ""}]', "history": "récit"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "n’ont pas été reçus en entier" in text and "récit" in text


def test_a_free_text_answer_is_guarded_as_any_other(cabinet, doctor, patient, page):
    asked = dumped([AskedField(label="Remarque", type="ST", part="history")])
    answer = doctor.post(page, {"asked": asked, "a_0": "IBAN FR1420041010050500013M02606"})
    assert answer.status_code == 422 and "Remarque\u00a0: un numéro de banque" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "phrase"), [("2026-02-31", "date valide"), ("0202-01-05", "Cette année n’est pas possible")]
)
def test_a_date_that_is_not_one_is_refused_at_its_field(doctor, page, typed, phrase):
    asked = dumped([AskedField(label="Dernières règles", type="DT")])
    answer = doctor.post(page, {"asked": asked, "a_0": typed})
    assert answer.status_code == 422 and phrase in answer.content.decode()


def test_what_ships_asks_for_few_fields_and_reads_back(cabinet):
    with cabinet.at_work(cabinet.doctor):
        for starter in models_of_consultation.offered(cabinet.doctor):
            assert 2 <= len(starter.asked) <= 8, starter.label
            assert loaded(dumped(starter.asked)) == list(starter.asked)


def test_a_template_taken_afterwards_adds_its_fields_and_keeps_what_was_answered():
    asked = [AskedField(label="Un"), AskedField(label="Deux"), AskedField(label="Trois", part="conclusion")]
    typed = {"asked": [dumped(asked)], "a_0": [""], "a_1": ["b"], "a_2": ["c"], "history": ["récit"]}
    more = [AskedField(label="Quatre"), AskedField(label="Deux")]
    found = with_way(typed, {"history": "trame", "examination": "Cœur :"}, more)
    assert [field.label for field in loaded(found["asked"][0])] == ["Deux", "Trois", "Quatre"]
    assert found["a_0"] == ["b"] and found["a_1"] == ["c"] and "a_2" not in found
    assert found["history"] == ["récit"] and found["examination"] == ["Cœur :"]


@pytest.mark.parametrize(
    ("age", "pregnant", "first"), [(30, True, "grossesse"), (4, False, "pediatrie"), (40, False, "generale")]
)
def test_what_the_patient_calls_for_comes_first(cabinet, age, pregnant, first):
    with cabinet.at_work(cabinet.doctor):
        ways = models_of_consultation.offered(cabinet.doctor)
    assert models_of_consultation.for_patient(ways, age_years=age, pregnant=pregnant)[0].key == first


def test_ones_profession_comes_first(cabinet):
    with cabinet.at_work(cabinet.doctor):
        who = cabinet.doctor.practitioner
        who.profession, who.specialty = "sage_femme", ""
        keys = [way.key for way in models_of_consultation.offered(cabinet.doctor)]
    assert keys[:2] == ["gynecologie", "grossesse"] and set(keys) == set(models_of_consultation.starters())
