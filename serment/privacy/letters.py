"""The answer to a request, as a letter: what was asked, what was done, on which ground, whom to turn to (R9.6)."""

from __future__ import annotations

from django.utils import timezone

from serment.documents import notice_pdf
from serment.documents.models import NoticeDocument
from serment.formats import dates
from serment.journal import services as journal
from serment.patients.selectors import card
from serment.practice.models import Practice
from serment.privacy import requests, rights
from serment.privacy.models import RightsRequest
from serment.vault.keyring import Keyring


def answer(*, keyring: Keyring, practice: Practice, row: RightsRequest) -> bytes:
    """PDF/A of the letter. Raises NoKey, CannotRender."""
    who = card(keyring=keyring, patient_id=row.patient_id)
    words, today = requests.opened(keyring, row), timezone.localdate()
    label = rights.LABELS[row.kind]
    asked = [f"Vous avez demandé\u00a0: {label}, le {dates.medium(row.received_on)}."]
    if words["asked"]:
        asked.append(words["asked"])
    decision = [f"Votre demande est {row.get_state_display()}.", words["answer"]]
    if row.ground:
        decision.append(rights.GROUNDS[row.ground].text)
    sections = [("Votre demande", asked), ("Notre réponse", decision)]
    if row.outcome:
        heading = "À prévenir de la correction" if row.kind == "rectification" else "Ce qui a été fait"
        sections.append((heading, list(row.outcome)))
    if row.state != RightsRequest.State.GRANTED:
        sections.append(
            (
                "Vos recours",
                [
                    "Vous pouvez saisir la CNIL (3 place de Fontenoy, 75007 Paris, cnil.fr) ou le juge, sans frais "
                    "pour la CNIL (articles 77 et 79 du RGPD).",
                ],
            )
        )
    journal.record("privacy.letter_printed", subject_id=row.patient_id, object_id=row.pk)
    return notice_pdf(
        NoticeDocument(
            title="Réponse à votre demande",
            intro=f"{practice.name}, le {dates.medium(today)}, à l’attention de {who.display_name}",
            sections=sections,
            practice=practice.name,
            on=today,
            date_text=dates.medium(today),
            demo=practice.is_demo,
        )
    )
