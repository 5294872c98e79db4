"""The provider's own register (article 30.2): what whoever hosts Serment does for each practice (R6.26).

No patient's data, no key: the names of the practices, what is done for them, how it is protected.
"""

from __future__ import annotations

import csv
import io

from serment.practice.models import Practice
from serment.privacy import profiles, register
from serment.privacy.models import Processor, Settings
from serment.vault.tenancy import using_practice

HEADINGS = (
    "Responsable du traitement",
    "Adresse",
    "Représentant ou délégué",
    "Catégories de traitements",
    "Transferts hors de l’Union européenne",
    "Mesures de sécurité",
    "Sous-traitants ultérieurs",
)
MEASURES = (
    "Chiffrement par patient (AES-256-GCM), clés tenues par le cabinet ; TLS ; double authentification ; journal "
    "chaîné ; sauvegardes chiffrées pour le code du cabinet, restauration répétée ; interventions inscrites."
)


def rows() -> list[tuple[str, ...]]:
    """One line per practice hosted here. Practices that keep Serment on a machine of their own are left out."""
    found = []
    for practice in Practice.objects.order_by("pk"):
        with using_practice(practice.pk):
            settings = register.settings_of_practice()
            if settings.hosting != Settings.Hosting.HOSTED:
                continue
            others = list(Processor.objects.filter(ended_on=None, sees_data=True))
            contact = " ".join(filter(None, (settings.dpo_name, settings.dpo_contact)))
            found.append(
                (
                    practice.name,
                    practice.full_address,
                    contact or practice.email,
                    "Hébergement et maintenance\u00a0: "
                    + " ; ".join(p.label.lower() for p in profiles.load(settings.profile).purposes.values()),
                    ", ".join(p.country for p in others if p.country != "France") or "aucun",
                    MEASURES,
                    ", ".join(p.name for p in others) or "aucun",
                )
            )
    return found


def as_csv() -> str:
    """The register, with a heading line, for a spreadsheet (``;``)."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(HEADINGS)
    writer.writerows(rows())
    return out.getvalue()
