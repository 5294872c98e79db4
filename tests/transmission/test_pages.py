"""The pages: board, a claim's story, departures, returns, settings, paper. What is wrong is said at its field."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from serment.billing.payloads import ActLine
from serment.patients.payloads import Coverage
from serment.patients.services import update_patient
from serment.transmission import engines
from serment.transmission.models import Lot, ReturnLine, Sheet, SheetEvent
from serment.vault.ids import encode
from tests.transmission.conftest import NIR, ROOT, page_of, sheet_of, text


def test_the_board_says_it_is_a_simulator_and_follows_the_sheets(practice, browser):
    practice.claims(11)
    page = text(browser.get(ROOT))
    assert "SIMULATEUR : rien ne part" in page and "À signer (11)" in page and "Ce qui" not in page
    assert browser.post(f"{ROOT}signer/").status_code == 302
    assert "À envoyer (11)" in text(browser.get(ROOT))
    browser.post(f"{ROOT}envoi/suite/")
    browser.post(f"{ROOT}envoi/suite/")
    assert "Envoyées (11)" in text(browser.get(ROOT))
    browser.post(f"{ROOT}retours/relever/")
    page = text(browser.get(ROOT))
    assert "À traiter (2)" in page and "Payées (9)" in page and "DROITS FERMES" in page
    with practice.at_work(practice.doctor):
        Sheet.objects.filter(state="paid").update(updated_at=timezone.now() - timedelta(days=2))
    browser.post(f"{ROOT}classer/")
    assert "Payées (0)" in text(browser.get(ROOT))


def test_the_board_costs_the_same_whatever_it_shows(practice, browser):
    counts = []
    for count in (2, 12):
        practice.claims(count)
        browser.post(f"{ROOT}signer/")
        browser.get(ROOT)
        with CaptureQueriesContext(connection) as seen:
            browser.get(ROOT)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_departure_goes_step_by_step_and_survives_a_reload(practice, browser, monkeypatch):
    from serment.transmission import lots

    monkeypatch.setattr(lots, "LOT_SIZE", 2)
    practice.claims(5)
    browser.post(f"{ROOT}signer/")
    seen = []
    for _ in range(12):
        fragment = text(browser.post(f"{ROOT}envoi/suite/", headers={"HX-Request": "true"}))
        seen.append("load delay" in fragment)
        assert text(browser.get(f"{ROOT}envoi/")).count("<progress") == 1
        if not seen[-1]:
            break
    assert seen[:-1] == [True] * (len(seen) - 1) and len(seen) >= 6, "two steps for each of three lots"
    page = text(browser.get(f"{ROOT}envoi/"))
    assert "Tout est parti" in page and "5 parties aujourd’hui" in page and 'value="100"' in page
    with practice.at_work(practice.doctor):
        assert Lot.objects.filter(state="acknowledged").count() == 3


def test_a_departure_says_what_stops_it(practice, browser, frontal):
    practice.claims(1)
    browser.post(f"{ROOT}signer/")
    frontal.behave("down")
    browser.post(f"{ROOT}envoi/suite/")
    fragment = text(browser.post(f"{ROOT}envoi/suite/", headers={"HX-Request": "true"}))
    assert "ne répond pas" in fragment and "1 lot en attente" in fragment
    with practice.at_work(practice.doctor):
        lot = Lot.objects.get()
    frontal.behave("")
    browser.post(f"{ROOT}lots/{encode(lot.pk)}/envoyer/")
    assert "reçu par la caisse" in text(browser.get(f"{ROOT}envoi/"))


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"insurance": "41"}, "accident_on", "sa date est obligatoire"),
        ({"insurance": "30"}, "maternity_on", "conception est obligatoire"),
        ({"care_on": "2999-01-01"}, "care_on", "dans l’avenir"),
        ({"care_on": "2019-01-01"}, "care_on", "prescription"),
        ({"prescriber": "12"}, "prescriber", "Neuf chiffres"),
        ({"prescriber": "351000001"}, "prescribed_on", "avec son prescripteur"),
        ({"payee": "15"}, "payee", "pas de complémentaire"),
        ({"insurance": "99"}, "insurance", "Sélectionnez un choix valide"),
    ],
)
def test_what_the_fund_would_refuse_is_said_at_its_field(practice, browser, typed, field, words):
    (claim,) = practice.claims(1)
    response = browser.post(page_of(claim), {"insurance": "10", "exemption": "3", **typed})
    page = text(response)
    assert response.status_code == 422
    at = page.index(f'id="id_{field}"')
    assert words in page[at : at + 1400], "beside the field"
    assert '<option value="3" selected' in page, "what was typed is kept"
    with practice.at_work(practice.doctor):
        assert Sheet.objects.count() == 0


def test_the_patient_s_number_and_fund_and_another_s_act_are_refused(practice, browser):
    (claim,) = practice.claims(1)
    (foreign,) = practice.claims(1, lines=[ActLine(code="AMI 4", label="soin", amount_cents=1260)])
    page = text(browser.post(page_of(foreign), {"insurance": "10"}))
    assert "L’acte AMI est d’une autre profession (infirmier" in page
    for version, (coverage, words) in enumerate(
        (
            (Coverage(nir=NIR[:13] + "00", scheme="01", fund="351", centre="0000"), "clé ne s’accorde pas"),
            (Coverage(nir=NIR), "Organisme absent"),
            (Coverage(nir=NIR, scheme="77", fund="351", centre="0000"), "Régime 77 inconnu"),
        ),
        1,
    ):
        with practice.at_work(practice.doctor) as keyring:
            update_patient(
                keyring=keyring,
                author=practice.doctor,
                patient_id=practice.insured.pk,
                version=version,
                identity=None,
                coverage=coverage,
            )
        response = browser.post(page_of(claim), {"insurance": "10"})
        page = text(response)
        assert response.status_code == 422 and words in page
        assert f"/patients/{encode(practice.insured.pk)}/modifier/" in page, "a link to what must be mended"


def test_an_unknown_fund_is_refused_once_the_list_is_there(practice, browser, tmp_path):
    from serment.catalogues import funds

    source = tmp_path / "organismes.csv"
    source.write_text("ORG_NUM;ORG_CAI_NUM\n01C422000;422\n02A351000;\n")
    assert funds.take(source) == 2
    (claim,) = practice.claims(1)
    assert "Caisse 351 inconnue dans le régime 01" in text(browser.post(page_of(claim), {"insurance": "10"}))
    source.write_text("nothing;here\n")
    with pytest.raises(ValueError, match="ORG_NUM"):
        funds.take(source)


def test_a_draft_waits_and_an_established_sheet_is_signed(practice, browser):
    (claim,) = practice.claims(1)
    browser.post(page_of(claim), {"insurance": "41", "brouillon": "1"})
    assert "brouillon" in text(browser.get(page_of(claim)))
    page = text(browser.post(f"{ROOT}signer/", follow=True))
    assert "brouillon à finir" in page
    browser.post(page_of(claim), {"insurance": "41", "accident_on": f"{timezone.localdate():%Y-%m-%d}"})
    assert "établie, à signer" in text(browser.get(page_of(claim)))
    page = text(browser.post(f"{page_of(claim)}signer/", follow=True))
    assert "Feuille signée (simulateur)" in page and "Histoire" in page
    with practice.at_work(practice.doctor):
        assert [e.state for e in SheetEvent.objects.order_by("at")] == ["draft", "established", "signed"]
    sheet = encode(sheet_of(practice).pk)
    assert "Feuille annulée" in text(browser.post(f"{ROOT}feuilles/{sheet}/annuler/", follow=True))


def test_a_rejection_is_explained_and_leads_to_what_must_be_mended(practice, browser):
    claim = practice.claims(7)[-1]
    browser.post(f"{ROOT}signer/")
    browser.post(f"{ROOT}envoi/suite/")
    browser.post(f"{ROOT}envoi/suite/")
    browser.post(f"{ROOT}retours/relever/")
    page = text(browser.get(page_of(claim)))
    assert "Les droits du patient étaient fermés" in page and "Ouvrir les droits du patient" in page
    with practice.at_work(practice.doctor):
        sheet = encode(Sheet.objects.get(state="rejected").pk)
    assert "pourquoi" in text(browser.post(f"{ROOT}feuilles/{sheet}/clore/", follow=True))
    page = text(browser.post(f"{ROOT}feuilles/{sheet}/recycler/", follow=True))
    assert "signée de nouveau" in page and "remise à l’envoi" in page
    page = text(browser.get(page_of(claim)))
    assert page.index("rejetée") < page.index("corrigée"), "the story is in order"


@pytest.mark.parametrize(
    ("play", "words"),
    [
        ("card_withdrawn", "retirée pendant la lecture"),
        ("rights_closed", "droits du patient sont fermés"),
        ("card_expired", "n’est plus valable"),
        ("no_network", "réseau ne répond pas"),
    ],
)
def test_the_reader_s_errors_are_said_and_sign_nothing(practice, browser, play, words):
    (claim,) = practice.claims(1)
    browser.post(f"{ROOT}reglages/simulateurs/", {"lecteur": play, "frontal": ""})
    assert engines.simulator().playing == play
    assert words in text(browser.post(f"{page_of(claim)}carte/", follow=True))
    assert words in text(browser.post(f"{page_of(claim)}signer/", follow=True))
    with practice.at_work(practice.doctor):
        assert Sheet.objects.count() == 0


def test_a_card_s_rights_go_to_the_patient_when_asked(practice, browser):
    (claim,) = practice.claims(1)
    page = text(browser.post(f"{page_of(claim)}carte/", {"voie": "apcv"}, follow=True))
    assert "La carte diffère" in page and NIR[:13] not in page
    page = text(browser.post(f"{page_of(claim)}carte/", {"reprendre": "1"}, follow=True))
    assert "a repris les droits" in page
    assert "dit la même chose" in text(browser.post(f"{page_of(claim)}carte/", follow=True))


def test_returns_that_fit_nothing_wait_in_a_queue(practice, browser):
    practice.claims(1)
    browser.post(f"{ROOT}signer/")
    browser.post(f"{ROOT}envoi/suite/")
    browser.post(f"{ROOT}envoi/suite/")
    with practice.at_work(practice.doctor):
        from serment.billing.models import Claim

        Claim.objects.update(number="2019-00001")
    browser.post(f"{ROOT}retours/relever/")
    page = text(browser.get(f"{ROOT}retours/"))
    assert "À rapprocher (1)" in page and "aucune feuille de ce numéro" in page
    with practice.at_work(practice.doctor):
        line = encode(ReturnLine.objects.get().pk)
    path = f"{ROOT}retours/lignes/{line}/"
    assert "Aucune feuille ne porte" in text(browser.post(f"{path}rattacher/", {"facture": "x"}, follow=True))
    page = text(browser.post(f"{path}rattacher/", {"facture": "2019-00001"}, follow=True))
    assert "Ligne rattachée" in page and "À rapprocher (0)" in page


def test_the_settings_are_sealed_and_their_templates_checked(practice, browser, tmp_path):
    from serment.transmission.models import Channel
    from tests.mail import certificate

    pem = certificate(tmp_path)[0].read_text()
    given = {
        "smtp_host": "smtp.example.fr",
        "smtp_port": "465",
        "smtp_security": "tls",
        "imap_host": "imap.example.fr",
        "imap_port": "993",
        "imap_security": "tls",
        "user": "cabinet",
        "password": "s3cret-du-concentrateur",
        "sender": "cabinet@example.fr",
        "amo_address": "{scheme}{fund}@example.fr",
        "subject": "{provider}/{count}",
        "description": "IRIS/B2/Z",
        "certificate": pem,
    }
    path = f"{ROOT}reglages/"
    for name, wrong in (
        ("amo_address", "{scheme.__class__}@x"),
        ("subject", "{password}"),
        ("certificate", "rien"),
    ):
        response = browser.post(path, {**given, name: wrong})
        assert response.status_code == 422, name
    assert browser.post(path, given).status_code == 302
    page = text(browser.get(path))
    assert "smtp.example.fr" in page and "s3cret" not in page
    browser.post(path, {**given, "password": "", "user": "autre"})
    with practice.at_work(practice.doctor) as keyring:
        from serment.transmission import channels

        assert b"s3cret" not in bytes(Channel.objects.get().mail)
        found = channels.mail_settings(keyring)
        assert (found.user, found.password) == ("autre", "s3cret-du-concentrateur")


def test_ma_journee_says_what_presses(practice, browser):
    practice.claims(2)
    browser.post(f"{ROOT}signer/")
    with practice.at_work(practice.doctor):
        Sheet.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    page = text(browser.get("/"))
    assert "2 feuilles de soins au-delà du délai d’envoi" in page and "Urgent" in page
    with practice.at_work(practice.doctor):
        Sheet.objects.update(due_on=timezone.localdate())
    assert "2 feuilles de soins à envoyer d’ici demain" in text(browser.get("/"))


def test_a_cancelled_claim_has_nothing_left_to_do(practice, browser):
    from serment.billing import services as billing

    (claim,) = practice.claims(1)
    with practice.at_work(practice.doctor):
        billing.cancel_claim(author=practice.doctor, claim_id=claim.pk)
    page = text(browser.get(page_of(claim)))
    assert "facture annulée" in page and "Faire sur papier" not in page
    assert "pas de part à transmettre" in text(browser.post(page_of(claim), {"insurance": "10"}))
    assert "pas de part à transmettre" in text(browser.post(f"{page_of(claim)}papier/", follow=True))
