"""The quotation helper: acts proposed, typed, explained, confirmed once, established; favourites; the panel."""

from __future__ import annotations

from datetime import timedelta

import holidays
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from serment.billing.models import ActSet, Claim, Payment, TariffConfirmation
from serment.billing.selectors import one
from serment.catalogues.ccam_import import load_starter
from serment.practice.models import Practitioner
from serment.record import services as record
from serment.record.kinds.consultation import Consultation
from serment.record.kinds.problem import Problem
from serment.vault.ids import decode, encode

TODAY = timezone.localdate


def posted(*acts: dict | str, **more) -> dict:
    """The form as a browser posts it: rows a, b, c…"""
    data: dict = {"mode": "card", "place": "office", "hour": "10:00", **more}
    rows = []
    for token, act in zip("abcdefgh", acts, strict=False):
        act = {"code": act} if isinstance(act, str) else act
        rows.append(token)
        data |= {f"{name}-{token}": value for name, value in act.items()}
    return {**data, "row": rows}


def key(code: str, coefficient: str, **more) -> dict:
    return {"code": code, "coefficient": coefficient, **more}


@pytest.fixture
def place(cabinet):
    patient = cabinet.patient()
    return f"/facturation/patients/{encode(patient.pk)}/"


@pytest.fixture
def doctor(cabinet):
    return cabinet.client(cabinet.doctor)


@pytest.fixture
def nurse(cabinet):
    _is(cabinet, profession="infirmier", sector="ps", specialty="")
    return cabinet.client(cabinet.doctor)


def _is(cabinet, **values) -> None:
    with cabinet.at_work(cabinet.doctor):
        Practitioner.objects.filter(pk=cabinet.doctor.practitioner.pk).update(**values)
    cabinet.doctor.practitioner.refresh_from_db()


def payload(cabinet, row):
    with cabinet.at_work(cabinet.doctor) as keyring:
        return one(keyring=keyring, claim=row)


def test_the_page_opens_on_the_usual_act_and_establishes_it(cabinet, doctor, place):
    page = doctor.get(f"{place}nouvelle/").content.decode()
    assert "acte principal, au cabinet" in page and 'value="G"' in page and "30,00" in page
    assert "ne télétransmet rien" in page
    done = doctor.post(f"{place}nouvelle/", posted("G"))
    assert done.status_code == 302
    row = Claim.unscoped.get()
    assert (row.total_cents, row.amo_cents, row.state) == (3000, 2100, "paid")
    kept = payload(cabinet, row).lines[0]
    assert kept.act["code"] == "G" and kept.tariff.startswith("medecin:G:") and kept.amo_cents == 2100


def test_an_unconfirmed_tariff_is_offered_never_ticked(cabinet, doctor, place):
    _is(cabinet, specialty="Cardiologie")
    page = doctor.get(f"{place}nouvelle/").content.decode()
    assert 'name="row"' not in page and "+ CS" in page and "à vérifier" in page
    doctor.post("/facturation/tarifs/confirmer/", {"confirm": "medecin:CS:metropole:2017-05-01:2300"})
    page = doctor.get(f"{place}nouvelle/").content.decode()
    assert 'name="row"' in page and 'value="CS"' in page


def test_a_doubtful_price_is_confirmed_once_where_it_is_used(cabinet, doctor, place):
    data = posted("VG", "MD", place="home", request_key="a")
    refused = doctor.post(f"{place}nouvelle/", data)
    page = refused.content.decode()
    assert refused.status_code == 422 and "Tarif à vérifier : MD" in page and "tarif exact" in page
    assert not Claim.unscoped.exists() and not TariffConfirmation.unscoped.exists()
    row = "medecin:MD:metropole:2024-12-22:1000"
    assert doctor.post(f"{place}nouvelle/", {**data, "confirm": row}).status_code == 302
    assert TariffConfirmation.unscoped.get().tariff == row
    assert doctor.post(f"{place}nouvelle/", {**data, "request_key": "b"}).status_code == 302


