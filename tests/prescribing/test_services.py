"""Ordonnances: allergies are checked by substance, reasons kept, paper says what it must (R3.5)."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from serment.access import accounts
from serment.catalogues.models import Medicine
from serment.catalogues.selectors import search_medicines
from serment.catalogues.services import load_starter
from serment.practice.models import Practitioner
from serment.prescribing import habits, services
from serment.prescribing.models import Protocol, Usage
from serment.prescribing.payloads import Dosage, Line
from serment.prescribing.safety import Item
from serment.prescribing.safety import allergies as allergy_checks
from serment.record import services as record
from serment.record.kinds.allergy import Allergy
from serment.record.models import Entry
from serment.record.selectors import allergies
from serment.vault.ids import encode
from serment.vault.paths import path


@pytest.fixture
def patient(cabinet):
    load_starter()
    row = cabinet.patient()
    with cabinet.at_work(cabinet.doctor) as keyring:
        record.add_entry(
            keyring=keyring,
            author=cabinet.doctor,
            patient_id=row.pk,
            kind="allergy",
            payload=Allergy(substance="amoxicilline"),
        )
    return row


def line(query, **dosage):
    hit = search_medicines(query, limit=1)[0]
    return Line(medicine=hit.key, dci_label=hit.dci_label, dosage=Dosage(**{"unit": "dose"} | dosage))


@pytest.mark.parametrize("query", ["amoxicilline 500", "amoxicilline acide clavulanique"])
def test_an_allergy_stops_until_a_reason_is_given(cabinet, patient, query):
    with cabinet.at_work(cabinet.doctor) as keyring:
        values = {"keyring": keyring, "author": cabinet.doctor, "patient_id": patient.pk}
        with pytest.raises(services.Alarm) as alarm:
            services.issue(**values, lines=[line("paracétamol 500"), line(query)])
        assert [alert.places for alert in alarm.value.report.blocking] == [(1,)]
        mark = alarm.value.report.blocking[0].mark
        entry = services.issue(
            **values, lines=[line("paracétamol 500"), line(query)], reasons={mark: "tolérée depuis"}
        )
        content = record.patient_keys(keyring, patient.pk).open(entry, "payload")
        assert content["lines"][1]["overrides"][0]["reason"] == "tolérée depuis"


def test_another_medicine_passes(cabinet, patient):
    with cabinet.at_work(cabinet.doctor) as keyring:
        assert services.issue(
            keyring=keyring, author=cabinet.doctor, patient_id=patient.pk, lines=[line("doxycycline")]
        )


FIELDS = {
    "dose": "1",
    "unit": "dose",
    "when": "ms",
    "duration": "7",
    "duration_unit": "day",
    "renewals": "1",
    "ns": "",
    "needed": "",
    "note": "",
    "brand": "",
    "ald": "",
}


def test_the_page_issues_and_the_pdf_is_printed_once_then_as_a_duplicate(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    path = f"/patients/{encode(patient.pk)}/ordonnances/nouvelle/"
    key = search_medicines("doxycycline")[0].key
    bad = client.post(path, {**FIELDS, "medicine": key, "duration": "beaucoup"})
    assert (
        bad.status_code == 422 and "Ligne 1" in bad.content.decode() and "Doxycycline" in bad.content.decode()
    )
    done = client.post(path, {**FIELDS, "medicine": key, "free": "Béquilles"})
    assert done.status_code == 302
    entry = Entry.unscoped.get(kind="prescription")
    url = f"/ordonnances/{encode(entry.pk)}/ordonnance.pdf"
    first, second = client.get(url), client.get(url)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(first.content)).pages)
    for mention in (
        "Doxycycline 100 mg",
        "1 dose le matin et le soir",
        "pendant 7 jours",
        "Renouvelable 1 fois",
        "Béquilles",
        "10000000016",
        "France",
    ):
        assert mention in text, mention
    assert "DUPLICATA" not in text
    assert "DUPLICATA" in "".join(p.extract_text() for p in PdfReader(io.BytesIO(second.content)).pages)
    assert "LESTRANGE" not in first["Content-Disposition"].upper()


def test_who_may_not_prescribe(cabinet, patient):
    path = f"/patients/{encode(patient.pk)}/ordonnances/nouvelle/"
    for person, expected in ((cabinet.secretary, 403), (cabinet.outsider, 403), (cabinet.stranger, 404)):
        assert cabinet.client(person).get(path).status_code == expected


def test_a_substance_picked_while_half_typed_still_warns(cabinet):
    """« amoxi » typed, « AMOXICILLINE » picked: the allergy kept is the substance, and the ordonnance stops."""
    load_starter()
    patient = cabinet.patient()
    client = cabinet.client(cabinet.doctor)
    found = client.post("/dossier/substances/", {"substance": "amoxi"}).content.decode()
    value = found.split('value="')[1].split('"')[0]
    data = {"substance": "amoxi", "pick": value, "certainty": "confirmed"}
    added = client.post(path("record:add", patient.pk, "allergy"), data)
    assert added.status_code == 302
    with cabinet.at_work(cabinet.doctor) as keyring:
        kept = allergies(keyring=keyring, patient_id=patient.pk)[0]
        assert (kept.substance, kept.code) == ("AMOXICILLINE", "starter:amoxicilline")
        with pytest.raises(services.Alarm):
            services.issue(
                keyring=keyring,
                author=cabinet.doctor,
                patient_id=patient.pk,
                lines=[line("amoxicilline 500")],
            )


@pytest.mark.parametrize(
    "typed, warns", [("amoxi", True), ("Amoxicilline", True), ("am", False), ("ibuprofène", False)]
)
def test_a_half_written_allergy_warns_rather_than_not(db, typed, warns):
    load_starter()
    hit = search_medicines("amoxicilline 500", limit=1)[0]
    medicine = Medicine.objects.get(key=hit.key)
    assert bool(allergy_checks.check([Item(0, medicine)], allergy_checks.read([typed]))) == warns


def test_what_one_prescribes_most_comes_first(cabinet, patient):
    """« amox » gives the box this practitioner uses, for them only."""
    load_starter()
    hits = search_medicines("paracétamol")
    usual = hits[-1].key
    client = cabinet.client(cabinet.doctor)
    path = f"/patients/{encode(patient.pk)}/ordonnances/nouvelle/"
    assert client.post(path, {**FIELDS, "medicine": usual}).status_code == 302
    page = client.post("/medicaments/chercher/", {"drug": "paracétamol"}).content.decode()
    assert page.index(usual) < page.index(hits[0].key)
    with cabinet.at_work(cabinet.doctor):
        assert list(Usage.objects.values_list("medicine_key", "count")) == [(usual, 1)]


def test_protocols_renewal_and_the_register(cabinet, patient):
    client = cabinet.client(cabinet.doctor)
    path = f"/patients/{encode(patient.pk)}/ordonnances/nouvelle/"
    key = search_medicines("doxycycline")[0].key
    done = client.post(path, {**FIELDS, "medicine": key, "free": "Béquilles"})
    kept = client.post(f"{done.url}protocole/", {"label": "Angine", "shared": "1"})
    assert kept.status_code == 302 and "Angine" in client.get(path).content.decode()
    with cabinet.at_work(cabinet.doctor):
        protocol = Protocol.objects.get()
    lines = client.post("/medicaments/protocole/", {"protocol": encode(protocol.pk)}).content.decode()
    assert key in lines and "Béquilles" in lines
    renewed = client.get(f"{path}?renouveler=derniere").content.decode()
    assert key in renewed and 'value="7"' in renewed and "Béquilles" in renewed
    assert "Doxycycline" in client.get("/ordonnances/registre/").content.decode()


def test_a_secured_ordonnance_is_written_in_words_and_a_bizone_has_its_zones(cabinet, patient):
    Medicine.objects.create(
        key="test:opium",
        source="starter",
        name="OPIUM TEST",
        dci_label="Opium 10 mg, gélule",
        form="gélule",
        conditions=["stupéfiants", "prescription limitée à 28 jours"],
        substances=[["", "OPIUM", "SA", "10 mg", "1"]],
    )
    client = cabinet.client(cabinet.doctor)
    path = f"/patients/{encode(patient.pk)}/ordonnances/nouvelle/"
    other = search_medicines("doxycycline")[0].key
    given = {name: [value, value] for name, value in FIELDS.items()}
    given |= {"renewals": ["", ""], "ald": ["1", ""], "duration": ["28", "7"]}
    late = client.post(path, {**given, "medicine": ["test:opium", other], "duration": ["29", "7"]})
    assert late.status_code == 422 and "28 au plus" in late.content.decode()
    done = client.post(path, {**given, "medicine": ["test:opium", other]})
    assert done.status_code == 302
    pdf = client.get(f"{done.url}ordonnance.pdf")
    text = " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages).split()
    )
    for mention in (
        "pendant vingt-huit jours",
        "ordonnance sécurisée",
        "AFFECTION EXONÉRANTE",
        "SANS RAPPORT",
    ):
        assert mention in text, mention


def test_a_nurse_prescribes_what_the_text_lets_and_no_more(cabinet, patient):
    with cabinet.at_work(cabinet.doctor):
        who = cabinet.doctor.practitioner
        who.profession = "infirmier"
        who.save()
    client = cabinet.client(cabinet.doctor)
    path = f"/patients/{encode(patient.pk)}/ordonnances/nouvelle/"
    key = search_medicines("doxycycline")[0].key
    refused = client.post(path, {**FIELDS, "medicine": key})
    assert refused.status_code == 422 and "arrêté du 20 mars 2012" in refused.content.decode()
    order = path.replace("nouvelle", "demande")
    assert client.post(order, {"text": "Compresses stériles", "kind": "devices"}).status_code == 302
    forbidden = client.get(f"{order}?nature=imaging")
    assert forbidden.status_code == 403 and "arrêté du 20 mars 2012" in forbidden.content.decode()
    assert client.post(order, {"text": "IRM", "kind": "imaging", "reason": "douleur"}).status_code == 403


@pytest.fixture
def nurse(cabinet):
    """A nurse with the paramedic profile, in the doctor's circle."""
    with cabinet.at_work(cabinet.doctor) as keyring:
        row = Practitioner(
            rpps="10000000065",
            given_name="Léa",
            family_name="Guillou",
            profession="infirmier",
            circle_id=cabinet.circle.pk,
            practice_id=cabinet.practice.pk,
        )
        row.save()
        person, password = accounts.invite(
            keyring=keyring,
            by=cabinet.doctor,
            login="lea.guillou",
            given_name="Léa",
            family_name="Guillou",
            profile="paramedic",
            practitioner=row,
        )
        person.notice_read_at, person.must_change_password = timezone.now(), False
        person.save()
    cabinet.passwords[person.pk] = password
    return person


