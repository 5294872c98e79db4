"""The record by the keyboard alone, and its figures as they are drawn."""

from __future__ import annotations

import pytest

from tests.browser.steps import calm, focused, open_record, tab_to


def test_a_renewal_is_signed_in_three_actions_at_most_without_a_mouse(page_for):
    page = page_for("camille.aubry")
    open_record(page, "BELLANGER Théodora")
    actions = 0
    page.keyboard.press("r")
    actions += 1
    page.wait_for_selector("[data-line]")
    assert "évothyroxine" in page.inner_text("#lines")
    page.keyboard.press("Control+Enter")
    actions += 1
    page.wait_for_selector("text=Imprimer (PDF)")
    assert actions <= 3 and "évothyroxine" in page.inner_text("main")
    calm(page)


def test_letters_follow_gestures_and_never_while_one_types(page_for):
    page = page_for("camille.aubry")
    open_record(page, "BELLANGER Théodora")
    page.keyboard.press("f")
    page.wait_for_selector("#in-record:focus")
    page.keyboard.type("rococo")
    assert page.input_value("#in-record") == "rococo" and page.url.endswith("/dossier/")
    page.wait_for_selector("text=Rien dans ce dossier")
    page.fill("#in-record", "fatigue")
    page.wait_for_selector("#found-in >> text=suivi, fatigue")
    page.locator("#in-record").blur()
    page.keyboard.press("c")
    page.wait_for_selector("#consultation")
    page.wait_for_selector("#consultation :focus")
    page.keyboard.type("fatigue")
    assert page.input_value("#id_reason") == "fatigue"
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Consultation signée")
    calm(page)


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize(("who", "figures"), [("THIBAULT Apolline", 4), ("LESTRANGE Elouan", 3)])
def test_the_figures_are_drawn(page_for, size, who, figures):
    page = page_for("camille.aubry", size)
    open_record(page, who)
    page.goto(page.url + "mesures/")
    page.wait_for_selector(".uplot canvas")
    assert page.locator(".uplot canvas").count() == figures
    if figures == 3:
        assert page.locator(".chart-bar").count() >= 2 * figures
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    calm(page)


WRITTEN = """
(() => {
  window.written = new Map();
  const kept = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...more) {
    const all = window.written.get(this.canvas) ?? [];
    window.written.set(this.canvas, [...all, text]);
    return kept.call(this, text, ...more);
  };
  const wiped = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...more) {
    window.written.set(this.canvas, []);
    return wiped.call(this, ...more);
  };
})()"""


def test_a_figure_of_a_few_hours_writes_each_day_once(page_for):
    page = page_for("camille.aubry")
    page.add_init_script(WRITTEN)
    base = open_record(page, "BELLANGER Théodora")
    for hour, weight in (("08:10", "64"), ("09:40", "65")):
        page.goto(f"{base}/dossier/")
        page.get_by_role("link", name="+ Mesures").click()
        page.wait_for_selector("#quick-add form")
        page.locator("#quick-add [data-moment] summary").click()
        page.fill("#quick-add [name=took_on]", "2026-11-02")
        page.fill("#quick-add [name=took_at]", hour)
        page.fill("#quick-add [name=m_waist]", weight)
        page.locator("#quick-add .card-footer button").click()
        page.wait_for_selector("text=Ajouté au dossier")
    page.goto(f"{base}/dossier/mesures/")
    page.wait_for_selector(".uplot canvas")
    page.wait_for_timeout(500)
    drawn = page.evaluate("[...window.written.values()].map((all) => all.filter((t) => t.includes('/')))")
    assert any("02/11/2026" in days for days in drawn), drawn
    for days in drawn:
        assert len(days) == len(set(days)), days
    legends = page.locator(".u-legend").all_inner_texts()
    assert legends and not any("--" in text for text in legends)
    marks = page.evaluate("getComputedStyle(document.querySelector('.u-legend th'), '::after').content")
    assert marks == '"\u00a0:"'
    calm(page)