def test_only_the_practitioner_confirms(cabinet, place):
    secretary = cabinet.client(cabinet.secretary)
    data = posted("VG", "MD", place="home", confirm="medecin:MD:metropole:2024-12-22:1000")
    refused = secretary.post(f"{place}nouvelle/", data)
    assert refused.status_code == 422 and "par le praticien lui-même" in refused.content.decode()
    assert not TariffConfirmation.unscoped.exists() and not Claim.unscoped.exists()


def test_what_was_typed_stays_after_an_error(cabinet, doctor, place):
    _is(cabinet, sector="2")
    data = posted({"code": "G", "excess": "12,x", "reason": ""}, {"code": "MEG"}, mode="")
    page = doctor.post(f"{place}nouvelle/", data).content.decode()
    assert "12,x" in page and "Saisissez un montant" in page and 'name="mode" value="" checked' in page
    data = posted({"code": "G", "excess": "20"}, {"code": "MEG"}, mode="cheque")
    page = doctor.post(f"{place}nouvelle/", data).content.decode()
    assert 'value="20"' in page and "moins de 6 ans" in page and 'value="cheque" checked' in page
    assert doctor.post(f"{place}nouvelle/", posted({"code": "G", "excess": "20"})).status_code == 302
    row = Claim.unscoped.get()
    assert (row.total_cents, row.excess_cents, row.amo_cents) == (4300, 2000, 1610)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"day": "2999-01-01"}, "dans le futur"),
        ({"day": "hier"}, "jour des soins"),
        ({"hour": "25h"}, "heure des soins"),
        ({"at_mp": "1"}, "date de l’accident"),
        ({"km_today": "x"}, "Kilomètres"),
    ],
)
def test_circumstances_are_refused_at_their_field(doctor, place, more, word):
    page = doctor.post(f"{place}nouvelle/", posted("G", **more))
    assert page.status_code == 422 and word in page.content.decode() and not Claim.unscoped.exists()


def test_sector_one_needs_the_reason_of_an_excess(doctor, place):
    typed = {"code": "G", "excess": "10"}
    assert "sauf DE" in doctor.post(f"{place}nouvelle/", posted(typed)).content.decode()
    assert doctor.post(f"{place}nouvelle/", posted({**typed, "reason": "DE"})).status_code == 302
    assert Claim.unscoped.get().excess_cents == 1000


def test_third_party_leaves_the_patient_their_part(doctor, place):
    doctor.post(f"{place}nouvelle/", posted("G", third_party="amo"))
    row = Claim.unscoped.get()
    assert Payment.unscoped.get().amount_cents == 900 and row.balance_cents == 2100


def test_a_nurse_session_is_explained_then_established(cabinet, nurse, place):
    given = posted(key("AMI", "4"), key("AMI", "2"))
    page = nurse.post(f"{place}cotation/prix/", given).content.decode()
    assert "second acte de la séance, à moitié" in page and "article 11B" in page and "À encaisser" in page
    price = "335" if TODAY().isoformat() >= "2026-11-01" else "315"
    row = next(part for part in page.split('"') if part.startswith("infirmier:AMI:") and part.endswith(price))
    assert nurse.post(f"{place}nouvelle/", {**given, "confirm": row}).status_code == 302
    claim = Claim.unscoped.get()
    lines = payload(cabinet, claim).lines
    assert [line.code for line in lines] == ["AMI 4", "AMI 2"]
    assert lines[1].amount_cents * 4 == lines[0].amount_cents
    assert claim.total_cents == sum(line.amount_cents for line in lines)


def test_faults_are_said_at_the_line(nurse, place):
    bad = nurse.post(f"{place}nouvelle/", posted(key("AMI", "beaucoup")))
    assert bad.status_code == 422 and "Coefficient entre 0 et 100" in bad.content.decode()
    assert "beaucoup" in bad.content.decode()
    page = nurse.post(f"{place}nouvelle/", posted("BSA", "BSB")).content.decode()
    assert "ne se cumule pas" in page and "source secondaire" in page
    assert "Choisissez au moins un acte" in nurse.post(f"{place}nouvelle/", posted()).content.decode()