def test_the_paramedic_profile_prescribes_within_its_profession(cabinet, patient, nurse):
    client = cabinet.client(nurse)
    page = f"/patients/{encode(patient.pk)}/ordonnances/nouvelle/"
    assert "arrêté du 20 mars 2012" in client.get(page).content.decode()
    assert "Ordonnance</a>" in client.get(f"/patients/{encode(patient.pk)}/dossier/").content.decode()
    order = client.get(page.replace("nouvelle", "demande"))
    assert order.status_code == 200 and "Dispositifs" in order.content.decode(), "the first kind of a nurse"
    done = client.post(
        page.replace("nouvelle", "demande"), {"text": "Compresses stériles", "kind": "devices"}
    )
    assert done.status_code == 302 and client.get(f"{done.url}ordonnance.pdf").status_code == 200
    refused = client.post(page, {**FIELDS, "medicine": search_medicines("doxycycline")[0].key})
    assert refused.status_code == 422 and "votre profession ne le prescrit pas" in refused.content.decode()


def test_a_profession_without_a_right_is_told_the_text(cabinet, patient, nurse):
    Practitioner.unscoped.filter(pk=nurse.practitioner_id).update(profession="dieteticien")
    client = cabinet.client(nurse)
    page = client.get(f"/patients/{encode(patient.pk)}/ordonnances/nouvelle/", follow=True)
    assert page.status_code == 403 and "aucun texte n’ouvre de prescription" in page.content.decode()


