"""Codes are looked up: the catalogue's label is kept, an unknown code is refused or asked about; numbers are likely."""

from __future__ import annotations

from datetime import date

import pytest

from serment.catalogues.models import Diagnosis, ImportRun, Medicine, Word
from serment.catalogues.services import load_starter
from serment.record import selectors
from serment.vault.paths import path


@pytest.fixture
def doctor(cabinet):
    return cabinet.client(cabinet.doctor)


@pytest.fixture
def starter(db):
    load_starter()


@pytest.fixture
def imported(starter):
    ImportRun.objects.create(catalogue="cim10", digest="x")


def last(cabinet, patient, kind):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return selectors.last_content(keyring=keyring, patient_id=patient.pk, kind=kind)


PROBLEM = {"label": "Quelque chose", "status": "active"}


@pytest.mark.parametrize("code", ["U99", "Z99.999"])
def test_an_unknown_code_is_refused_with_the_whole_list_and_asked_about_with_the_starter(
    doctor, cabinet, patient, starter, code
):
    address = path("record:add", patient.pk, "problem")
    asked = doctor.post(address, {**PROBLEM, "code": code})
    assert asked.status_code == 422 and "liste de départ" in asked.content.decode()
    assert doctor.post(address, {**PROBLEM, "code": code, "confirm_unusual": "1"}).status_code == 302
    ImportRun.objects.create(catalogue="cim10", digest="x")
    refused = doctor.post(address, {**PROBLEM, "code": code, "confirm_unusual": "1"})
    page = refused.content.decode()
    assert (
        refused.status_code == 422 and "n’est pas dans la liste CIM-10" in page and f'value="{code}"' in page
    )


def test_a_made_up_label_gives_way_to_the_catalogue_s(doctor, cabinet, patient, starter):
    listed = Diagnosis.objects.get(code="B02")
    doctor.post(path("record:add", patient.pk, "problem"), {**PROBLEM, "pick": "B02|Libellé mensonger"})
    kept = last(cabinet, patient, "problem")
    assert (kept.code, kept.label) == ("B02", listed.label)
    forged = {"substance": "essai", "certainty": "confirmed", "pick": "zzz|Libellé mensonger"}
    doctor.post(path("record:add", patient.pk, "allergy"), forged)
    kept = last(cabinet, patient, "allergy")
    assert (kept.code, kept.substance) == ("", "essai")


def test_a_ticked_problem_of_a_consultation_too(doctor, cabinet, patient, imported):
    address = path("record:consultation", patient.pk)
    refused = doctor.post(address, {"reason": "toux", "problem": "Z99.999|Faux"})
    assert refused.status_code == 422 and "Code inconnu" in refused.content.decode()
    assert doctor.post(address, {"reason": "toux", "problem": "B02|Faux"}).status_code == 302
    assert last(cabinet, patient, "consultation").problems[0].label == Diagnosis.objects.get(code="B02").label


def test_the_code_of_an_operation_is_one(doctor, cabinet, patient, starter):
    address = path("record:add", patient.pk, "history")
    refused = doctor.post(address, {"text": "Opération", "side": "surgical", "code": "😀"})
    assert refused.status_code == 422 and "HHFA001" in refused.content.decode()
    picker = doctor.post("/dossier/passe/", {"text": "zona", "side": "personal"}).content.decode()
    value = picker.partition('value="')[2].partition('"')[0]
    assert doctor.post(address, {"text": "zona", "side": "personal", "pick": value}).status_code == 302
    assert last(cabinet, patient, "history").code == value.partition("|")[0]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("penicil", "pénicillines"),
        ("sulfamid", "sulfamides antibactériens"),
        ("AINS", "anti-inflammatoires non stéroïdiens"),
        ("betalactam", "bêta-lactamines"),
        ("cephalo", "céphalosporines"),
        ("iode", "produits de contraste iodés"),
        ("latex", "latex"),
        ("arachide", "arachide"),
        ("guêpe", "venin de guêpe"),
    ],
)
def test_classes_and_what_is_no_medicine_are_offered_and_kept(
    doctor, cabinet, patient, starter, typed, offered
):
    choices = doctor.post("/dossier/substances/", {"substance": typed}).content.decode()
    assert f'value="|{offered}"' in choices
    given = {"substance": typed, "certainty": "confirmed", "pick": f"|{offered}"}
    assert doctor.post(path("record:add", patient.pk, "allergy"), given).status_code == 302
    assert last(cabinet, patient, "allergy").substance == offered


