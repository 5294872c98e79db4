"""The host's own register names the practice and holds the four items of article 30.2 (R6.26)."""

from __future__ import annotations

from serment.privacy import hosting, register
from serment.privacy.models import Processor, Settings


def test_only_a_hosted_practice_is_on_it(cabinet):
    assert hosting.rows() == []
    with cabinet.at_work(cabinet.doctor):
        row = register.settings_of_practice()
        row.hosting = Settings.Hosting.HOSTED
        row.save()
        Processor.objects.create(name="Salle Ponant", service="baie", country="France")
    (line,) = hosting.rows()
    assert line[0] == cabinet.practice.name and "tenir le dossier médical" in line[3]
    assert line[4] == "aucun" and "AES-256" in line[5] and line[6] == "Salle Ponant"
    assert hosting.as_csv().splitlines()[0].startswith("Responsable du traitement;")
