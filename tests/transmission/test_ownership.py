"""A colleague's sheets: read by the practice, handled by their own practitioner and by the desk."""

from __future__ import annotations

import pytest

from serment.transmission import joining
from serment.transmission.insured import Refused
from serment.transmission.models import Attachment, Sheet, SheetEvent
from serment.vault.ids import encode
from tests.transmission.conftest import ROOT, page_of, text

SCAN = b"%PDF-1.7 ordonnance fictive"


@pytest.fixture
def theirs(practice):
    """A signed sheet of the colleague, with a joined scan."""
    practice.claims(1, by=practice.colleague)
    with practice.at_work(practice.colleague) as keyring:
        practice.post(keyring, practice.colleague).sign_all()
        sheet = Sheet.objects.select_related("claim").get()
        joining.join(keyring=keyring, author=practice.colleague, sheet_id=sheet.pk, data=SCAN)
    return sheet


def test_every_gesture_on_a_colleague_s_sheet_is_refused(practice, browser, theirs):
    claim, sheet = theirs.claim, encode(theirs.pk)
    with practice.at_work(practice.doctor):
        joined = encode(Attachment.objects.get().pk)
        before = SheetEvent.objects.count()
    gestures = [
        (f"{page_of(claim)}papier/", {}),
        (f"{page_of(claim)}carte/", {}),
        (f"{ROOT}feuilles/{sheet}/annuler/", {}),
        (f"{ROOT}feuilles/{sheet}/recycler/", {}),
        (f"{ROOT}feuilles/{sheet}/clore/", {"motif": "written_off"}),
        (f"{ROOT}feuilles/{sheet}/joindre/", {"document": "12"}),
        (f"{ROOT}pieces/{joined}/retirer/", {}),
    ]
    for path, given in gestures:
        assert "autre praticien" in text(browser.post(path, given, follow=True)), path
    browser.post(page_of(claim), {"insurance": "41", "accident_on": "2026-01-01"})
    assert "autre praticien" in text(browser.get(f"{page_of(claim)}feuille.pdf?duplicata=1", follow=True))
    assert browser.get(f"{ROOT}pieces/{joined}/").status_code == 404
    with practice.at_work(practice.doctor):
        sheet = Sheet.objects.get()
        assert sheet.state == "signed" and not sheet.details and Attachment.objects.count() == 1
        assert SheetEvent.objects.count() == before


def test_its_page_offers_a_colleague_nothing_to_press(practice, browser, theirs):
    page = text(browser.get(page_of(theirs.claim)))
    assert "à lui de la signer" in page and "Histoire" in page
    for word in (
        "Imprimer sur le formulaire",
        "Annuler la feuille",
        "Lire la carte",
        "Joindre<",
        "Enregistrer<",
    ):
        assert word not in page, word
    desk = text(practice.client(practice.secretary).get(page_of(theirs.claim)))
    assert "Imprimer sur le formulaire" in desk and "Annuler la feuille" in desk


def test_a_verb_called_by_a_colleague_refuses_too(practice, at_post, theirs):
    with pytest.raises(Refused, match="autre praticien"):
        joining.join(**at_post.asked, sheet_id=theirs.pk, data=SCAN)
    with pytest.raises(Refused, match="autre praticien"):
        joining.join_entry(**at_post.asked, sheet_id=theirs.pk, entry_id=1)
    with pytest.raises(Refused, match="autre praticien"):
        joining.part(author=practice.doctor, attachment_id=Attachment.objects.get().pk)