def test_a_brand_is_offered_with_what_it_holds_and_kept_so(doctor, cabinet, patient, starter):
    """« augm » gives the brand; what nobody offered is not taken."""
    label = "Zaugmentine (amoxicilline)"
    Medicine.objects.create(
        key="bdpm:9",
        source="bdpm",
        name="ZAUGMENTINE 1 g, poudre",
        dci_label="Amoxicilline 1 g, poudre",
        form="poudre",
        substances=[["9", "AMOXICILLINE", "SA", "", "1"]],
    )
    Word.objects.create(kind="m", word="zaugmentine", target="bdpm:9", rank=1)
    assert f'value="|{label}"' in doctor.post("/dossier/substances/", {"substance": "zaug"}).content.decode()
    given = {"substance": "zaug", "certainty": "confirmed", "pick": f"|{label}"}
    assert doctor.post(path("record:add", patient.pk, "allergy"), given).status_code == 302
    assert last(cabinet, patient, "allergy").substance == label
    forged = given | {"pick": "|Zaugmentine (eau)"}
    assert doctor.post(path("record:add", patient.pk, "allergy"), forged).status_code == 302
    assert last(cabinet, patient, "allergy").substance == "zaug", "what was not offered is what was typed"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"label": "HbA1c", "value": "-7", "unit": "%"}, "jamais négative"),
        ({"label": "HbA1c", "value": "1000000000", "unit": "%"}, "Au plus"),
        ({"label": "HbA1c", "value": "7,4", "unit": "patates"}, "unité inattendue"),
        ({"label": "Plaquettes", "value": "250000", "unit": "G/L"}, "peu vraisemblable"),
        ({"label": "Mesure maison", "value": "7", "unit": "patates"}, "n’est pas une unité connue"),
        ({"label": "Mesure maison", "value": "-7"}, "est négatif"),
    ],
)
def test_a_number_that_cannot_be_is_refused_and_an_odd_one_asked_about(doctor, patient, data, said):
    address = path("record:add", patient.pk, "observation")
    answer = doctor.post(address, data)
    assert answer.status_code == 422 and said in answer.content.decode()
    sure = doctor.post(address, {**data, "confirm_unusual": "1"}).status_code
    assert sure == (422 if said in ("jamais négative", "Au plus") else 302)


def test_a_quantity_called_by_its_name_has_its_code_and_its_units_are_shown(doctor, cabinet, patient):
    given = {"label": "HbA1c", "value": "7,4", "unit": ""}
    assert doctor.post(path("record:add", patient.pk, "observation"), given).status_code == 302
    kept = last(cabinet, patient, "observation")
    assert (kept.loinc, kept.unit) == ("4548-4", "%")
    assert "en % ou mmol/mol" in doctor.post("/dossier/grandeurs/", {"label": "hba"}).content.decode()
    assert "Plaquettes" in doctor.post("/dossier/grandeurs/", {"label": "plaq"}).content.decode()


def test_a_child_is_offered_what_is_for_a_child(doctor, cabinet):
    child = cabinet.patient(birth_family_name="Enfant", birth_date=date(date.today().year - 7, 1, 1), sex="F")
    first, bar, rest = (
        doctor.get(path("record:prevention", child.pk)).content.decode().partition("<summary>Tous")
    )
    assert bar and not any(name in first for name in ("PHQ-9", "AUDIT-C", "SCORE2", ">Grossesse<"))
    assert all(name in rest for name in ("PHQ-9", "AUDIT-C", "SCORE2", ">Grossesse<"))
    adult = cabinet.patient(birth_family_name="Adulte", birth_date=date(1980, 1, 1), sex="F")
    first = doctor.get(path("record:prevention", adult.pk)).content.decode().partition("<summary>Tous")[0]
    assert all(name in first for name in ("PHQ-9", "AUDIT-C", "SCORE2", ">Grossesse<"))


@pytest.mark.parametrize(("points", "said"), [("0", False), ("1", True)])
def test_the_last_item_of_phq9_is_drawn_attention_to(doctor, cabinet, points, said):
    adult = cabinet.patient(birth_family_name="Adulte", birth_date=date(1980, 1, 1), sex="F")
    answers = {f"item-{place}": "0" for place in range(9)} | {"item-8": points}
    page = doctor.post(path("record:score", adult.pk, "phq9"), answers, follow=True).content.decode()
    assert ("À reprendre avec le patient" in page) is said
    assert bool(last(cabinet, adult, "score").attention) is said


