"""The ordonnance by the keyboard: a renewal from an open record, a new line, an order of biology."""

from __future__ import annotations

import re

from tests.browser.conftest import serious_violations
from tests.browser.steps import open_record


def _at(page_for, path: str, size: str = "desktop"):
    """The doctor's page of the same patient, at that place."""
    page = page_for("camille.aubry", size)
    page.goto(f"{open_record(page, 'POULICHET')}{path}")
    return page


def test_a_renewal_is_signed_in_two_gestures_of_the_keyboard(page_for):
    page = _at(page_for, "/dossier/")
    page.wait_for_selector("[data-key=r]")
    page.keyboard.press("r")
    page.wait_for_url(re.compile("ordonnances/nouvelle"))
    page.wait_for_selector("[data-line]")
    assert page.evaluate("document.activeElement.textContent").strip() == "Signer l’ordonnance"
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/ordonnances/0[0-9a-z]+/"))
    assert page.get_by_role("link", name="Imprimer (PDF)").is_visible()
    assert not page.errors


def test_part_of_an_ordonnance_is_renewed_in_three_gestures(page_for):
    """From the open record: renew, take one line away, sign."""
    page = page_for("camille.aubry")
    base = open_record(page, "POULICHET")
    page.goto(f"{base}/ordonnances/nouvelle/")
    for number, words in enumerate(("cétirizine", "doxycycline")):
        page.locator("#drug").press_sequentially(words)
        page.wait_for_selector("#found button")
        page.keyboard.press("Enter")
        page.locator("[data-line]").nth(number).locator("[name=dose]:focus").wait_for()
        page.locator("[data-line] [name=duration]").nth(number).fill("5")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/ordonnances/0[0-9a-z]+/"))
    page.goto(f"{base}/dossier/")
    page.wait_for_selector("[data-key=r]")
    page.keyboard.press("r")
    page.wait_for_url(re.compile("ordonnances/nouvelle"))
    page.locator("[data-remove-line]").nth(1).click()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/ordonnances/0[0-9a-z]+/"))
    said = page.inner_text("#content ol")
    assert "Cétirizine" in said and "Doxycycline" not in said and not page.errors


def test_a_midwife_works_her_morning(page_for):
    """Her agenda, a pregnancy, an ordonnance, its paper, its cancellation; what her profession does not order."""
    page = page_for("nolwenn.jego")
    page.goto("/")
    assert "Ma journée" in page.inner_text("#content h1")
    base = open_record(page, "BEAUVALLET Fatou")
    page.goto(f"{base}/dossier/")
    assert "Grossesse" in page.inner_text("body")
    page.keyboard.press("o")
    page.wait_for_selector("#drug:focus")
    assert page.locator("#id_pregnant").input_value() in ("true", "True", "2")
    page.keyboard.type("phloro")
    page.wait_for_selector("#found button")
    page.keyboard.press("Enter")
    page.locator("[data-line]").first.wait_for()
    page.wait_for_selector("#alerts .coverage")
    page.locator("#alerts .coverage summary").click()
    assert "liste de votre profession" in page.inner_text("#alerts").lower()
    page.fill("[data-line] [name=duration]", "5")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/ordonnances/0[0-9a-z]+/"))
    assert page.request.get(f"{page.url}ordonnance.pdf").status == 200
    page.reload()
    page.get_by_text("Annuler cette ordonnance").click()
    assert "Déjà imprimée" in page.inner_text("#content")
    page.fill("[name=reason]", "erreur de patiente")
    page.get_by_role("button", name="Annuler l’ordonnance").click()
    page.wait_for_selector("text=Annulée : erreur de patiente")
    assert not serious_violations(page)
    kinds = page.goto(f"{base}/ordonnances/demande/") and page.inner_text(".kind-tabs")
    assert "Transport" not in kinds and "Arrêt de travail" in kinds
    refused = page.request.get(f"{base}/ordonnances/demande/?nature=transport")
    assert refused.status == 403 and "L.4151-4" in refused.text()
    page.goto(f"{base}/courriers/nouveau/")
    offered = page.inner_text("nav[aria-label=Modèles]")
    assert "Liaison avec la maternité" in offered and "sport" not in offered
    assert not page.errors


def test_a_medicine_is_found_added_and_its_dose_is_under_the_hand(page_for):
    page = _at(page_for, "/ordonnances/nouvelle/")
    page.wait_for_selector("#drug:focus")
    page.keyboard.type("metfo")
    page.wait_for_selector("#found button")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-line]")
    page.wait_for_function("document.activeElement.name === 'dose'")
    assert page.input_value("#drug") == "" and page.locator("#found button").count() == 0
    page.wait_for_selector("#alerts .alert, #alerts details")
    assert "fonction rénale" in page.inner_text("#alerts")
    assert not serious_violations(page) and not page.errors


def test_enter_takes_the_strength_typed_and_no_other(page_for):
    page = _at(page_for, "/ordonnances/nouvelle/")
    page.wait_for_selector("#drug:focus")
    page.keyboard.type("amlodipine 7")
    page.wait_for_selector("#found >> text=Aucun médicament de ce nom à ce dosage")
    page.keyboard.press("Enter")
    assert page.locator("[data-line]").count() == 0 and page.input_value("#drug") == "amlodipine 7"
    assert not serious_violations(page)
    page.fill("#drug", "")
    page.locator("#drug").press_sequentially("amlodipine 10mg")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-line] >> text=Amlodipine 10 mg")
    assert page.locator("[data-line]").count() == 1 and not page.errors


