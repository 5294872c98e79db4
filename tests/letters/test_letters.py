"""Letters and certificates: filled from the record, signed, printed; a field left in the text stops the hand."""

from __future__ import annotations

import io
from datetime import timedelta

import pikepdf
import pytest
from django.utils import timezone
from pypdf import PdfReader

from serment.documents import engine
from serment.letters import fields, services
from serment.letters.models import LetterModel
from serment.patients.selectors import card
from serment.record import selectors, watched
from serment.record import services as record
from serment.record.kinds.asked import AskedField
from serment.record.kinds.consultation import Consultation
from serment.record.kinds.pregnancy import Pregnancy
from serment.record.kinds.treatment import Treatment
from serment.record.kinds.vaccination import Vaccination
from serment.results import services as results
from serment.vault.ids import encode
from tests.world import build_world


@pytest.fixture
def world(cabinet):
    return build_world(cabinet)


def test_a_shipped_model_is_filled_signed_and_printed(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    address = f"/patients/{encode(world.sample('patient_id'))}/courriers/nouveau/"
    page = browser.get(f"{address}?modele=s0").content.decode()
    assert "QUILLIVÉRÉ" in page and "hypochondrie" in page and "sulfamidine" in page
    given = {
        "kind": "letter",
        "title": "Avis",
        "recipient": "Dr Lemonnier",
        "body": "Cher confrère,\n\nMerci.",
    }
    done = browser.post(address, given)
    assert done.status_code == 302
    pdf = browser.get(f"{done.url}courrier.pdf")
    text = "".join(part.extract_text() for part in PdfReader(io.BytesIO(pdf.content)).pages)
    assert "Dr Lemonnier" in text and "Merci." in text and "RPPS 10000000016" in text
    assert "QUILLIV" not in pdf["Content-Disposition"]


def test_a_field_left_in_the_text_stops(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    address = f"/patients/{encode(world.sample('patient_id'))}/courriers/nouveau/"
    answer = browser.post(address, {"kind": "letter", "title": "Avis", "body": "Bonjour {inconnu}, merci."})
    assert answer.status_code == 422 and "{inconnu}" in answer.content.decode()


def test_what_a_model_asks_to_complete_stops_until_it_is(world):
    cabinet, patient = world.cabinet, world.sample("patient_id")
    browser = cabinet.client(cabinet.doctor)
    address = f"/patients/{encode(patient)}/courriers/nouveau/"
    with cabinet.at_work(cabinet.doctor):
        key = next(model.key for model in services.offered() if "sport" in model.label)
    page = browser.get(f"{address}?modele={key}").content.decode()
    body = page.split('<textarea name="body"')[1].split(">", 1)[1].split("</textarea>")[0].strip()
    assert "[à compléter : le sport" in body
    given = {"kind": "certificate", "title": "Sport", "body": body}
    refused = browser.post(address, given)
    assert refused.status_code == 422 and "Il reste à compléter" in refused.content.decode()
    whole = body.replace("[à compléter : le sport, en compétition ou non]", "la natation")
    assert browser.post(address, given | {"body": whole}).status_code == 302


def test_each_profession_is_offered_its_models(world):
    with world.cabinet.at_work(world.cabinet.doctor):
        named = {
            who: {m.label for m in services.offered(who)} for who in ("medecin", "infirmier", "sage_femme")
        }
        every = {m.label for m in services.offered()}
    assert "Absence de contre-indication au sport" not in named["infirmier"] | named["sage_femme"]
    assert "Liaison avec la maternité" in named["sage_femme"] - named["infirmier"]
    assert "Certificat de présence" in named["medecin"] & named["infirmier"] & named["sage_femme"]
    assert set.union(*named.values()) < every


def test_vaccines_and_a_pregnancy_are_fields(world):
    cabinet, patient = world.cabinet, world.sample("patient_id")
    today = timezone.localdate()
    with cabinet.at_work(cabinet.doctor) as keyring:
        new = [
            record.NewEntry("vaccination", Vaccination(antigen="flu", given_on=today - timedelta(days=40))),
            record.NewEntry(
                "vaccination", Vaccination(antigen="dtcap", given_on=today - timedelta(days=400))
            ),
            record.NewEntry("pregnancy", Pregnancy(lmp=today - timedelta(weeks=20))),
            record.NewEntry("treatment", Treatment(label="Fer 80 mg", status="stopped")),
        ]
        record.add_entries(keyring=keyring, author=cabinet.doctor, patient_id=patient, entries=new)
        summary = selectors.summary(keyring=keyring, patient_id=patient)
        source = fields.Source(card(keyring=keyring, patient_id=patient), summary, cabinet.doctor, keyring)
        said = fields.filled("{vaccins}\n{grossesse}\n{traitements}", source)
    first, second, rest = said.split("\n", 2)
    assert first.startswith("– diphtérie") and second.startswith("– grippe")
    assert "20\u00a0SA" in rest and "Fer 80" not in rest


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Patient 2 84 05 35 238 001 97, merci.", "sécurité sociale"),
        ("Régler sur FR76 3000 6000 0112 3456 7890 189.", "numéro de banque"),
        ("Patient menteur.", "menteur"),
    ],
)
def test_what_should_not_be_there_is_asked_about_and_may_be_kept(world, body, said):
    with world.cabinet.at_work(world.cabinet.doctor):
        watched.add(author=world.cabinet.doctor, words=[("menteur", "jugement")])
    browser = world.cabinet.client(world.cabinet.doctor)
    address = f"/patients/{encode(world.sample('patient_id'))}/courriers/nouveau/"
    given = {"kind": "letter", "title": "Avis", "body": body}
    answer = browser.post(address, given)
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and body in page
    assert browser.post(address, {**given, "confirm_unusual": "1"}).status_code == 302


