"""The secretary's day at the till, in Chromium: who arrives, a payment split in two, the slip, the closing, and the
reversal of the next day.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.browser.conftest import ROOT
from tests.browser.steps import calm

NIGHT = """
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from serment.billing.models import Allocation, Claim, DepositSlip, Payment
from serment.practice.models import Practice
from serment.vault.tenancy import using_practice
with using_practice(Practice.objects.get().pk):
    for model, column in ((Payment, "received_at"), (Allocation, "made_at")):
        for row in model.objects.filter(**{f"{column}__date": timezone.localdate()}):
            model.objects.filter(pk=row.pk).update(**{column: getattr(row, column) - timedelta(days=1)})
"""


def let_a_night_pass(folder) -> None:
    """Move today's money to yesterday: what the page shows next is the morning after."""
    environment = {
        k: v
        for k, v in os.environ.items()
        if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE")
    }
    environment |= {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "serment.config.settings"}
    subprocess.run([sys.executable, "-c", NIGHT], cwd=ROOT, env=environment, check=True)


def confirm(page) -> None:
    """Say yes to what a gesture asks."""
    page.locator("dialog[open]").get_by_role("button").last.click()


@pytest.mark.parametrize("size", ["desktop"])
def test_the_secretary_s_day_at_the_till(page_for, data_folder, size):
    page = page_for("maud.riou", size)
    page.goto("/agenda/salle-d-attente/")
    calm(page)
    page.goto("/facturation/")
    page.wait_for_selector("text=À régler par les patients")
    calm(page)
    of_the_nurse = page.locator("table").last.get_by_role("row").filter(has_text="7,78")
    of_the_nurse.get_by_role("link", name=re.compile(r"^\d{4}-\d+")).first.click()
    page.wait_for_selector("h1 >> text=Facture n°")
    assert "AMI" in page.inner_text("main"), "this practice lets its secretary see the acts"
    calm(page)
    page.get_by_role("link", name="Plusieurs moyens ou factures").click()
    page.wait_for_selector("#counted >> text=à régler")
    owed = page.locator("[name=amount]").first.input_value()
    assert owed.startswith("7,78")
    page.locator("[name=amount]").nth(0).fill("5")
    page.locator("[name=amount]").nth(1).fill("2,78")
    page.get_by_text("Détail du chèque").nth(1).click()
    page.locator("[name=drawer]").nth(1).fill("Mme Fictive")
    page.locator("[name=cheque]").nth(1).fill("0000077")
    page.wait_for_selector("#counted >> text=le compte y est")
    calm(page)
    page.get_by_role("button", name="Encaisser", exact=True).click()
    page.wait_for_selector("text=Réparti sur")
    calm(page)
    collected = page.url
    receipt = page.get_by_role("link", name="Reçu (PDF)").get_attribute("href")
    assert page.request.get(receipt).body().startswith(b"%PDF")
    claim = page.get_by_role("link", name=re.compile("facture n°")).get_attribute("href")

    page.goto("/facturation/cheques/")
    form = page.locator("form.card", has_text="Léa Guillou")
    assert "Mme Fictive" in form.inner_text()
    calm(page)
    form.get_by_role("button", name="Faire la remise").click()
    page.wait_for_selector("text=joignez-la aux chèques")
    slip = page.get_by_role("link", name="Bordereau").first.get_attribute("href")
    assert page.request.get(slip).body().startswith(b"%PDF")

    let_a_night_pass(data_folder)
    yesterday = timezone.localdate() - timedelta(days=1)
    page.goto(f"/facturation/?jour={yesterday}&praticien=tous")
    calm(page)
    page.get_by_role("button", name="Clore toutes les caisses").click()
    confirm(page)
    page.wait_for_selector("text=close, n°")
    assert page.locator("text=ouverte").count() == 0
    calm(page)

    page.goto(claim)
    row = page.locator("li", has=page.locator("span", has_text=re.compile(r"^\s*chèque\s*$")))
    row.get_by_text("Annuler", exact=True).click()
    row.get_by_label("Motif").select_option("unpaid")
    row.get_by_role("button", name="Annuler par une écriture contraire").click()
    page.wait_for_selector("text=Reste à régler")
    assert "2,78" in page.inner_text("main") and "annulation" in page.inner_text("main")
    calm(page)
    page.goto("/facturation/")
    assert "−2,78" in page.inner_text("main"), "the reversal is of the day it is made"
    page.goto("/facturation/argent/?praticien=tous")
    assert "ne correspond plus" not in page.content() and "toutes vérifiées" in page.inner_text("main")
    calm(page)
    page.goto(collected)
    page.wait_for_selector("text=Réparti sur")


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize(
    "path",
    [
        "/facturation/",
        "/facturation/cheques/",
        "/facturation/argent/",
        "/facturation/recettes/",
        "/facturation/banque/",
    ],
)
def test_the_money_pages_are_calm_and_fit(page_for, path, size):
    page = page_for("maud.riou", size)
    assert page.goto(path).status == 200
    calm(page)
    wide = "[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth)"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.evaluate(
        f"{wide}.map(e => e.outerHTML.slice(0, 200)).slice(0, 6)"
    )
