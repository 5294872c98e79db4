"""Returns of any shape: taken whole or not at all, whatever they hold; the books agree to the cent after each."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serment.billing.models import Claim, Payment
from serment.connectors.fse import frontal as simulated
from serment.formats.fse import b2, noemie
from serment.formats.fse.layout import LENGTH, Fault
from serment.transmission import lots
from serment.transmission.models import Return, ReturnLine, Sheet

QUIET = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Undone(Exception):
    pass


@pytest.fixture
def waiting(practice, at_post):
    """Four sheets that wait for an answer, and the file that would answer them."""
    practice.claims(4)
    (lot,) = at_post.sent()
    found = b2.invoices(lots.content(at_post.asked["keyring"], lot))
    at_post.claims = [[invoice.number, invoice.amo_total, 0] for invoice in found]
    at_post.raw = simulated._return(lot.message, {"amc": False, "claims": at_post.claims})
    return at_post


def books_agree(row: Return | None) -> None:
    if row is None:
        return
    lines = list(ReturnLine.objects.filter(back=row))
    paid = sum(Payment.objects.values_list("amount_cents", flat=True))
    assert paid == sum(line.practice_cents for line in lines)
    assert sum(Claim.objects.values_list("paid_cents", flat=True)) == paid
    if row.trouble:
        assert not lines and set(Sheet.objects.values_list("state", flat=True)) == {"acknowledged"}
        return
    assert sum(line.paid_cents for line in lines) == row.paid_cents
    assert row.practice_cents + row.patient_cents + row.surplus_cents == row.paid_cents
    assert all(claim.paid_cents <= claim.total_cents for claim in Claim.objects.all())


def tried(post, raw: bytes) -> None:
    """Take it, look at the books, and put everything back as it was."""
    try:
        with transaction.atomic():
            books_agree(post.take(raw))
            assert post.take(raw) is None, "read once"
            raise Undone
    except Undone:
        assert Return.objects.count() == 0


@QUIET
@given(
    edits=st.lists(
        st.tuples(st.integers(0, 2000), st.sampled_from(list(b"0123456789@ PRDNFABZ\x00\xff\n"))), max_size=4
    ),
    cut=st.integers(0, 1400),
    doubled=st.booleans(),
)
def test_a_spoilt_return_is_whole_or_nothing(waiting, edits, cut, doubled):
    raw = bytearray(waiting.raw)
    for place, byte in edits:
        raw[place % len(raw)] = byte
    if cut > 900:
        raw = raw[: cut % len(raw)]
    if doubled:
        raw += raw[LENGTH:]
    tried(waiting, bytes(raw))


wide = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="@"), max_size=9)


@QUIET
@given(
    st.lists(
        st.tuples(
            st.integers(0, 5),
            wide,
            st.sampled_from(["198", "199"]),
            st.integers(0, 99_999_999),
            st.sampled_from("PRD "),
            st.sampled_from("PN "),
            wide,
        ),
        max_size=6,
    )
)
def test_a_sound_return_with_odd_contents_never_crashes(waiting, told):
    made: list[tuple[str, dict[str, object]]] = []
    total = 0
    for who, noise, entity, paid, state, sign, label in told:
        invoice = f"{waiting.claims[who][0]:09d}" if who < 4 else noise
        total += paid * (-1 if sign == "N" else 1)
        made.append(("102", {"level": "03", "invoice": invoice, "kind": "F"}))
        made.append((entity, {"level": "03", "asked": paid, "state": state, "paid": paid, "sign": sign}))
        made.append(("294", {"level": "03", "code": label[:4], "label": label, "part": "O"}))
    head = {"type": "000", "sender_kind": "CP", "sender": "0" * 14, "file": "1", "length": "128"}
    tail = {"records": 0, "lots": 1, "amount": abs(total), "sign": "N" if total < 0 else "P"}
    tail["records"] = len(noemie.write(head, [*made, ("999", tail)])) // LENGTH
    tried(waiting, noemie.write(head, [*made, ("999", tail)]))


@QUIET
@given(st.binary(max_size=700))
def test_noise_is_kept_and_nothing_more(waiting, noise):
    tried(waiting, noise)


@QUIET
@given(
    edits=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), min_size=1, max_size=5),
    cut=st.integers(0, 3000),
)
def test_a_spoilt_b2_file_is_refused_whole_by_the_frontal(waiting, frontal, edits, cut):
    from serment.transmission.models import Lot

    raw = bytearray(lots.content(waiting.asked["keyring"], Lot.objects.get()))
    for place, byte in edits:
        raw[place % len(raw)] = byte
    raw = raw[: max(1, len(raw) - cut % 400)]
    before = set(frontal.folder.iterdir())
    answer = frontal.send("spoilt", bytes(raw))
    try:
        b2.read(bytes(raw))
        (frontal.folder / "spoilt.json").unlink()
    except Fault:
        assert answer.fault and set(frontal.folder.iterdir()) == before
