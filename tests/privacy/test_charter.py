"""The charter follows the settings, and is signed by each (P-SENS-2, E-SENS-2)."""

from __future__ import annotations

from serment.practice.models import Practice
from serment.privacy import charter
from serment.privacy.models import CharterSignature
from serment.vault import crypto
from serment.vault.models import KeyHolder


def test_it_holds_the_real_settings_and_a_change_asks_again(cabinet):
    with cabinet.at_work(cabinet.doctor) as keyring:
        before = charter.build(cabinet.practice)
        assert any("10 minutes" in rule for _, rules in before.parts for rule in rules)
        row = charter.sign(keyring=keyring, person=cabinet.doctor, practice=cabinet.practice)
        assert charter.sign(keyring=keyring, person=cabinet.doctor, practice=cabinet.practice).pk == row.pk
        holder = KeyHolder.objects.get(pk=row.signer_id)
        assert crypto.verify(holder.signing_public_key, row.signature, charter.message(row))
        assert cabinet.doctor not in charter.missing(cabinet.practice)
        Practice.objects.filter(pk=cabinet.practice.pk).update(idle_minutes=5)
        cabinet.practice.refresh_from_db()
        assert cabinet.doctor in charter.missing(cabinet.practice)


def test_everyone_signs_on_screen_and_only_the_owner_sees_who_has_not(cabinet):
    desk = cabinet.client(cabinet.secretary)
    assert "Pas encore signée" not in desk.get("/vie-privee/charte/").content.decode()
    assert desk.post("/vie-privee/charte/").status_code == 302
    assert "Vous l’avez signée" in desk.get("/vie-privee/charte/").content.decode()
    page = cabinet.client(cabinet.doctor).get("/vie-privee/charte/").content.decode()
    assert (
        "Pas encore signée" in page
        and cabinet.secretary.display_name not in page.split("Pas encore signée")[1]
    )
    assert desk.get("/vie-privee/charte/charte.pdf").content.startswith(b"%PDF")
    assert CharterSignature.unscoped.count() == 1