def test_the_day_s_limits_hold_over_two_claims(cabinet, nurse, place):
    rows = {"confirm": ["infirmier:IFI::2024-01-28:275", "infirmier:IFI:metropole:2024-01-28:275"]}
    first = posted("BSA", {"code": "IFI", "quantity": "3"}, place="home", request_key="a", **rows)
    assert nurse.post(f"{place}nouvelle/", first).status_code == 302
    again = nurse.post(f"{place}nouvelle/", posted("BSA", place="home", request_key="b")).content.decode()
    assert "par jour" in again
    more = posted({"code": "IFI", "quantity": "2"}, place="home", request_key="c")
    assert "4 par jour" in nurse.post(f"{place}nouvelle/", more).content.decode()


def test_search_finds_ngap_and_ccam(doctor, place):
    load_starter()
    found = doctor.post(f"{place}cotation/actes/", {"q": "electro"}).content.decode()
    assert "DEQP003" in found and "CCAM" in found
    found = doctor.post(f"{place}cotation/actes/", {"q": "visite"}).content.decode()
    assert "VG" in found and "COH" not in found
    added = doctor.post(f"{place}cotation/lignes/", {"code": "DEQP003"}).content.decode()
    assert 'value="DEQP003"' in added and "Association" in added
    page = doctor.post(f"{place}cotation/prix/", posted("G", "DEQP003")).content.decode()
    assert "44,52" in page and "avec la consultation" in page


def test_favourites_and_the_last_session(cabinet, nurse, place):
    rows = posted(key("AMI", "1,5"), "MAU", nom="Prise de sang")
    bar = nurse.post(f"{place}cotation/favoris/", rows)
    assert bar.status_code == 200 and "Prise de sang" in bar.content.decode()
    kept = ActSet.unscoped.get()
    added = nurse.post(f"{place}cotation/lignes/", {"favori": encode(kept.pk)}).content.decode()
    assert 'value="AMI"' in added and 'value="1,5"' in added and "Prise de sang" in added
    assert nurse.post(f"{place}cotation/favoris/", posted("AMI", nom=" ")).status_code == 422
    assert "Aucune séance" in nurse.post(f"{place}cotation/lignes/", {"derniere": "1"}).content.decode()
    assert nurse.post(f"{place}nouvelle/", posted("BSA", place="home")).status_code == 302
    last = nurse.post(f"{place}cotation/lignes/", {"derniere": "1"}).content.decode()
    assert 'value="BSA"' in last and "comme la dernière fois" in last
    assert nurse.post(f"/facturation/favoris/{encode(kept.pk)}/supprimer/").status_code == 302
    assert not ActSet.unscoped.exists()


def test_a_favourite_is_its_owner_s(cabinet, nurse, place):
    nurse.post(f"{place}cotation/favoris/", posted("AMI", nom="Mien"))
    kept = ActSet.unscoped.get()
    other = cabinet.client(cabinet.colleague)
    assert other.post(f"{place}cotation/lignes/", {"favori": encode(kept.pk)}).status_code == 404
    other.post(f"/facturation/favoris/{encode(kept.pk)}/supprimer/")
    assert ActSet.unscoped.exists()


def test_the_panel_never_leaves_the_consultation(doctor, place):
    panel = doctor.get(f"{place}nouvelle/?panneau=1").content.decode()
    assert "<html" not in panel and 'name="panneau" value="1"' in panel and "hx-post" in panel
    refused = doctor.post(f"{place}nouvelle/", posted("MD", panneau="1"))
    assert refused.status_code == 422 and "<html" not in refused.content.decode()
    done = doctor.post(f"{place}nouvelle/", posted("G", panneau="1"))
    assert done.status_code == 200 and "établie : 30,00" in done.content.decode()
    assert Claim.unscoped.count() == 1


