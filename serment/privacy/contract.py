"""The clauses of article 28.3 for one provider, written from the register and the list of seven (R6.18, E-ST-1).

A model to read over: Serment is no lawyer, and says so on the paper.
"""

from __future__ import annotations

from django.utils import timezone

from serment.documents.models import NoticeDocument
from serment.formats import dates
from serment.practice.models import Practice
from serment.privacy import register
from serment.privacy.forms import CLAUSES
from serment.privacy.models import Processor

VERSION = "2026-11"
TEXTS = {
    "instruction": "Le prestataire ne traite les données que sur instruction écrite du cabinet, et le prévient si une "
    "instruction lui paraît contraire au droit.",
    "confidentiality": "Les personnes qu’il y emploie se sont engagées à la confidentialité ; il en tient la liste.",
    "security": "Il prend toutes les mesures de sécurité de l’article 32 du RGPD ; leur liste est jointe.",
    "subprocessing": "Il ne fait appel à un autre prestataire qu’avec l’accord écrit préalable du cabinet, et lui "
    "impose les mêmes obligations.",
    "assistance": "Il aide le cabinet à répondre aux patients qui exercent leurs droits, et l’avertit de toute "
    "violation dans les meilleurs délais, au plus tard sous 24 heures.",
    "return": "À la fin du contrat il rend toutes les données dans un format ouvert, puis les détruit, copies "
    "comprises, et l’atteste par écrit.",
    "audit": "Il tient à disposition de quoi démontrer le respect de ces clauses et accepte les audits du cabinet.",
}
"""What each clause of the register's list says on paper."""


def sections(practice: Practice, row: Processor) -> list[tuple[str, list[str]]]:
    """Parties, object and description of the processing (article 28.3), the clauses, signatures. Three queries."""
    sheets = [sheet for sheet in register.sheets("patient") if sheet.active]
    categories = list(dict.fromkeys(c for sheet in sheets for c in sheet.categories))
    return [
        (
            "Entre",
            [
                f"{practice.name}, {practice.full_address}, responsable du traitement (le cabinet),",
                f"et {row.name}{f', {row.contact}' if row.contact else ''}, sous-traitant (le prestataire).",
            ],
        ),
        (
            "Objet",
            [
                f"Service\u00a0: {row.service}. Lieu des données\u00a0: {row.country}.",
                f"Données\u00a0: {', '.join(categories)}. Personnes\u00a0: patients, équipe du cabinet.",
                "Durée\u00a0: celle du contrat de service, à préciser\u00a0: ……………………………………",
            ],
        ),
        ("Le prestataire", [f"{number}. {TEXTS[code]}" for number, code in enumerate(CLAUSES, 1)]),
        ("Signatures", ["Le cabinet, le ………………… :", "Le prestataire, le ………………… :"]),
    ]


def document(practice: Practice, row: Processor) -> NoticeDocument:
    today = timezone.localdate()
    return NoticeDocument(
        title="Clauses de sous-traitance",
        intro=f"Article 28 du RGPD. Modèle {VERSION} de Serment, à relire, compléter et signer ; il ne remplace pas le "
        "conseil d’un juriste.",
        sections=sections(practice, row),
        practice=practice.name,
        on=today,
        date_text=dates.long(today),
        poster=True,
        demo=practice.is_demo,
    )