def test_the_practice_keeps_its_own_models(world):
    browser = world.cabinet.client(world.cabinet.doctor)
    given = {"label": "Mot du soir", "kind": "letter", "body": "Pour {patient}."}
    assert browser.post("/courriers/modeles/", given).status_code == 302
    assert browser.post("/courriers/modeles/", {**given, "body": "Pour {chat}."}).status_code == 422
    with world.cabinet.at_work(world.cabinet.doctor):
        assert LetterModel.objects.count() == 1
        mine = services.offered()[0]
        assert mine.label == "Mot du soir"
    page = browser.get(f"/courriers/modeles/?modele={mine.key}").content.decode()
    assert "Pour {patient}." in page and 'data-insert="{resultats}"' in page
    assert browser.post(f"/courriers/modeles/{encode(mine.id)}/retirer/").status_code == 302
    with world.cabinet.at_work(world.cabinet.doctor):
        assert LetterModel.objects.count() == 0


def test_a_model_of_the_same_name_replaces_the_one_that_ships_until_it_goes(world):
    with world.cabinet.at_work(world.cabinet.doctor):
        shipped = services.offered()
        mine = services.keep_model(
            author=world.cabinet.doctor, label=shipped[0].label, kind="letter", body="À {patient}."
        )
        assert len(services.offered()) == len(shipped) and services.offered()[0].own
        services.forget_model(model=mine)
        assert services.offered() == shipped


def test_the_last_consultation_and_the_last_result_are_fields_too(world):
    cabinet, patient = world.cabinet, world.sample("patient_id")
    with cabinet.at_work(cabinet.doctor) as keyring:
        results.file(
            keyring=keyring,
            author=cabinet.doctor,
            incoming_id=world.sample("incoming_id"),
            patient_id=patient,
        )
        services.keep_model(
            author=cabinet.doctor,
            label="Tout",
            kind="letter",
            body="{motif} / {conclusion} / {resultats} / {adresse} / {examen}",
        )
        key = services.offered()[0].key
    page = cabinet.client(cabinet.doctor).get(f"/patients/{encode(patient)}/courriers/nouveau/?modele={key}")
    assert (
        "photophobie / suspicion de zygomatique / Zygomatique 9,5 mg/L / 12 rue kergoat, Rennes / "
        "rien de noté au dossier"
    ) in page.content.decode()


