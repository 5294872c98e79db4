"""An ordonnance is cancelled with its reason; what is written again after it is not held against it."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from serment.journal.models import Event
from serment.prescribing import services
from serment.record.models import Entry
from serment.vault.paths import path
from tests.prescribing.test_treatments import FIELDS, key_of, page_of, patient  # noqa: F401


def issued(cabinet, patient, client, **more):  # noqa: F811
    done = client.post(
        page_of(patient), {**FIELDS, "medicine": key_of("amlodipine 5"), "keep": "none", **more}
    )
    assert done.status_code == 302
    return done.url


def test_a_cancelled_ordonnance_says_why_on_its_page_and_not_to_be_dispensed_on_paper(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    url = issued(cabinet, patient, client)
    client.get(f"{url}ordonnance.pdf")
    page = client.get(url).content.decode()
    assert "Déjà imprimée" in page and f'action="{url}annuler/"' in page
    after = client.post(f"{url}annuler/", {"reason": "mauvais dosage"}, follow=True).content.decode()
    assert "Annulée : mauvais dosage" in after and f'action="{url}annuler/"' not in after
    assert "Annuler cette ordonnance" not in after
    paper = "".join(
        p.extract_text() for p in PdfReader(io.BytesIO(client.get(f"{url}ordonnance.pdf").content)).pages
    )
    assert "NE PAS DÉLIVRER" in paper and "DUPLICATA" in paper
    register = client.get("/ordonnances/registre/").content.decode()
    assert "annulée" in register and "2, dont 1 duplicata" in register
    with cabinet.at_work(cabinet.doctor):
        assert Event.objects.filter(action="prescription.cancelled", subject_id=patient.pk).count() == 1


def test_a_reason_is_wanted_and_one_cancels_once(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    url = issued(cabinet, patient, client)
    refused = client.post(f"{url}annuler/", {"reason": " "}, follow=True).content.decode()
    assert "Dites pourquoi" in refused and "Annuler cette ordonnance" in refused
    client.post(f"{url}annuler/", {"reason": "mauvais patient"})
    again = client.post(f"{url}annuler/", {"reason": "encore une fois"}, follow=True).content.decode()
    assert "mauvais patient" in again and "encore une fois" not in again


@pytest.mark.parametrize("typed", ["", "  ", "ko"])
def test_the_reason_wanted_is_said_at_its_field_and_what_was_typed_is_kept(cabinet, patient, typed):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    url = issued(cabinet, patient, client)
    refused = client.post(f"{url}annuler/", {"reason": typed})
    page = refused.content.decode()
    field = page.partition('id="annuler"')[2].partition("</form>")[0]
    assert refused.status_code == 422 and "Dites pourquoi" in field and 'aria-invalid="true"' in field
    assert field.startswith(" open") and (not typed.strip() or f'value="{typed}"' in field)
    assert client.get(f"{url}annuler/").url == url


def test_the_name_of_a_person_in_the_reason_is_asked_about(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    url = issued(cabinet, patient, client)
    given = {"reason": "saisie pour le 1 85 05 78 006 084 91"}
    asked = client.post(f"{url}annuler/", given)
    assert asked.status_code == 422 and "À vérifier avant d’enregistrer" in asked.content.decode()
    assert client.post(f"{url}annuler/", {**given, "confirm_unusual": "1"}).status_code == 302


def test_a_protocol_without_a_name_is_refused_at_its_field(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    url = issued(cabinet, patient, client)
    for label in ("", "A"):
        refused = client.post(f"{url}protocole/", {"label": label, "shared": "1"})
        form = refused.content.decode().partition('/protocole/"')[2].partition("</form>")[0]
        assert refused.status_code == 422 and "Donnez un nom" in form and "checked" in form
    assert client.post(f"{url}protocole/", {"label": "Tension"}).status_code == 302
    assert client.post(f"{url}protocole/", {"label": "Angine"}).status_code == 302
    page = client.get("/ordonnances/protocoles/").content.decode()
    first = next(a for a in page.split('action="')[1:] if 'value="Angine"' in a).partition('"')[0]
    for label, said in (("Tension", "Un autre de vos protocoles"), ("x", "Donnez un nom")):
        refused = client.post(first, {"label": label})
        form = refused.content.decode().partition(f'action="{first}"')[2].partition("</form>")[0]
        assert refused.status_code == 422 and said in form and f'value="{label}"' in form


def test_a_cancelled_narcotic_is_no_overlap(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    line = {"medicine": key_of("morphine"), "duration": "14", "duration_unit": "day", "renewals": ""}
    url = issued(cabinet, patient, client, **line)
    twice = client.post(page_of(patient), {**FIELDS, **line})
    assert twice.status_code == 422 and "chevauche" in twice.content.decode()
    client.post(f"{url}annuler/", {"reason": "erreur de dose"})
    assert client.post(page_of(patient), {**FIELDS, **line}).status_code == 302


def test_the_fraction_that_the_check_announces_is_printed(cabinet, patient):  # noqa: F811
    client = cabinet.client(cabinet.doctor)
    line = {
        "medicine": key_of("fentanyl"),
        "when": "3j",
        "duration": "28",
        "duration_unit": "day",
        "renewals": "",
    }
    url = issued(cabinet, patient, client, **line)
    paper = PdfReader(io.BytesIO(client.get(f"{url}ordonnance.pdf").content)).pages[0].extract_text()
    paper = " ".join(paper.split())
    assert "Délivrance fractionnée par périodes de quatorze jours" in paper
    assert "par heure" in paper


def test_the_register_offers_prescribers_alone(cabinet, patient):  # noqa: F811
    page = cabinet.client(cabinet.doctor).get("/ordonnances/registre/").content.decode()
    assert "Camille Aubry" in page and "Maud" not in page and "Theo" not in page


def test_what_no_check_looks_at_is_said(cabinet, patient):  # noqa: F811
    """A line of one's own words and a treatment noted by hand: shown as not covered, the second met by its name."""
    from serment.prescribing.payloads import Dosage, Line
    from serment.record.kinds.treatment import Treatment
    from serment.record.services import add_entry

    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "author": cabinet.doctor, "patient_id": patient.pk}
        for label in ("Warfarine 5 mg, comprimé", "Tisane du jardin"):
            add_entry(**given, kind="treatment", payload=Treatment(label=label))
        key = key_of("acide acétylsalicylique 500")
        report = services.check(
            **given,
            lines=[
                Line(medicine=key, dci_label="Acide acétylsalicylique 500 mg", dosage=Dosage()),
                Line(text="Warfarine à continuer"),
            ],
        )
    met = [alert for alert in report.alerts if alert.kind == "interaction"]
    assert met and met[0].others == ("Warfarine 5 mg, comprimé",)
    said = {(label, check) for _, label, check in report.uncovered}
    assert ("Warfarine à continuer", "ligne libre") in said
    assert ("Tisane du jardin", "interactions avec un traitement en cours") in said
    assert ("Warfarine 5 mg, comprimé", "doublons par classe avec un traitement noté en mots") in said