def test_an_occupational_therapist_is_brought_to_the_devices(cabinet, patient, nurse):
    Practitioner.unscoped.filter(pk=nurse.practitioner_id).update(profession="ergotherapeute")
    page = cabinet.client(nurse).get(f"/patients/{encode(patient.pk)}/ordonnances/nouvelle/", follow=True)
    assert page.status_code == 200 and "Dispositifs" in page.content.decode()


def test_a_strength_that_nothing_has_is_announced_and_enter_leaves_the_others(cabinet, patient):
    client, page = cabinet.client(cabinet.doctor), reverse("prescribing:search")
    said = client.post(page, {"drug": "doxycycline 7"}).content.decode()
    assert "Aucun médicament de ce nom à ce dosage" in said and said.count("data-not-first") == said.count(
        "<button"
    )
    said = client.post(page, {"drug": "doxycycline 100mg"}).content.decode()
    assert "<button" in said and "data-not-first" not in said


def test_a_near_spelling_is_proposed_and_enter_takes_none(cabinet, patient):
    client, page = cabinet.client(cabinet.doctor), reverse("prescribing:search")
    said = client.post(page, {"drug": "doxicycline"}).content.decode()
    assert "Vouliez-vous dire « doxycycline » ?" in said.replace("&nbsp;", " ")
    assert said.count("data-not-first") == said.count("<button") > 0
    noted = client.post(reverse("record:medicines"), {"label": "doxicycline"}).content.decode()
    assert "Vouliez-vous dire" in noted and "data-not-first" in noted


def test_what_one_prescribes_most_shows_a_label_once(cabinet, patient):
    row = Medicine.objects.filter(dci_label__startswith="Doxycycline").first()
    Medicine.objects.create(key="bdpm:1", source="bdpm", name="AUTRE", dci_label=row.dci_label, form=row.form)
    with cabinet.at_work(cabinet.doctor):
        habits.count(cabinet.doctor, [row.key, "bdpm:1"])
        assert [one.dci_label for one in habits.at_hand(cabinet.doctor)[0]] == [row.dci_label]