def test_what_the_template_asked_is_in_the_letter_with_the_text(world):
    cabinet, patient = world.cabinet, world.sample("patient_id")
    calf = AskedField(label="Tour de mollet", type="NM", unit="cm", part="examination")
    seen = Consultation(examination="Souple.", answers={"examination": [calf.answer("", number=38.5)]})
    with cabinet.at_work(cabinet.doctor) as keyring:
        record.add_entry(
            keyring=keyring, author=cabinet.doctor, patient_id=patient, kind="consultation", payload=seen
        )
        source = fields.Source(
            card(keyring=keyring, patient_id=patient),
            selectors.summary(keyring=keyring, patient_id=patient),
            cabinet.doctor,
            keyring,
        )
    assert fields.filled("{examen} / {histoire}", source) == (
        "Tour de mollet\u00a0: 38,5\u00a0cm\nSouple. / rien de noté au dossier"
    )


def test_the_paper_is_pdf_a_with_its_title_and_no_name_in_the_metadata(world):
    browser, patient = world.cabinet.client(world.cabinet.doctor), encode(world.sample("patient_id"))
    done = browser.post(
        f"/patients/{patient}/courriers/nouveau/",
        {"kind": "certificate", "title": "Certificat de présence", "body": "Présent ce jour."},
    )
    with pikepdf.open(io.BytesIO(browser.get(f"{done.url}courrier.pdf").content)) as pdf:
        with pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
            assert meta["dc:title"] == "Certificat de présence" and "QUILLIV" not in str(meta)
        assert "/StructTreeRoot" in pdf.Root and pdf.Root.MarkInfo.Marked


def test_every_shipped_field_is_known():
    assert all(
        fields.unknown(model["body"]) == []
        for model in services.tomllib.loads(services._STARTERS.read_text())["model"]
    )


def test_the_desk_may_not(world):
    address = f"/patients/{encode(world.sample('patient_id'))}/courriers/nouveau/"
    assert world.cabinet.client(world.cabinet.secretary).get(address).status_code == 403


def test_a_text_that_cannot_be_laid_out_is_refused_before_it_is_signed(world, monkeypatch):
    browser = world.cabinet.client(world.cabinet.doctor)
    address = f"/patients/{encode(world.sample('patient_id'))}/courriers/nouveau/"
    given = {"kind": "letter", "title": "Avis", "body": "Un texte bien trop long."}
    monkeypatch.setattr(engine, "MOST_BYTES", 10)
    refused = browser.post(address, given)
    page = refused.content.decode()
    assert refused.status_code == 422 and "ne se met pas en page" in page and given["body"] in page
    monkeypatch.undo()
    signed = browser.post(address, given)
    assert signed.status_code == 302
    monkeypatch.setattr(engine, "MOST_BYTES", 10)
    answer = browser.get(f"{signed.url}courrier.pdf")
    assert answer.status_code == 422 and "rien n’est perdu" in answer.content.decode()


def test_findings_are_those_of_who_signs_never_a_colleagues(world):
    """A nurse's letter took the doctor's last examination under her own signature."""
    patient, cabinet = world.sample("patient_id"), world.cabinet
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "patient_id": patient}
        found = selectors.summary(**given)
        assert found.consultations and found.consultations[0].author_id == cabinet.doctor.pk
        who = card(**given)
        mine = fields.filled("{motif} | {examen}", fields.Source(who, found, cabinet.doctor, keyring))
        theirs = fields.filled("{motif} | {examen}", fields.Source(who, found, cabinet.colleague, keyring))
        bodies = [model.body for model in services.offered("infirmier")]
    assert "à compléter" not in mine
    assert theirs == "[à compléter : le motif] | [à compléter : ce que vous avez constaté]"
    assert not any("Je suis {patient}" in body for body in bodies)
