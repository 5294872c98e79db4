"""Sheets signed, put in lots, sent, settled by their return; a crash anywhere neither loses nor doubles one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from serment.billing import services as billing
from serment.billing.models import Claim, Payment
from serment.billing.payloads import ActLine
from serment.formats.fse import b2
from serment.formats.nir import nir_key
from serment.patients.payloads import Coverage, Identity
from serment.patients.services import create_patient, update_patient
from serment.practice.models import Practice
from serment.retention import purges
from serment.transmission import services, simulator, states
from serment.transmission.models import Lot, Return, Sheet
from serment.vault.ids import encode

NIR = "2840535238001" + nir_key("2840535238001")
INSURED = Coverage(nir=NIR, scheme="01", fund="351", centre="0000")


@pytest.fixture
def frontal(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "frontal-simule"


@pytest.fixture
def practice(cabinet, frontal):
    """``claims(n)``: that many claims of one insured patient, 30 € each."""
    Practice.objects.filter(pk=cabinet.practice.pk).update(is_demo=True)
    cabinet.doctor.__dict__.pop("practice", None)
    with cabinet.at_work(cabinet.doctor) as keyring:
        patient = create_patient(
            keyring=keyring,
            author=cabinet.doctor,
            identity=Identity(
                birth_family_name="Kerbrat", first_given_name="Anne", birth_date=date(1984, 5, 17)
            ),
            coverage=INSURED,
            circle_ids=[cabinet.circle.pk],
        )

    def claims(count: int) -> list[Claim]:
        with cabinet.at_work(cabinet.doctor) as keyring:
            start = Claim.objects.count()
            return [
                billing.establish_claim(
                    keyring=keyring,
                    author=cabinet.doctor,
                    practitioner=cabinet.doctor.practitioner,
                    patient_id=patient.pk,
                    lines=[ActLine(code="G", label="consultation", amount_cents=3000)],
                    request_key=f"claim-{start + number}",
                )
                for number in range(count)
            ]

    cabinet.claims, cabinet.insured = claims, patient
    return cabinet


def sent(cabinet) -> list[Lot]:
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "author": cabinet.doctor}
        services.sign_all(**given)
        lots = services.prepare(**given, practice=cabinet.practice)
        return [services.send(**given, lot_id=lot.pk) for lot in lots]


def test_the_whole_way(practice):
    practice.claims(12)
    (lot,) = sent(practice)
    assert (lot.state, lot.sheets_count, lot.amo_cents) == ("acknowledged", 12, 12 * 2100)
    with practice.at_work(practice.doctor) as keyring:
        found = b2.read(services.content(keyring, lot))
        assert (found.invoices, found.amo) == (12, 25200)
        (back,) = services.fetch(keyring=keyring, author=practice.doctor)
        assert (back.matched, back.unmatched, back.trouble) == (12, [], "")
        by_state = {s.claim.number[-2:]: s.state for s in Sheet.objects.select_related("claim")}
        assert by_state["07"] == "rejected" and by_state["11"] == "part_paid" and by_state["01"] == "paid"
        paid = sum(Payment.objects.values_list("amount_cents", flat=True))
        assert paid == back.paid_cents == 10 * 2100 + 1050
        assert services.fetch(keyring=keyring, author=practice.doctor) == [], "read once"
        assert Payment.objects.count() == 11


def test_a_rejected_sheet_is_corrected_and_goes_out_again(practice):
    practice.claims(7)
    sent(practice)
    with practice.at_work(practice.doctor) as keyring:
        given = {"keyring": keyring, "author": practice.doctor}
        services.fetch(**given)
        sheet = Sheet.objects.get(state="rejected")
        assert sheet.reject_label.startswith("DROITS FERMES")
        services.recycle(**given, sheet_id=sheet.pk)
        (lot,) = services.prepare(**given, practice=practice.practice)
        assert lot.sheets_count == 1 and Sheet.objects.get(pk=sheet.pk).tries == 2
        with pytest.raises(states.Forbidden):
            services.recycle(**given, sheet_id=sheet.pk)


def test_what_is_missing_is_said_with_its_field(practice):
    practice.claims(1)
    with practice.at_work(practice.doctor) as keyring:
        update_patient(
            keyring=keyring,
            author=practice.doctor,
            patient_id=practice.insured.pk,
            version=1,
            identity=None,
            coverage=Coverage(nir=NIR),
        )
        done = services.sign_all(keyring=keyring, author=practice.doctor)
    assert done.count == 0 and "Organisme absent" in done.left[0][1]


def test_a_sheet_whose_patient_lost_their_fund_waits_alone(practice):
    practice.claims(2)
    with practice.at_work(practice.doctor) as keyring:
        given = {"keyring": keyring, "author": practice.doctor}
        services.sign_all(**given)
        update_patient(
            **given, patient_id=practice.insured.pk, version=1, identity=None, coverage=Coverage(nir=NIR)
        )
        assert services.prepare(**given, practice=practice.practice) == []
        assert set(Sheet.objects.values_list("state", flat=True)) == {"signed"}


def test_a_cancelled_claim_never_leaves_and_one_that_left_is_not_cancelled(practice):
    first, second = practice.claims(2)
    with practice.at_work(practice.doctor) as keyring:
        given = {"keyring": keyring, "author": practice.doctor}
        services.sign_all(**given)
        billing.cancel_claim(author=practice.doctor, claim_id=first.pk)
        (lot,) = services.prepare(**given, practice=practice.practice)
        assert lot.sheets_count == 1
        with pytest.raises(billing.Refused, match="partie"):
            billing.cancel_claim(author=practice.doctor, claim_id=second.pk)


def test_a_practitioner_signs_their_own_sheets_alone(practice, monkeypatch):
    (claim,) = practice.claims(1)
    with practice.at_work(practice.doctor) as keyring:
        given = {"keyring": keyring, "author": practice.doctor}
        own = practice.doctor.practitioner_id
        monkeypatch.setattr(practice.doctor, "practitioner_id", own + 1)
        assert services.sign_all(**given).count == 0
        with pytest.raises(services.Refused, match="autre praticien"):
            services.sign(**given, claim_id=claim.pk)
        monkeypatch.setattr(practice.doctor, "practitioner_id", own)
        assert services.sign_all(**given).count == 1


def test_claims_that_cannot_go_never_hold_back_the_others(practice, monkeypatch):
    claims = practice.claims(5)
    pages = services.unsigned
    monkeypatch.setattr(services, "unsigned", lambda after=0: pages(limit=2, after=after))
    sign = services.sign

    def some(*, claim_id, **given):
        if claim_id in {claims[0].pk, claims[1].pk}:
            raise services.Refused("non")
        return sign(claim_id=claim_id, **given)

    monkeypatch.setattr(services, "sign", some)
    with practice.at_work(practice.doctor) as keyring:
        done = services.sign_all(keyring=keyring, author=practice.doctor)
    assert (done.count, [number for number, _ in done.left]) == (3, [claims[0].number, claims[1].number])


def test_lots_stay_within_their_size_and_their_queries(practice, monkeypatch):
    monkeypatch.setattr(services, "LOT_SIZE", 4)
    practice.claims(9)
    with practice.at_work(practice.doctor) as keyring:
        given = {"keyring": keyring, "author": practice.doctor}
        services.sign_all(**given)
        lots = services.prepare(**given, practice=practice.practice)
    assert [lot.sheets_count for lot in lots] == [4, 4, 1]

    counts = []
    for count in (3, 40):
        monkeypatch.setattr(services, "LOT_SIZE", 100)
        practice.claims(count)
        with practice.at_work(practice.doctor) as keyring:
            given = {"keyring": keyring, "author": practice.doctor}
            services.sign_all(**given)
            with CaptureQueriesContext(connection) as seen:
                services.prepare(**given, practice=practice.practice)
            counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_network_that_is_down_keeps_the_lot(practice, frontal):
    practice.claims(2)
    simulator.folder()
    (frontal / "panne").touch()
    with pytest.raises(services.Refused, match="ne répond pas"):
        sent(practice)
    (frontal / "panne").unlink()
    with practice.at_work(practice.doctor) as keyring:
        lot = Lot.objects.get()
        assert lot.state == "prepared"
        assert services.send(keyring=keyring, author=practice.doctor, lot_id=lot.pk).state == "acknowledged"


@pytest.mark.parametrize("where", ["after_deposit", "during_settlement"])
def test_a_crash_neither_loses_nor_doubles(practice, monkeypatch, where):
    practice.claims(5)

    class Killed(BaseException):
        pass

    def die(*args, **kwargs):
        raise Killed

    if where == "after_deposit":
        with monkeypatch.context() as broken:
            broken.setattr(services, "_acknowledge", die)
            with pytest.raises(Killed):
                sent(practice)
        with practice.at_work(practice.doctor) as keyring:
            services.send(keyring=keyring, author=practice.doctor, lot_id=Lot.objects.get().pk)
    else:
        sent(practice)
        settle, seen = services._settle, []

        def third(*args):
            seen.append(1)
            if len(seen) == 3:
                raise Killed
            settle(*args)

        with monkeypatch.context() as broken, practice.at_work(practice.doctor) as keyring:
            broken.setattr(services, "_settle", third)
            with pytest.raises(Killed):
                services.fetch(keyring=keyring, author=practice.doctor)
        with practice.at_work(practice.doctor):
            assert Payment.objects.count() == 0 and Return.objects.count() == 0, "all of a return or nothing"
    with practice.at_work(practice.doctor) as keyring:
        services.fetch(keyring=keyring, author=practice.doctor)
        services.fetch(keyring=keyring, author=practice.doctor)
        assert Payment.objects.count() == 5 and set(Sheet.objects.values_list("state", flat=True)) == {"paid"}


@pytest.mark.parametrize(
    "broken", [lambda raw: raw[:-40], lambda raw: raw.replace(b"@", b" ", 1), lambda raw: b"x" * 300]
)
def test_a_return_that_does_not_read_changes_nothing_and_is_kept(practice, broken):
    practice.claims(3)
    sent(practice)
    with practice.at_work(practice.doctor) as keyring:
        row = services.take(keyring=keyring, author=practice.doctor, raw=broken(simulator.returns()[0]))
        assert row.trouble and row.file and Payment.objects.count() == 0
        assert set(Sheet.objects.values_list("state", flat=True)) == {"acknowledged"}


def test_an_unknown_claim_waits_for_a_person(practice):
    practice.claims(2)
    sent(practice)
    with practice.at_work(practice.doctor) as keyring:
        Sheet.objects.filter(claim__number__endswith="1").delete()
        (row,) = services.fetch(keyring=keyring, author=practice.doctor)
        assert row.matched == 1 and len(row.unmatched) == 1


def test_doubles_leave_after_three_months_and_amounts_stay(practice):
    practice.claims(7)
    (lot,) = sent(practice)
    with practice.at_work(practice.doctor) as keyring:
        services.fetch(keyring=keyring, author=practice.doctor)
        later = timezone.localdate() + timedelta(days=85)
        assert services.purge_doubles(later - timedelta(days=90)) == 0
        far = timezone.localdate() + timedelta(days=100)
        assert purges.run(purges.PURGES["doubles"], far) == 1, (
            "the return; the lot waits for its rejected sheet"
        )
        Sheet.objects.filter(state="rejected").update(state="closed")
        assert purges.run(purges.PURGES["doubles"], far) == 1
        with pytest.raises(services.Refused, match="trois mois"):
            services.content(keyring, Lot.objects.get(pk=lot.pk))
        assert Claim.objects.count() == 7 and Payment.objects.count() == 6


def test_working_days_skip_sundays_and_holidays():
    assert services.working_day(date(2026, 11, 9), 3) == date(2026, 11, 13), "the eleventh is a holiday"
    assert services.working_day(date(2026, 11, 20), 3) == date(2026, 11, 24)


def test_the_board_says_it_is_a_simulator(practice):
    practice.claims(3)
    browser = practice.client(practice.doctor)
    page = browser.get("/teletransmission/").content.decode()
    assert "SIMULATEUR : rien ne part" in page and "À signer (3)" in page
    for name in ("signer", "envoyer", "retours"):
        assert browser.post(f"/teletransmission/{name}/").status_code == 302
    assert "Payées (3)" in browser.get("/teletransmission/").content.decode().replace("\n", "")
    sheet = encode(1)
    assert browser.post(f"/teletransmission/feuilles/{sheet}/recycler/").status_code == 404


def test_only_numbers_and_sums_reach_the_simulated_frontal(practice, frontal):
    practice.claims(2)
    sent(practice)
    text = "".join(path.read_text() for path in frontal.glob("*.json"))
    assert NIR not in text and NIR[:13] not in text and "KERBRAT" not in text.upper()


def test_a_real_practice_never_meets_the_simulator(practice):
    """It would write payments that no fund ever made."""
    practice.claims(1)
    Practice.objects.filter(pk=practice.practice.pk).update(is_demo=False)
    practice.doctor.__dict__.pop("practice", None)
    with pytest.raises(services.Refused, match="moteur homologué"):
        sent(practice)
    browser = practice.client(practice.doctor)
    assert "Aucun moteur homologué" in browser.get("/teletransmission/").content.decode()
    for name in ("signer", "envoyer", "retours"):
        browser.post(f"/teletransmission/{name}/")
    with practice.at_work(practice.doctor):
        assert Sheet.objects.count() == 0 and Return.objects.count() == 0