def test_a_running_treatment_that_is_renewed_is_not_met_twice(cabinet, patient):  # noqa: F811
    """Two running treatments that interact, renewed together: one pair of lines, no « traitement en cours »."""
    from serment.prescribing.payloads import Dosage, Line
    from serment.record.kinds.treatment import Treatment
    from serment.record.services import add_entry

    keys = [key_of("warfarine"), key_of("acide acétylsalicylique 500")]
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "author": cabinet.doctor, "patient_id": patient.pk}
        for key in keys:
            add_entry(**given, kind="treatment", payload=Treatment(medicine=key, label="Traitement"))
        both = services.check(**given, lines=[Line(medicine=key, dosage=Dosage()) for key in keys])
        one = services.check(**given, lines=[Line(medicine=keys[0], dosage=Dosage())])
    met = [alert for alert in both.alerts if alert.kind == "interaction"]
    assert met and not any(alert.others for alert in met)
    assert all(len(alert.places) == 2 for alert in met)
    assert any(alert.others for alert in one.alerts if alert.kind == "interaction"), "the other still runs"


def test_a_treatment_noted_by_hand_is_renewed_without_being_called_a_double(cabinet, patient):  # noqa: F811
    from serment.prescribing.payloads import Dosage, Line
    from serment.record.kinds.treatment import Treatment
    from serment.record.services import add_entry

    key = key_of("ramipril 5")
    for label, doubles in (("ramipril 5mg", 0), ("Ramipril 10 mg, comprimé", 1)):
        person = cabinet.patient(birth_family_name=f"Fictif{doubles}")
        with cabinet.at_work(cabinet.doctor) as keyring:
            given = {"keyring": keyring, "author": cabinet.doctor, "patient_id": person.pk}
            add_entry(**given, kind="treatment", payload=Treatment(label=label))
            line = Line(medicine=key, dci_label="Ramipril 5 mg, comprimé", dosage=Dosage())
            report = services.check(**given, lines=[line])
        assert sum(alert.kind == "doublon" for alert in report.alerts) == doubles, label


def test_an_ordonnance_is_cancelled_and_never_corrected(cabinet, patient):  # noqa: F811
    """The record's own gesture would leave no reason on its page, and no event of its own."""
    client = cabinet.client(cabinet.doctor)
    issued(cabinet, patient, client)
    entry = Entry.unscoped.get(kind="prescription")
    for answer in (
        client.get(path("record:correct", entry.pk)),
        client.post(path("record:correct", entry.pk), {"error": "1", "reason": "mauvais dosage"}),
    ):
        assert answer.status_code == 302 and answer["Location"] == path("record:versions", entry.pk)
    entry.refresh_from_db()
    assert entry.state == Entry.State.SIGNED
