"""A letter: the place to sign is never alone on a page."""

from __future__ import annotations

import pytest

from serment.documents import letter_pdf
from tests.documents.samples import letter, pages_of

SHORT = "Merci de votre avis, dont je vous remercie vivement. " * 3


@pytest.mark.parametrize("count", range(9, 24))
def test_the_signature_goes_with_the_last_paragraph(count):
    said = [SHORT] * count + ["Bien confraternellement, zygomatique."]
    pages = pages_of(letter_pdf(letter().model_copy(update={"paragraphs": said})))
    assert "Signature" in pages[-1] and "zygomatique" in pages[-1]
    assert " ".join(pages).count("Signature") == 1


def test_a_last_paragraph_longer_than_a_page_is_printed_whole():
    said = ["Un m’ôt. " * 900 + "zygomatique"]
    pages = pages_of(letter_pdf(letter().model_copy(update={"paragraphs": said})))
    assert "Signature" in pages[-1] and "zygomatique" in pages[-1] and "Un m’ôt" in pages[0]
    assert " ".join(pages).count("m’ôt.") == 900