def test_an_order_is_signed_from_the_field_one_types_in(page_for):
    """Enter adds, Ctrl + Enter signs, from the field of the search, where the focus is; words left there are said."""
    page = _at(page_for, "/ordonnances/demande/")
    page.wait_for_selector("#words:focus")
    for number, words in enumerate(("nfs", "crp")):
        page.keyboard.type(words)
        page.wait_for_selector("#found button")
        page.keyboard.press("Enter")
        page.locator("[data-line]").nth(number).wait_for()
        page.wait_for_selector("#words:focus:placeholder-shown")
    page.keyboard.type("ferr")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#toasts >> text=n’est pas ajouté")
    assert page.locator("[data-line]").count() == 2 and "demande" in page.url
    page.fill("#words", "")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/ordonnances/0[0-9a-z]+/"))
    said = page.inner_text("#content ol")
    assert "NABM 1104" in said and "NABM 1804" in said and not page.errors


def test_an_ordonnance_is_signed_from_the_field_of_the_search(page_for):
    page = _at(page_for, "/ordonnances/nouvelle/")
    page.locator("#drug").press_sequentially("doxycycline")
    page.wait_for_selector("#found button")
    page.keyboard.press("Enter")
    page.locator("[data-line] [name=dose]:focus").wait_for()
    page.locator("#drug").focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/ordonnances/0[0-9a-z]+/"))
    assert not page.errors


def test_an_order_of_biology_on_a_phone(page_for):
    page = _at(page_for, "/ordonnances/nouvelle/", "phone")
    page.select_option("#kind-pick", label="Biologie médicale")
    page.wait_for_url(re.compile("ordonnances/demande"))
    assert "biology" not in page.url
    page.wait_for_selector("#words:focus")
    page.keyboard.type("nfs")
    page.keyboard.press("Enter")  # before the list is there: the first of it is meant all the same
    page.wait_for_selector("[data-line]")
    page.wait_for_selector("#words:focus:placeholder-shown")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not serious_violations(page)
    page.get_by_role("button", name="Signer").click()
    page.wait_for_url(re.compile(r"/ordonnances/0[0-9a-z]+/"))
    assert "NABM 1104" in page.inner_text("#content") and not page.errors


def test_enter_takes_the_first_suggestion_and_shift_enter_the_words(page_for):
    page = _at(page_for, "/ordonnances/demande/")
    page.wait_for_selector("#words:focus")
    page.keyboard.type("creat")
    page.wait_for_selector("#found .first-choice")
    first = page.locator("#found .first-choice strong").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-line]")
    assert page.input_value("[data-line] [name=text]") == first
    page.wait_for_selector("#words:focus:placeholder-shown")
    page.keyboard.type("creat")
    page.wait_for_selector("#found .first-choice")
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector("[data-line] ~ [data-line]")
    page.wait_for_selector("#words:focus:placeholder-shown")
    assert page.locator("[data-line] [name=text]").nth(1).input_value() == "creat"
    page.keyboard.type("zzzzqq")
    page.keyboard.press("Enter")  # nothing of that name: the words are kept
    page.wait_for_selector("[data-line] ~ [data-line] ~ [data-line]")
    assert not page.errors


def test_the_arrows_choose_another_suggestion(page_for):
    page = _at(page_for, "/ordonnances/demande/")
    page.wait_for_selector("#words:focus")
    page.keyboard.type("creat")
    page.wait_for_selector("#found .first-choice")
    second = page.locator("#found button strong").nth(1).inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-line]")
    assert page.input_value("[data-line] [name=text]") == second


def test_enter_ticks_a_coded_problem_of_the_consultation_and_an_allergys_substance(page_for):
    page = _at(page_for, "/dossier/consultation/")
    page.fill("#coded", "")
    page.locator("#coded").press_sequentially("asthm")
    page.keyboard.press("Enter")
    page.wait_for_selector("#coded-found input:checked")
    assert page.input_value("#coded") == "" and page.url.endswith("/consultation/")
    page.goto(page.url.replace("consultation/", ""))
    page.get_by_role("link", name="+ Allergie").click()
    page.wait_for_selector("#quick-add form")
    page.locator("#quick-add input[name=substance]").press_sequentially("amoxi")
    page.keyboard.press("Enter")
    page.wait_for_selector("#picks input:checked")
    assert page.locator("#quick-add form").count() == 1, "the first Enter chooses, it does not send"
    assert not page.errors


def test_a_dose_by_weight_is_written_on_its_line_while_it_is_typed(page_for):
    """Typed on the line, worked out again when the weight changes, said when there is none."""
    page = _at(page_for, "/ordonnances/nouvelle/")
    page.locator("#drug").press_sequentially("paracétamol 24")
    page.wait_for_selector("#found button")
    page.keyboard.press("Enter")
    line = page.locator("[data-line]").first
    line.locator("[name=dose]:focus").wait_for()
    page.fill("#id_weight", "")
    line.locator("details summary").click()
    line.locator("[name=per_kg]").fill("15")
    line.locator("[name=per_kg]").press("Tab")
    page.wait_for_selector("[data-worked]:has-text('Dose selon poids')")
    for weight, dose in (("18", "270"), ("30", "450")):
        page.fill("#id_weight", weight)
        page.locator("#id_weight").press("Tab")
        page.wait_for_selector(f"[data-worked]:has-text('= {dose} mg par prise')")
        assert line.locator("[name=dose]").input_value() == dose
        assert line.locator("[name=unit]").input_value() == "mg"
    assert not serious_violations(page) and not page.errors
