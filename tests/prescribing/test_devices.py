"""Devices against the list of the prescriber's profession: what it names is signed, the rest wants a reason."""

from __future__ import annotations

import re

import pytest

from serment.catalogues.models import Orderable
from serment.practice.professions import PROFESSIONS
from serment.prescribing import devices, rights
from serment.prescribing.payloads import Line
from serment.record import services as record
from serment.record.models import Entry
from tests.prescribing.test_rights import work_as
from tests.prescribing.test_treatments import page_of, patient  # noqa: F401

LISTED = {
    "infirmier": ["Compresses stériles non tissées", "Pansement hydrocolloïde 10 x 10", "Étuis péniens", "Sondes urinaires", "Bas de contention classe 2", "Lancettes et bandelettes glycémie", "Pied à sérum"],
    "kinesitherapeute": ["Béquilles", "Canne anglaise", "Déambulateur", "Ceinture lombaire", "Fauteuil roulant manuel", "TENS, électrodes"],
    "sage_femme": ["Tire-lait électrique", "Ceinture de grossesse", "Bas de contention", "Préservatifs"],
    "pedicure_podologue": ["Semelles orthopédiques", "Compresses stériles", "Chaussures thérapeutiques de série"],
    "orthophoniste": ["Accessoires pour implant cochléaire", "Canule trachéale"],
    "orthoptiste": ["Prisme autocollant", "Verres correcteurs"],
    "ergotherapeute": ["Lit médical", "Fauteuil roulant électrique", "Déambulateur"],
}  # fmt: skip
BEYOND = {
    "infirmier": [
        "Fauteuil roulant electrique monte-marches",
        "Lit médical, location",
        "Semelles",
        "Tire-lait",
    ],
    "kinesitherapeute": ["Fauteuil roulant à propulsion par moteur électrique", "Lit médical", "Tire-lait"],
    "sage_femme": ["Lit médical", "Déambulateur"],
    "pedicure_podologue": ["Déambulateur", "Chaussures sur mesure de série"],
    "orthophoniste": ["Béquilles"],
    "orthoptiste": ["Béquilles"],
    "ergotherapeute": ["Pansement hydrocolloïde"],
}


@pytest.mark.django_db
@pytest.mark.parametrize("profession", LISTED)
def test_the_list_names_what_it_names(profession):
    lines = [Line(text=text) for text in (*LISTED[profession], *BEYOND[profession])]
    alerts, rows = devices.check(lines, profession)
    asked = [place for alert in alerts for place in alert.places]
    assert asked == list(range(len(LISTED[profession]), len(lines)))
    assert all(alert.blocking and "à vérifier" in alert.source for alert in alerts)
    assert rows[0].looked == len(lines) and rows[0].partial


@pytest.mark.django_db
def test_a_device_of_the_catalogue_is_read_with_its_chapter():
    Orderable.objects.create(key="lpp:1", catalogue="lpp", code="1", label="Fixation, 10 cm", chapter="Articles pour pansements", source="lpp")  # fmt: skip
    alerts, _ = devices.check([Line(text="Fixation, 10 cm", code="lpp:1")], "infirmier")
    assert not alerts


def test_every_profession_that_orders_devices_has_its_list_or_is_told():
    without = [c for c in PROFESSIONS if "devices" in rights.of(c).kinds and devices.listing(c) is None]
    assert without == ["medecin", "chirurgien_dentiste"]


def order_of(patient) -> str:  # noqa: F811
    return page_of(patient).replace("nouvelle", "demande")


def test_a_nurse_says_why_for_what_her_list_does_not_name(cabinet, patient):  # noqa: F811
    nurse = work_as(cabinet, "infirmier")
    given = {"kind": "devices", "item": ["", ""], "text": ["Compresses stériles", "Lit médical"], "count": ["", ""], "note": ["", ""]}  # fmt: skip
    answer = nurse.post(order_of(patient), given)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Entry.unscoped.filter(kind="prescription").exists()
    assert devices.NOT_LISTED in page and "arrêté du 20 mars 2012" in page and "à vérifier" in page
    assert "« Lit médical »" in page and "« Compresses stériles »" not in page
    assert 'value="Compresses stériles"' in page and "Jamais couvert ici" not in page
    reason = re.search(r'name="(reason-\w+)"', page)[1]
    answer = nurse.post(order_of(patient), given | {reason: "prescrit par le médecin traitant"})
    assert answer.status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        entry = Entry.objects.get(kind="prescription")
        lines = record.patient_keys(keyring, patient.pk).open(entry, "payload")["lines"]
    assert "prescrit par le médecin traitant" in str(lines[1]["overrides"]) and not lines[0].get("overrides")


def test_the_page_shows_the_list_or_says_that_none_is_held(cabinet, patient):  # noqa: F811
    page = order_of(patient) + "?nature=devices"
    shown = work_as(cabinet, "infirmier").get(page).content.decode()
    assert "Articles pour pansement" in shown and "médecin traitant informé" in shown
    assert "27 juin 2025" in shown
    dentist = work_as(cabinet, "chirurgien_dentiste").get(page).content.decode()
    assert "Aucune liste de dispositifs n’est tenue ici" in dentist
    doctor = work_as(cabinet, "medecin").get(page).content.decode()
    assert "liste de dispositifs" not in doctor and "Articles pour pansement" not in doctor


def test_a_doctor_is_asked_nothing(cabinet, patient):  # noqa: F811
    given = {"kind": "devices", "item": "", "text": "Lit médical", "count": "", "note": ""}
    assert cabinet.client(cabinet.doctor).post(order_of(patient), given).status_code == 302
