"""A new tariff is data: previewed, written, dated; yesterday's claim keeps yesterday's price; confirmed once."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from serment.billing import tariff_import
from serment.billing.models import Claim, TariffConfirmation
from serment.billing.quote import Situation, quote
from serment.billing.quote.tariffs import Unpriced, tariffs
from serment.billing.tariff_book import book
from serment.billing.tariff_import import BadTariffs
from serment.catalogues.models import ImportRun, Tariff
from serment.cli.main import main
from serment.vault.ids import encode

NEW = """
profession = "medecin"
[[tariff]]
code = "G"
label = "consultation au cabinet, médecine générale"
kind = "act"
scope = "generalist"
group = "consultation"
main = "office"
place = "office"
rows = [
  { from = 2024-12-22, cents = 3000, zone = "metropole", source = "ameli.fr, tarifs au 22/12/2024", confidence = "sourcé" },
  { from = %s, cents = 3200, zone = "metropole", source = "avenant fictif", confidence = "sourcé" },
]
[[tariff]]
code = "ZN"
label = "acte nouveau fictif"
kind = "act"
rows = [{ from = 2026-01-01, cents = 1234, source = "avenant fictif", confidence = "à vérifier" }]
"""


def text(day: str) -> bytes:
    return (NEW % day).encode()


def priced(day: str, code: str = "G") -> int:
    asked = Situation.model_validate(
        {"profession": "medecin", "date": day, "patient": {"age": 40}, "acts": [{"code": code}]}
    )
    return quote(asked, book("medecin", [code])).totals["base_cents"]


def test_a_preview_says_what_changes_and_writes_nothing(db):
    made = tariff_import.preview(text("2027-01-01"))
    assert made.counts == {"added": 2, "changed": 0, "same": 1}
    assert "+ medecin G, métropole, dès le 2027-01-01 : 32,00" in " ".join(c.text for c in made.changes)
    assert not Tariff.objects.exists() and priced("2027-02-01") == 3000


def test_a_tariff_is_a_data_import_and_dated(db):
    tariff_import.write(text("2027-01-01"))
    assert (
        priced("2026-12-31") == 3000 and priced("2027-01-01") == 3200 and priced("2026-11-20", "ZN") == 1234
    )
    again = tariff_import.write(text("2027-01-01"))
    assert again.counts == {"added": 0, "changed": 0, "same": 3}
    assert ImportRun.objects.filter(catalogue="tariffs").count() == 1
    changed = tariff_import.write(text("2027-01-01").replace(b"3200", b"3300"))
    assert changed.counts["changed"] == 1 and priced("2027-01-01") == 3300
    assert "32,00" in changed.changes[1].text and "33,00" in changed.changes[1].text


def test_conditions_of_an_imported_code_are_held(db):
    raw = text("2027-01-01").replace(b'label = "acte nouveau fictif"', b'label = "fictif"\nunder_age = 6')
    tariff_import.write(raw)
    with pytest.raises(ValueError, match="moins de 6 ans"):
        priced("2026-11-20", "ZN")


def test_an_ended_row_is_no_longer_a_price(db):
    raw = text("2027-01-01").replace(
        b"from = 2026-01-01, cents", b"from = 2026-01-01, to = 2026-06-30, cents"
    )
    tariff_import.write(raw)
    assert priced("2026-06-30", "ZN") == 1234
    with pytest.raises(Unpriced, match="aucun tarif"):
        priced("2026-07-01", "ZN")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ((b"[[tariff]]", b"[[tarif"), "TOML"),
        ((b'kind = "act"', b'kind = "acte"'), "kind"),
        ((b"cents = 1234", b"cents = -1"), "cents"),
        ((b"cents = 1234", b"centimes = 1234"), "inconnu|absent"),
        ((b'profession = "medecin"', b'profession = "druide"'), "profession"),
        ((b"from = 2026-01-01, cents", b"from = 2026-01-01, to = 2025-01-01, cents"), "fin"),
        ((b"from = 2027-01-01, cents = 3200", b"from = 2024-12-22, cents = 3200"), "deux prix"),
        ((b'source = "avenant fictif", confidence = "\xc3\xa0', b'confidence = "\xc3\xa0'), "source"),
    ],
)
def test_a_bad_file_is_refused_by_its_field_and_changes_nothing(db, change, word):
    before, after = change
    raw = text("2027-01-01")
    assert before in raw
    with pytest.raises(BadTariffs, match=word):
        tariff_import.write(raw.replace(before, after, 1))
    assert not Tariff.objects.exists()


def test_every_shipped_file_is_a_file_one_may_import(db):
    from serment.billing.quote.tariffs import FOLDER

    for path in (FOLDER / "tariffs").glob("*.toml"):
        made = tariff_import.preview(path.read_bytes())
        assert made.counts["added"] == made.counts["changed"] == 0 and made.counts["same"] > 0


def test_yesterday_s_claim_keeps_yesterday_s_price(cabinet):
    patient = cabinet.patient()
    doctor = cabinet.client(cabinet.doctor)
    path = f"/facturation/patients/{encode(patient.pk)}/nouvelle/"
    data = {"row": "a", "code-a": "G", "mode": "card", "hour": "10:00"}
    assert doctor.post(path, {**data, "request_key": "a"}).status_code == 302
    tariff_import.write(text(timezone.localdate().isoformat()))
    assert doctor.post(path, {**data, "request_key": "b"}).status_code == 302
    old, new = Claim.unscoped.order_by("number")
    assert (old.total_cents, new.total_cents) == (3000, 3200)
    page = doctor.get(f"/facturation/factures/{encode(old.pk)}/").content.decode()
    assert "30,00" in page and "32,00" not in page


def test_the_command_shows_then_applies(db, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("serment.cli.serve.migrate", lambda arguments=None: 0)
    file = tmp_path / "tarifs.toml"
    file.write_bytes(text("2027-01-01"))
    assert main(["billing", "tariffs", "import", str(file)]) == 0
    assert "--apply" in capsys.readouterr().out and not Tariff.objects.exists()
    assert main(["billing", "tariffs", "import", str(file), "--apply", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["applied"] and told["counts"]["added"] == 2 and Tariff.objects.count() == 3
    file.write_text("rien = ")
    assert main(["billing", "tariffs", "import", str(file)]) == 1
    assert "Rien n’a été changé" in capsys.readouterr().err


def test_the_page_shows_every_row_and_confirms_what_is_ticked(cabinet):
    doctor = cabinet.client(cabinet.doctor)
    page = doctor.get("/facturation/tarifs/").content.decode()
    assert "ameli.fr, tarifs au 22/12/2024" in page and "sourcé" in page and "à vérifier" in page
    key = "medecin:MEG:metropole:2024-12-22:500"
    assert f'value="{key}"' in page
    done = doctor.post("/facturation/tarifs/confirmer/", {"confirm": [key, "medecin:G:dom:1999-01-01:1"]})
    assert done.status_code == 302 and TariffConfirmation.unscoped.get().tariff == key
    page = doctor.get("/facturation/tarifs/").content.decode()
    assert f'value="{key}"' not in page and "confirmé par vous" in page
    secretary = cabinet.client(cabinet.secretary)
    assert 'name="confirm"' not in secretary.get("/facturation/tarifs/").content.decode()
    secretary.post("/facturation/tarifs/confirmer/", {"confirm": "medecin:MD:metropole:2024-12-22:1000"})
    assert TariffConfirmation.unscoped.count() == 1


def test_another_price_asks_again(cabinet):
    from serment.billing import confirmations

    old = tariffs()[("medecin", "MEG")]
    with cabinet.at_work(cabinet.doctor):
        key = f"medecin:MEG:metropole:2024-12-22:{old.rows[0].cents}"
        given = {"author": cabinet.doctor, "practitioner": cabinet.doctor.practitioner, "keys": [key]}
        assert confirmations.confirm(**given) == 1 and confirmations.confirm(**given) == 0
        raised = old.model_copy(update={"rows": (old.rows[0].model_copy(update={"cents": 600}),)})
        from serment.billing.quote.tariffs import key_of

        new = key_of(raised, raised.on(date(2026, 1, 1), "metropole"))
        assert new not in confirmations.confirmed(cabinet.doctor.practitioner)


def test_the_page_of_tariffs_asks_a_constant_number_of_queries(cabinet):
    doctor = cabinet.client(cabinet.doctor)
    doctor.get("/facturation/tarifs/")
    with CaptureQueriesContext(connection) as before:
        doctor.get("/facturation/tarifs/")
    tariff_import.write(text("2027-01-01"))
    with CaptureQueriesContext(connection) as after:
        doctor.get("/facturation/tarifs/")
    assert len(before) == len(after)