def test_two_quantities_are_compared_without_leaving(page_for):
    page = page_for("camille.aubry")
    open_record(page, "MAZURIER Rozenn")
    page.goto(page.url + "mesures/")
    page.get_by_text("Comparer des grandeurs sur une même figure").click()
    page.get_by_role("checkbox", name="Hémoglobine glyquée").check()
    page.get_by_role("checkbox", name="Poids").check()
    page.get_by_role("button", name="Comparer").click()
    page.wait_for_selector("#compared .uplot canvas")
    assert "Poids" in page.inner_text("#compared h2") and page.url.endswith("/mesures/")
    calm(page)


def test_a_whole_consultation_by_the_keyboard_alone(page_for):
    """From the open record to the signed consultation and its ordonnance, no mouse: Tab, letters, Enter, Ctrl+Enter."""
    page = page_for("camille.aubry")
    open_record(page, "BELLANGER Théodora")
    page.keyboard.press("c")
    page.wait_for_selector("#id_reason:focus")
    page.keyboard.type("essoufflement")
    tab_to(page, "m_weight")
    page.keyboard.type("64,5")
    tab_to(page, "examination")
    page.keyboard.type("Auscultation libre.")
    tab_to(page, "conclusion")
    page.keyboard.type("Asthme léger.")
    tab_to(page, "coded")
    page.keyboard.type("asthm")
    page.keyboard.press("Enter")
    page.wait_for_selector("#coded-found input:checked")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Consultation signée")
    tab_to(page, text="Ordonnance")
    page.keyboard.press("Enter")
    page.wait_for_selector("#drug:focus")
    page.keyboard.type("salbutamol")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-line] [name=dose]:focus")
    tab_to(page, "duration")
    page.keyboard.type("10")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Imprimer (PDF)")
    calm(page)


def test_a_template_is_taken_and_its_fields_filled_by_the_keyboard(page_for):
    """A midwife's visit: what is typed first stays, Tab meets the fields where they belong, arrows answer."""
    page = page_for("nolwenn.jego")
    open_record(page, "BEAUVALLET Fatou")
    page.keyboard.press("c")
    page.wait_for_selector("#id_reason:focus")
    page.keyboard.type("visite du mois")
    page.keyboard.press("Alt+m")
    page.wait_for_selector("details[data-opens] a:focus")
    assert focused(page)[1].startswith("Grossesse")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=a_0]")
    page.wait_for_selector("#id_reason:focus")
    assert page.input_value("#id_reason") == "visite du mois"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("[name=a_0]:checked").input_value() == "oui"
    assert page.locator("[name=a_1]:checked").input_value() == "non"
    tab_to(page, "m_weight")
    page.keyboard.type("71")
    page.keyboard.press("Tab")
    assert focused(page)[0] == "m_systolic"
    page.wait_for_selector("[data-draft-state][data-state=saved]")
    page.reload()
    assert page.locator("[name=a_1]:checked").input_value() == "non"
    page.locator("#id_reason").focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Consultation signée")
    open_record(page, "BEAUVALLET Fatou")
    page.get_by_text("visite du mois").first.click()
    assert "Contractions\u00a0: non" in page.inner_text("main")
    calm(page)


def test_the_rows_of_a_template_are_moved_by_the_keyboard(page_for):
    page = page_for("camille.aubry")
    page.goto("/dossier/trames/?trame=cardiologie")
    first = page.input_value("[name=c0-label]")
    page.get_by_role("button", name="Descendre le champ 1").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[aria-label='Descendre le champ 2']:focus")
    assert page.input_value("[name=c1-label]") == first
    page.get_by_role("button", name="Ajouter un champ").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=c5-label]:focus")
    page.keyboard.type("Souffle")
    page.select_option("[name=c5-type]", "CE")
    assert page.locator("[name=c5-choices]").is_visible() and not page.locator("[name=c5-low]").is_visible()
    page.locator("[name=c5-label]").press("Enter")
    page.wait_for_selector("#id_c5-choices-erreur")
    assert page.input_value("[name=c5-label]") == "Souffle"
    page.errors = [error for error in page.errors if "422" not in error]
    calm(page)