def test_the_search_looks_in_what_is_shown_only(doctor, patient, add):
    from serment.record.kinds.allergy import Allergy

    add("allergy", Allergy(substance="Pénicilline", code="zzz", severity="severe"))
    address = path("record:find", patient.pk)
    assert "Pénicilline" not in doctor.post(address, {"text": "zzz"}).content.decode()
    assert "Pénicilline" not in doctor.post(address, {"text": "severe"}).content.decode()
    assert "Pénicilline" in doctor.post(address, {"text": "penicilline grave"}).content.decode()


@pytest.mark.parametrize(("kind", "has_form"), [("note", True), ("score", False)])
def test_what_has_no_form_is_not_said_to_be_corrected(doctor, patient, add, kind, has_form):
    from serment.record import scores
    from serment.record.kinds.note import Note

    payload = Note(text="Une note") if has_form else scores.shipped()["fagerstrom"].read([0] * 6)
    entry = add(kind, payload)
    assert ("Corriger</a>" in doctor.get(path("record:versions", entry.pk)).content.decode()) is has_form
    page = doctor.get(path("record:correct", entry.pk)).content.decode()
    assert ("La version actuelle reste lisible" in page) is has_form
    assert ("il ne se corrige pas" in page) is not has_form


def test_a_correction_suggests_what_an_addition_does_and_keeps_the_choice(doctor, cabinet, add, starter):
    from serment.record.kinds.allergy import Allergy
    from serment.record.kinds.history import History
    from serment.record.kinds.problem import Problem
    from serment.record.kinds.treatment import Treatment

    pickers = {
        "problem": (Problem(label="Zona"), "/dossier/diagnostics/"),
        "allergy": (Allergy(substance="Pénicilline"), "/dossier/substances/"),
        "history": (History(text="Appendicite", side="surgical"), "/dossier/passe/"),
        "treatment": (Treatment(label="Paracétamol"), "/dossier/medicaments/"),
    }
    for kind, (payload, address) in pickers.items():
        entry = add(kind, payload)
        page = doctor.get(path("record:correct", entry.pk)).content.decode()
        picks = page.partition('id="picks"')[2].partition(">")[0]
        assert f'hx-post="{address}"' in picks, kind
        assert ("#id_side" in picks) is (kind == "history")
    entry = add("problem", Problem(label="Zona"))
    address = path("record:correct", entry.pk)
    sent = {**PROBLEM, "pick": "B02|Faux", "version": "1"}
    refused = doctor.post(address, sent).content.decode()
    assert 'name="pick" value="B02|Faux" checked' in refused, (
        "what was ticked is kept when the reason is missing"
    )
    assert doctor.post(address, {**sent, "why": "code choisi"}).status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        kept = selectors.one(keyring=keyring, entry=type(entry).objects.get(pk=entry.pk)).content
    assert (kept.code, kept.label) == ("B02", Diagnosis.objects.get(code="B02").label)


@pytest.mark.parametrize("why", ["", "ko"])
def test_entered_in_error_without_a_reason_says_so_at_the_field_and_keeps_what_was_typed(doctor, add, why):
    from serment.record.kinds.note import Note

    entry = add("note", Note(subject="Appel", text="Une note"))
    sent = {"error": "1", "why": why, "version": "1", "subject": "Appel du soir", "text": "Une autre"}
    refused = doctor.post(path("record:correct", entry.pk), sent)
    page = refused.content.decode()
    reason = page.partition('name="why"')[2].partition("</div></div>")[0]
    assert refused.status_code == 422 and 'aria-invalid="true"' in reason
    assert 'value="Appel du soir"' in page and "Une autre</textarea>" in page


def test_the_type_of_a_past_event_is_asked_first_and_its_text_looked_up_by_it(doctor, patient):
    page = doctor.get(path("record:add", patient.pk, "history")).content.decode()
    form = page.partition('id="add-title"')[2]
    assert form.index('name="side"') < form.index('name="text"') < form.index('name="when"')
    assert '<option value="personal" selected>Médical</option>' in form
    field = form.partition('name="text"')[2].partition(">")[0]
    assert 'data-suggests="picks"' in field
    picks = form.partition('id="picks"')[2].partition(">")[0]
    assert "from:#id_text" in picks and "change from:#id_side" in picks
    assert form.index('name="text"') < form.index('id="picks"') < form.index('name="when"')
