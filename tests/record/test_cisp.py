"""CISP-2 on the problem's form: by hand without the list; with it, suggested, labelled, and refused when unknown."""

from __future__ import annotations

import pytest

from serment.catalogues import cisp
from serment.record import selectors
from serment.record.kinds.problem import Problem
from serment.vault.ids import encode
from serment.vault.paths import path

LIST = "K86;Zzpression haute\nK25;Zzpeur\nR96;Zzasthme\nI10;K86\n"
PICKS = "/dossier/soins-primaires/"


@pytest.fixture
def doctor(cabinet):
    return cabinet.client(cabinet.doctor)


@pytest.fixture
def form(patient):
    return path("record:add", patient.pk, "problem")


@pytest.fixture
def listed(db, tmp_path):
    (tmp_path / "liste.csv").write_text(LIST, encoding="utf-8")
    cisp.import_cisp2(path=tmp_path)


def problems(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return selectors.problems(keyring=keyring, patient_id=patient.pk)


def given(**more):
    return {"label": "Hypertension", "status": "active", **more}


def test_without_the_list_it_is_typed_by_hand_and_said_so(cabinet, doctor, patient, form):
    page = doctor.get(form).content.decode()
    assert "à la main" in page and 'id="cisp-found"' not in page
    assert doctor.post(form, given(cisp="hyper")).status_code == 422
    assert doctor.post(form, given(cisp="k86")).status_code == 302
    assert problems(cabinet, patient)[0].cisp == "K86"


def test_suggested_by_word_or_code_and_by_the_cim10_code_chosen(doctor, form, listed):
    page = doctor.get(form).content.decode()
    assert "un mot ou un code de la liste" in page and 'id="cisp-found"' in page

    def found(**sent):
        return doctor.post(PICKS, sent).content.decode()

    assert 'name="cisp_pick" value="K86|Zzpression haute"' in found(cisp="zzpress")
    assert "R96" in found(cisp="r9") and "Va avec" not in found(cisp="r9")
    assert "Va avec I10" in found(cisp="", pick="I10|HTA") and "K86 Zzpression" in found(pick="I10|HTA")
    assert "K86 Zzpression" in found(code="i10")
    assert "radio" not in found(pick="Z00|Examen") and "radio" not in found()


def test_the_choice_is_kept_with_its_label_and_shown(cabinet, doctor, patient, form, listed, record_path):
    sent = given(code="I10", cisp="zzpress", cisp_pick="K86|Zzpression haute")
    assert doctor.post(form, sent).status_code == 302
    (kept,) = problems(cabinet, patient)
    assert (kept.cisp, kept.cisp_label) == ("K86", "Zzpression haute")
    assert ("Code CISP-2", "K86 Zzpression haute") in kept.rows()
    assert "Hypertension (I10, CISP-2 K86)" in doctor.get(record_path).content.decode()


def test_a_code_typed_whole_is_enough(cabinet, doctor, patient, form, listed):
    assert doctor.post(form, given(cisp="k25")).status_code == 302
    assert problems(cabinet, patient)[0].cisp_label == "Zzpeur"


@pytest.mark.parametrize(
    "sent", [{"cisp": "K99"}, {"cisp": "zzpress"}, {"cisp": "", "cisp_pick": "K99|Faux"}]
)
def test_an_unknown_code_is_refused_at_the_field_and_says_what_to_do(
    cabinet, doctor, patient, form, listed, sent
):
    answer = doctor.post(form, given(note="précision", **sent))
    text = answer.content.decode()
    assert answer.status_code == 422 and 'id="id_cisp-erreur"' in text
    assert "n’est pas un code de la liste CISP-2" in text and "choisissez dans la liste" in text
    assert ('value="précision"' in text and f'value="{sent["cisp"]}"' in text) or not sent["cisp"]
    assert not problems(cabinet, patient)


def test_what_was_ticked_stays_ticked_when_another_field_is_wrong(doctor, form, listed):
    text = doctor.post(form, given(code="?", cisp="zz", cisp_pick="K86|Zzpression haute")).content.decode()
    assert 'value="K86|Zzpression haute" checked' in text


def test_an_older_code_stays_when_the_rest_is_corrected(cabinet, doctor, patient, add, listed):
    entry = add("problem", Problem(label="Ancien", cisp="Z99", cisp_label="Zzancien"))
    sent = {
        "label": "Ancien",
        "cisp": "Z99",
        "status": "active",
        "why": "précision",
        "version": "1",
        "note": "n",
    }
    assert doctor.post(f"/dossier/elements/{encode(entry.pk)}/corriger/", sent).status_code == 302
    (kept,) = problems(cabinet, patient)
    assert (kept.cisp, kept.cisp_label, kept.note) == ("Z99", "Zzancien", "n")


def test_the_checks_of_an_ordonnance_never_read_it_as_a_cim10_code():
    assert Problem(label="Peur du cœur", cisp="K25").checked == "Peur du cœur"
    assert Problem(label="Ulcère", code="K25", cisp="D86").checked == "Ulcère (K25)"


def test_a_correction_suggests_the_list_too(doctor, add, listed):
    page = doctor.get(path("record:correct", add("problem", Problem(label="Asthme")).pk)).content.decode()
    assert 'id="cisp-found"' in page and f'hx-post="{PICKS}"' in page
