"""The ordonnance says what R.5132-3 CSP and R.161-45 CSS want, and leaves no room to add a line."""

from __future__ import annotations

import pytest

from serment.documents import prescription_pdf
from tests.documents.samples import LINE, PATIENT, WHO, ordonnance, pages_of, text_of


def test_every_mention_is_printed():
    text = text_of(prescription_pdf(ordonnance(free_lines=["Béquilles, une paire"])))
    for mention in (
        "Docteur Camille Aubry", "Médecine générale", "RPPS", "10000000016", "N° AM", "351000001",
        "4 place des Tilleuls", "35000 Rennes, France", "+33 2 99 00 00 00", "cabinet@example.fr", "Le 23/11/2026",
        "LESTRANGE Apolline", "féminin", "17/05/1984", "42 ans", "61,0 kg", "168 cm",
        "Amoxicilline 500 mg, gélule", "(Clamoxyl)", "pendant 7 jours", "3 boîtes", "Renouvelable 1 fois",
        "Non substituable (EFG", "Béquilles, une paire", "Autres prescriptions", "2026-K7M3QPA", "Signature",
        "1 médicament prescrit", "Page 1 sur 1",
    ):  # fmt: skip
        assert mention in text, mention


def test_what_is_not_given_leaves_no_trace():
    patient = PATIENT.model_copy(update={"weight": "", "height": "", "age": ""})
    who = WHO.model_copy(update={"am_number": "", "email": ""})
    text = text_of(prescription_pdf(ordonnance(patient=patient, letterhead=who)))
    for absent in (
        "Poids",
        "Taille",
        "N° AM",
        "()",
        "Autres prescriptions",
        "DUPLICATA",
        "ANNULÉE",
        "APERÇU",
    ):
        assert absent not in text


def test_a_height_without_a_weight():
    text = text_of(prescription_pdf(ordonnance(patient=PATIENT.model_copy(update={"weight": ""}))))
    assert "Taille : 168 cm" in text and "Poids" not in text


def test_a_number_that_is_not_digits_has_no_bars():
    assert "À VÉRIFIER" in text_of(
        prescription_pdf(ordonnance(letterhead=WHO.model_copy(update={"rpps": "À VÉRIFIER"})))
    )


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("duplicate", "DUPLICATA"),
        ("cancelled", "NE PAS DÉLIVRER"),
        ("demo", "Démonstration, données fictives : document sans valeur"),
        ("draft", "Aperçu non signé, sans valeur"),
    ],
)
def test_marks_say_what_the_paper_is(field, words):
    assert words in text_of(prescription_pdf(ordonnance(**{field: True})))
    assert words not in text_of(prescription_pdf(ordonnance()))


def test_a_draft_has_no_place_to_sign():
    assert "Signature" not in text_of(prescription_pdf(ordonnance(draft=True)))


def test_renewal_of_the_whole_and_a_notice():
    text = text_of(
        prescription_pdf(ordonnance(renewal="Renouvelable deux fois", notice="Ne permet pas la délivrance."))
    )
    assert "Renouvelable deux fois" in text and "Ne permet pas la délivrance." in text


def test_fifteen_lines_take_two_pages_and_repeat_who_it_is_for():
    pages = pages_of(prescription_pdf(ordonnance([LINE] * 15)))
    assert len(pages) == 2
    for page in pages:
        assert "LESTRANGE Apolline" in page and "17/05/1984" in page and "10000000016" in page
        assert "2026-K7M3QPA" in page
    assert "15 médicaments prescrits" in pages[1]


@pytest.mark.parametrize("count", range(1, 21))
def test_the_signature_is_on_the_last_page_wherever_the_lines_end(count):
    pages = pages_of(prescription_pdf(ordonnance([LINE] * count)))
    assert "Signature" in pages[-1]
    assert sum(page.count("Signature") for page in pages) == 1
    assert sum(page.count("Amoxicilline 500 mg") for page in pages) == count
    assert "Amoxicilline 500 mg" in pages[-1], (
        "a page that holds the signature alone could follow another list"
    )


@pytest.mark.parametrize("count", range(8, 17))
def test_a_bizone_over_two_pages_never_leaves_the_signature_alone(count):
    pages = pages_of(
        prescription_pdf(ordonnance([LINE] * (count // 2), ald_lines=[LINE] * (count - count // 2)))
    )
    text = " ".join(pages)
    assert text.count("Amoxicilline 500 mg") == count and text.count("Signature") == 1
    assert "Signature" in pages[-1] and "Amoxicilline 500 mg" in pages[-1]
    assert text.index("AFFECTION EXONÉRANTE") < text.index("MALADIES INTERCURRENTES")


def test_the_bars_are_read_as_the_numbers_beneath_them():
    """As a pharmacy's reader does, from a print at 300 dots an inch (arrêté of 10 August 2010)."""
    pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 absent : les barres ne peuvent pas être lues")
    zxingcpp = pytest.importorskip(
        "zxingcpp", reason="zxing-cpp absent : les barres ne peuvent pas être lues"
    )
    page = pdfium.PdfDocument(prescription_pdf(ordonnance()))[0]
    found = zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())
    assert sorted(bars.text for bars in found) == ["10000000016", "351000001"]


def test_what_only_prepares_a_form_has_no_place_to_sign():
    text = text_of(prescription_pdf(ordonnance(unsigned="Rien à signer ici.")))
    assert "Rien à signer ici." in text and "Signature" not in text


def test_free_lines_alone():
    text = text_of(prescription_pdf(ordonnance([], free_lines=["Repos\nPas de sport pendant 8 jours"])))
    assert "Repos" in text and "Pas de sport pendant 8 jours" in text
    assert "médicament" not in text and "Autres prescriptions" not in text
