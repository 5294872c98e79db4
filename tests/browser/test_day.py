"""A whole working day in Chromium: the secretary and the doctor share a practice (issue's main job)."""

from __future__ import annotations

import re

import pytest

from tests.browser.steps import calm


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_secretary_creates_a_patient_and_receives_them(page_for, size):
    page = page_for("maud.riou", size)
    calm(page)
    page.goto("/patients/nouveau/")
    page.fill("#id_birth_family_name", f"Trévidic{size}")
    page.fill("#id_first_given_name", "Maïwenn")
    page.fill("#id_birth_date", "17 mai 1984" if size == "desktop" else "3 juin 1991")
    page.select_option("#id_sex", "F")
    page.fill("#id_mobile", "06 39 98 12 34" if size == "desktop" else "06 39 98 56 78")
    calm(page)
    page.get_by_role("button", name="Créer le patient").click()
    page.wait_for_selector(".patient-banner")
    assert f"TRÉVIDIC{size.upper()} Maïwenn" in page.inner_text(".patient-banner")
    calm(page)
    page.goto("/patients/")
    page.fill("#q", "maiwen trevi")
    page.wait_for_selector(f"#results >> text=TRÉVIDIC{size.upper()}")
    calm(page)
    page.goto("/agenda/")
    page.wait_for_selector(".ec-event")
    calm(page)
    page.goto("/agenda/salle-d-attente/")
    calm(page)
    refused = page.goto(
        re.sub(r"/patients/$", "/journal/", page.url).replace("/agenda/salle-d-attente/", "/journal/")
    )
    assert refused.status == 403
    page.errors.clear()


def waiting_patient(page) -> None:
    """From « Ma journée », one click opens the consultation of whoever waits."""
    page.goto("/")
    consult, resume = page.get_by_role("button", name="Consulter"), page.get_by_role("link", name="Reprendre")
    (consult if consult.count() else resume).first.click()
    page.wait_for_selector("#consultation")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_doctor_consults_prescribes_and_is_paid(page_for, size):
    page = page_for("camille.aubry", size)
    calm(page)
    waiting_patient(page)
    page.fill("#id_reason", "toux depuis trois jours")
    page.fill("#id_m_weight", "72,5")
    page.fill("#id_m_systolic", "128")
    page.fill("#id_m_diastolic", "79")
    page.fill("#coded", "bronchite")
    page.wait_for_selector("#coded-found input")
    page.locator("#coded-found input").first.check()
    page.wait_for_selector("[data-draft-state][data-state=saved]")
    calm(page)
    page.reload()
    assert page.input_value("#id_reason") == "toux depuis trois jours"
    page.keyboard.press("Control+Enter") if size == "desktop" else None
    if size == "phone":
        page.get_by_role("button", name=re.compile("Signer et clore")).click()
    page.wait_for_selector("text=Consultation signée")
    calm(page)
    page.get_by_role("link", name="Ordonnance").click()
    page.fill("#drug", "doxy")
    page.get_by_role("button", name=re.compile("Doxycycline")).first.click()
    page.wait_for_selector("[data-line]")
    page.fill("[name=duration]", "7")
    page.select_option("[name=when]", "ms")
    calm(page)
    page.get_by_role("button", name="Signer l’ordonnance").click()
    page.wait_for_selector("text=Imprimer (PDF)")
    url = page.get_by_role("link", name="Imprimer (PDF)").get_attribute("href")
    assert page.request.get(url).body().startswith(b"%PDF")
    calm(page)
    page.locator("main").get_by_role("link", name="Honoraires").first.click()
    page.wait_for_selector("text=À encaisser maintenant")
    calm(page)
    page.get_by_role("button", name="Établir et encaisser").click()
    page.wait_for_selector("text=Note d’honoraires (PDF)")
    calm(page)
    page.goto("/facturation/")
    assert "30,00" in page.inner_text("main")
    calm(page)


def test_an_allergy_is_said_in_the_banner_and_stops_the_ordonnance(page_for):
    page = page_for("camille.aubry")
    page.goto("/patients/")
    page.fill("#q", "lestrange elouan")
    page.locator("#results a", has_text="LESTRANGE Elouan").first.click()
    page.wait_for_selector(".patient-banner >> text=Allergie : Amoxicilline")
    calm(page)
    page.get_by_role("link", name="Ordonnance", exact=True).first.click()
    page.fill("#drug", "amox 500")
    page.get_by_role("button", name=re.compile("^Amoxicilline 500")).first.click()
    page.wait_for_selector("[data-line]")
    page.get_by_role("button", name="Signer l’ordonnance").click()
    page.wait_for_selector("#alerts >> text=allergie notée à")
    page.wait_for_selector("text=Pour prescrire malgré tout")
    assert "Amoxicilline 500" in page.inner_text("#lines")
    page.errors.clear()
    calm(page)


def test_the_lock_keeps_what_was_typed(page_for):
    from serment.site.demo.people import PASSWORD

    page = page_for("camille.aubry")
    page.goto("/patients/")
    page.fill("#q", "lestrange elouan")
    page.locator("#results a", has_text="LESTRANGE Elouan").first.click()
    page.get_by_role("link", name="Consultation", exact=True).first.click()
    page.wait_for_selector("#consultation")
    page.fill("#id_history", "phrase à ne pas perdre")
    page.get_by_role("button", name="Verrouiller").first.click()
    page.wait_for_selector("#lock-password")
    assert not page.locator("#id_history").is_visible()
    page.locator("input[type=password]:visible").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_history:visible")
    assert page.input_value("#id_history") == "phrase à ne pas perdre"


def test_a_second_person_s_change_shows_without_reloading(page_for):
    watcher = page_for("maud.riou")
    watcher.goto("/agenda/jour/")
    watcher.wait_for_selector(".ec-event")
    before = watcher.locator(".ec-event").count()
    doctor = page_for("sacha.morvan")
    doctor.goto("/agenda/feuille/")
    doctor.goto("/agenda/jour/")
    doctor.wait_for_selector(".ec-event")
    doctor.locator(".ec-event").last.click()
    doctor.wait_for_selector("#agenda-panel >> text=Annuler")
    doctor.get_by_text("Annuler ce rendez-vous").first.click()
    doctor.locator("#agenda-panel").get_by_role("button", name=re.compile("Annuler")).first.click()
    for _ in range(60):
        if watcher.locator(".ec-event").count() < before:
            break
        watcher.wait_for_timeout(250)
    assert watcher.locator(".ec-event").count() < before


def test_a_passkey_is_a_second_factor_and_unlocks(page_for):
    from serment.site.demo.people import PASSWORD

    page = page_for("sacha.morvan")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "hasPrf": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/compte/")
    page.fill("#pk-label", "Clé de test")
    page.fill("#pk-password", PASSWORD)
    page.get_by_role("button", name="Ajouter une clé d’accès").click()
    page.wait_for_selector("text=Clé de test")
    assert "déverrouille aussi la session" in page.inner_text("main")


@pytest.mark.parametrize(
    "person, path",
    [
        ("theo.cadiou", "/"),
        ("camille.aubry", "/compte/"),
        ("camille.aubry", "/equipe/"),
        ("camille.aubry", "/journal/"),
        ("camille.aubry", "/aide/"),
        ("camille.aubry", "/equipe/inviter/"),
        ("camille.aubry", "/reglages/cabinet/"),
        ("camille.aubry", "/agenda/reglages/"),
    ],
)
def test_every_other_page_is_calm(page_for, person, path):
    page = page_for(person)
    assert page.goto(path).status == 200
    calm(page)
