"""Rendering: typed text stays text, every document is PDF/A, and nothing of a patient is left or told elsewhere."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serment.documents import (
    CannotRender,
    engine,
    file_pdf,
    letter_pdf,
    prescription_pdf,
    receipt_pdf,
    recovery_sheet,
    report_pdf,
    till_pdf,
)
from serment.documents.engine import render
from serment.documents.models import PrescriptionLine
from serment.documents.text import each_text, printable
from tests.documents.samples import (
    DAY,
    LINE,
    PATIENT,
    file,
    letter,
    ordonnance,
    receipt,
    report,
    text_of,
    till,
)

EVERY = {
    "prescription": lambda: prescription_pdf(ordonnance(demo=True)),
    "receipt": lambda: receipt_pdf(receipt()),
    "till": lambda: till_pdf(till()),
    "report": lambda: report_pdf(report(landscape=True)),
    "recovery": lambda: recovery_sheet(practice_name="Cabinet", code="AAAAA-BBBBB", on=DAY),
    "bizone over pages": lambda: prescription_pdf(ordonnance([LINE] * 9, ald_lines=[LINE] * 9, demo=True)),
    "file": lambda: file_pdf(file(120)),
    "letter": lambda: letter_pdf(letter()),
}


@pytest.mark.parametrize("kind", EVERY)
def test_every_document_declares_pdf_a_and_pdf_ua(kind):
    with pikepdf.open(io.BytesIO(EVERY[kind]())) as pdf, pdf.open_metadata() as meta:
        assert meta.pdfa_status == "2A"
        assert meta["pdfuaid:part"] == "1"
        assert pdf.Root.Lang == "fr-FR" and bool(pdf.Root.MarkInfo.Marked)
        assert meta["dc:title"] and "LESTRANGE" not in str(meta)
        assert "/OutputIntents" in pdf.Root and not pdf.is_encrypted
        fonts = [obj for obj in pdf.objects if isinstance(obj, pikepdf.Dictionary) and "/FontName" in obj]
        assert fonts and all({"/FontFile2", "/FontFile3"} & set(obj.keys()) for obj in fonts), (
            "every font is within"
        )


def test_a_part_of_sentences_takes_the_whole_width():
    text = text_of(file_pdf(file(2)))
    assert "Une phrase sans étiquette" in text and "Ligne 1" in text


@pytest.mark.parametrize("kind", EVERY)
def test_every_font_is_embedded(kind):
    with pikepdf.open(io.BytesIO(EVERY[kind]())) as pdf:
        fonts = [
            o
            for o in pdf.objects
            if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"
        ]
        assert fonts and all("/FontFile2" in f or "/FontFile3" in f for f in fonts)


@pytest.mark.parametrize(
    "hostile",
    ["#panic()", "#sys.inputs", "$x^2$", "*gras* _ital_", "\\ ] [ } {", "@ref <label>", "--- ... \"a\" 'b'",
     "= Titre", "- puce", "// rien", "/* rien */", "`code`", "https://example.fr", "« œuvre » – l’été à Nîmes, 20 µg"],
)  # fmt: skip
def test_what_is_typed_prints_as_typed(hostile):
    patient = PATIENT.model_copy(update={"name": hostile})
    document = ordonnance(
        [PrescriptionLine(title=hostile, dosage=hostile)], free_lines=[hostile], patient=patient
    )
    assert text_of(prescription_pdf(document)).count(hostile) == 4
    assert hostile in text_of(report_pdf(report(rows=[["1", hostile]])))


def test_accents_of_every_european_name_print():
    name = "ŁÓPEZ-Őrsi Şükrü Ñandú ÇİĞDEM Žofie Þóra Ærø Œdipe"
    assert name in text_of(prescription_pdf(ordonnance(patient=PATIENT.model_copy(update={"name": name}))))


def test_a_sign_that_no_font_has_is_shown_as_missing():
    text = text_of(prescription_pdf(ordonnance(free_lines=["Repos 😀 et 漢, ÉTÉ"])))
    assert "Repos \ufffd et \ufffd, ÉTÉ" in text


def test_text_direction_marks_and_control_characters_are_dropped():
    assert printable("10\u202e mg\x00\x07\ufeff") == "10 mg"
    assert printable("une\r\ndeux\rtrois\tfin") == "une\ndeux\ntrois\tfin"


def test_a_very_long_word_stays_on_the_page():
    word = "x" * 400
    assert text_of(report_pdf(report(rows=[["1", word]]))).count("x") >= 400
    assert printable(word).replace("\u200b", "") == word and "\u200b" not in printable("x" * 35)


@pytest.mark.parametrize("demo", [True, False])
def test_a_list_of_several_pages_prints_in_the_demonstration_too(demo):
    """What is laid over each page must not break the structure of a table that goes on to the next."""
    made = report(rows=[[str(number), "ligne"] for number in range(120)]).model_copy(update={"demo": demo})
    text = text_of(report_pdf(made))
    assert text.count("ligne") == 120 and "Page 2 sur" in text and ("DÉMONSTRATION" in text) is demo


def test_each_text_changes_values_and_not_keys():
    assert each_text({"a": ["b", ("c", 1, None, True)]}, str.upper) == {"a": ["B", ["C", 1, None, True]]}


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text_makes_a_document(text):
    document = ordonnance([PrescriptionLine(title=text)], free_lines=[text])
    assert prescription_pdf(document).startswith(b"%PDF-")


def test_a_failure_tells_nothing_of_the_data():
    with pytest.raises(CannotRender) as refused:
        render("prescription", {"patient": {"name": "LESTRANGE Apolline"}}, DAY)
    assert "LESTRANGE" not in str(refused.value) and refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_nothing_is_written_to_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("TMPDIR", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    prescription_pdf(ordonnance())
    assert list(tmp_path.rglob("*")) == []


def test_threads_do_not_mix_documents():
    def one(n: int) -> bool:
        patient = PATIENT.model_copy(update={"name": f"PATIENT{n:03d}"})
        text = text_of(prescription_pdf(ordonnance(patient=patient)))
        return f"PATIENT{n:03d}" in text and text.count("PATIENT") == 1

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(one, range(24)))


def test_the_same_data_give_the_same_bytes():
    assert prescription_pdf(ordonnance()) == prescription_pdf(ordonnance())


def test_what_takes_too_long_is_stopped_and_the_next_document_comes(monkeypatch):
    monkeypatch.setattr(engine, "SECONDS", 0.05)
    started = time.monotonic()
    with pytest.raises(CannotRender):
        prescription_pdf(ordonnance(free_lines=["ligne\n" * 60_000]))
    assert time.monotonic() - started < 5
    monkeypatch.undo()
    assert prescription_pdf(ordonnance()).startswith(b"%PDF-")


def test_what_is_too_heavy_is_not_begun(monkeypatch):
    monkeypatch.setattr(engine, "MOST_BYTES", 5_000)
    with pytest.raises(CannotRender):
        prescription_pdf(ordonnance(free_lines=["x" * 6_000]))


@pytest.mark.parametrize(
    "text", ["e" + "\u0301" * 7_999, "".join(chr(0x4E00 + n) for n in range(2_000))], ids=["marks", "signs"]
)
def test_eight_thousand_odd_signs_are_laid_out_in_no_time(text):
    """Piled marks took nine seconds, two thousand unknown signs more than seven."""
    started = time.monotonic()
    assert prescription_pdf(ordonnance(free_lines=[text])).startswith(b"%PDF-")
    assert time.monotonic() - started < 6


def test_the_worker_holds_no_environment_and_ends_with_its_parent():
    assert engine._running is not None
    held = Path(f"/proc/{engine._running.process.pid}/environ")
    assert not held.exists() or held.read_bytes().strip(b"\0") in (b"", b"LC_CTYPE=C.UTF-8")