def _quick_add(page, name: str, field: str, typed: str) -> None:
    page.get_by_role("link", name=f"+ {name}").click()
    page.wait_for_selector("#quick-add form")
    page.locator(f"#quick-add input[name={field}]").press_sequentially(typed)
    page.wait_for_selector("#picks input[type=radio]")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(
    ("name", "field", "typed"), [("Allergie", "substance", "penic"), ("Problème", "label", "hta")]
)
def test_the_row_where_the_arrows_stopped_is_the_one_kept(page_for, name, field, typed):
    page = page_for("camille.aubry")
    open_record(page, "THIBAULT Apolline")
    _quick_add(page, name, field, typed)
    row = page.locator("#picks label").first.inner_text().strip()
    page.keyboard.press("ArrowDown")
    assert page.locator("#picks input:checked").count() == 1
    page.keyboard.press("Tab")
    assert focused(page)[0] != "pick"
    tab_to(page, text="Ajouter")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Ajouté au dossier")
    said = page.inner_text("#synthese")
    assert row.split(" ", 1)[-1] in said if name == "Problème" else row in said
    assert not page.errors


def test_going_back_to_the_field_takes_nothing(page_for):
    page = page_for("camille.aubry")
    open_record(page, "THIBAULT Apolline")
    _quick_add(page, "Problème", "label", "asthm")
    for back in ("Escape", "ArrowUp"):
        page.keyboard.press("ArrowDown")
        page.wait_for_selector("#picks input:checked")
        page.keyboard.press(back)
        assert focused(page)[0] == "label" and page.locator("#picks input:checked").count() == 0
    assert not page.errors


def test_words_left_uncoded_though_something_was_found_are_said_once(page_for):
    page = page_for("camille.aubry")
    open_record(page, "THIBAULT Apolline")
    _quick_add(page, "Problème", "label", "migrai")
    add = page.locator("#quick-add .card-footer button")
    add.click()
    page.wait_for_selector("#quick-add .field-caution")
    said = page.inner_text("#quick-add .field-caution")
    assert "«\u00a0migrai\u00a0» sera gardé sans code" in said
    assert page.locator("#id_label").get_attribute("aria-describedby").endswith("id_label-libre")
    calm(page)
    page.locator("#id_label").press("End")
    page.keyboard.type("n")
    assert page.locator("#quick-add .field-caution").count() == 0
    page.wait_for_function("[...document.querySelectorAll('#picks input')].length > 0")
    add.click()
    page.wait_for_selector("#quick-add .field-caution")
    add.click()
    page.wait_for_selector("text=Ajouté au dossier")
    assert "migrain" in page.inner_text("#synthese")


def test_words_kept_by_shift_and_enter_are_kept_at_once(page_for):
    page = page_for("camille.aubry")
    open_record(page, "THIBAULT Apolline")
    _quick_add(page, "Problème", "label", "asthm")
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector("text=Ajouté au dossier")


def test_a_word_looked_for_and_not_ticked_is_said_before_signing(page_for):
    page = page_for("camille.aubry")
    open_record(page, "THIBAULT Apolline")
    page.goto(page.url + "consultation/")
    page.fill("#id_reason", "toux")
    page.locator("#coded").press_sequentially("asthm")
    page.wait_for_selector("#coded-found input")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#consultation .field-caution")
    assert "ne sera pas gardé" in page.inner_text("#consultation .field-caution")
    page.locator("#coded").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.locator("#coded-found input:checked").count() == 1 and page.input_value("#coded") == ""
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Consultation signée")
    assert not page.errors
