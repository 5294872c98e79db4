"""What a practice sets is reached from Réglages, by who may use it; the bar says each person's own profession."""

from __future__ import annotations

import pytest

from serment.practice.models import Practitioner
from serment.site.navigation import entries_for

WRITTEN = ("/dossier/trames/", "/dossier/tests/", "/courriers/modeles/", "/ordonnances/protocoles/")
WORDS = "/reglages/mots/"


def links(page: str) -> set[str]:
    nav = page.partition('aria-label="Réglages"')[2].partition("</nav>")[0]
    return {part.partition('"')[0] for part in nav.split('href="')[1:]}


@pytest.mark.parametrize(
    "who",
    ["doctor", "colleague", "outsider", "substitute", "secretary", "manager", "technician", "accounting"],
)
def test_every_page_of_settings_is_reached_by_who_may_use_it(cabinet, who):
    person = getattr(cabinet, who)
    client = cabinet.client(person)
    (door,) = [address for entry, address in entries_for(person) if entry.code == "settings"]
    found = links(client.get(door).content.decode())
    for address in (*WRITTEN, WORDS):
        wanted = person.can("practice.settings" if address == WORDS else "record.write")
        assert (address in found) is wanted, address
    for address in found:
        page = client.get(address)
        assert page.status_code == 200 and links(page.content.decode()) == found, address


@pytest.mark.parametrize(
    ("who", "word"),
    [
        ("doctor", "Médecin"),
        ("outsider", "Masseur-kinésithérapeute"),
        ("substitute", "Médecin, remplaçant"),
        ("secretary", "Secrétariat"),
        ("technician", "Technicien de maintenance"),
    ],
)
def test_the_bar_names_the_profession(cabinet, who, word):
    page = cabinet.client(getattr(cabinet, who)).get("/compte/").content.decode()
    name = page.partition("account-name")[2].partition("</summary>")[0]
    assert f"<small>{word}</small>" in name and "Praticien" not in page


def test_a_midwife_is_one(cabinet):
    with cabinet.at_work(cabinet.doctor):
        Practitioner.objects.filter(pk=cabinet.colleague.practitioner_id).update(profession="sage_femme")
    page = cabinet.client(cabinet.colleague).get("/compte/").content.decode()
    assert "<small>Sage-femme</small>" in page