def test_a_claim_names_a_consultation_of_its_own_patient_alone(cabinet, doctor, place):
    ours, other = decode(place.split("/")[3]), cabinet.patient(first_given_name="Hortense")
    ids = {}
    with cabinet.at_work(cabinet.doctor) as keyring:
        given = {"keyring": keyring, "author": cabinet.doctor}
        for name, patient_id in (("ours", ours), ("theirs", other.pk)):
            held = Consultation(reason="toux")
            row = record.add_entry(**given, patient_id=patient_id, kind="consultation", payload=held)
            ids[name] = encode(row.pk)
        problem = record.add_entry(**given, patient_id=ours, kind="problem", payload=Problem(label="Toux"))
    for wrong in (ids["theirs"], encode(problem.pk), encode(1), "n’importe quoi"):
        assert doctor.get(f"{place}nouvelle/?consultation={wrong}").status_code == 404
        assert doctor.post(f"{place}nouvelle/", posted("G", consultation=wrong)).status_code == 404
    assert not Claim.unscoped.exists()
    assert doctor.post(f"{place}nouvelle/", posted("G", consultation=ids["ours"])).status_code == 302
    assert encode(Claim.unscoped.get().encounter_id) == ids["ours"]


def test_a_holiday_is_known_where_the_practice_is():
    from datetime import date

    from serment.billing.cotation import is_holiday

    assert is_holiday(date(2026, 7, 14), "75011") and not is_holiday(date(2026, 7, 15), "75011")
    assert is_holiday(date(2026, 12, 26), "67000") and not is_holiday(date(2026, 12, 26), "69001")
    assert is_holiday(date(2026, 5, 22), "97200") and not is_holiday(date(2026, 5, 22), "75011")


def test_what_has_no_tariff_is_billed_at_its_own_price(cabinet, doctor, place):
    _is(cabinet, profession="dieteticien", sector="nc", specialty="")
    page = doctor.get(f"{place}nouvelle/").content.decode()
    assert "rien n’est inventé" in page and 'name="row"' not in page
    assert "donnez son prix" in doctor.post(f"{place}nouvelle/", posted("HN")).content.decode()
    done = doctor.post(f"{place}nouvelle/", posted({"code": "HN", "excess": "55"}))
    assert done.status_code == 302
    row = Claim.unscoped.get()
    assert (row.total_cents, row.amo_cents, row.patient_cents, row.state) == (5500, 0, 5500, "paid")


def test_the_desk_chooses_whose_acts_they_are(cabinet, place):
    secretary = cabinet.client(cabinet.secretary)
    _is(cabinet, profession="sage_femme", sector="ps", specialty="")
    mine = secretary.get(f"{place}nouvelle/?practitioner={cabinet.doctor.practitioner.pk}").content.decode()
    assert "hx-select" in mine and "consultation, secteur 2" not in mine


def test_a_usual_claim_reads_little(doctor, place):
    doctor.post(f"{place}nouvelle/", posted("G", "MCG", request_key="a"))
    with CaptureQueriesContext(connection) as found:
        assert doctor.post(f"{place}nouvelle/", posted("G", "MCG", request_key="b")).status_code == 302
    reads = [row["sql"] for row in found if row["sql"].startswith("SELECT") and " FROM " in row["sql"]]
    assert not any("tariffconfirmation" in sql for sql in reads), "no doubtful price, no confirmation read"
    assert len(reads) <= 11


def test_the_price_asks_a_constant_number_of_queries(doctor, place):
    day = timezone.localdate()  # a day without supplement, whenever this runs
    while day.weekday() > 4 or day in holidays.country_holidays("FR"):
        day -= timedelta(days=1)
    doctor.post(f"{place}cotation/prix/", posted("G"))

    def count(*acts) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            sent = posted(*acts, day=day.isoformat())
            assert doctor.post(f"{place}cotation/prix/", sent).status_code == 200
        return len(found)

    assert count("G") == count("G", "MCG", "MEG", "MHP", "APC")
    assert count("DEQP003") == count("DEQP003", "QZJA002", "QZGA004")
