"""The answer to a request, as a letter: what was asked, what was done, on which ground, whom to turn to (R9.6)."""

from __future__ import annotations

from django.utils import timezone

from serment.documents import notice_pdf
from serment.documents.models import NoticeDocument
from serment.formats import dates
from serment.journal import services as journal
from serment.patients.selectors import PatientCard, card
from serment.practice.models import Practice
from serment.privacy import recipients, requests, rights
from serment.privacy.models import RightsRequest
from serment.vault.keyring import Keyring

TOLD = {"rectification": "rectifiées", "erasure": "effacées en partie", "limitation": "gelées"}
"""Requests whose outcome is told to past recipients, and how it is said."""


def answer(*, keyring: Keyring, practice: Practice, row: RightsRequest) -> bytes:
    """PDF/A of the letter. Raises NoKey, CannotRender."""
    who = card(keyring=keyring, patient_id=row.patient_id)
    words = requests.opened(keyring, row)
    label = rights.LABELS[row.kind]
    asked = [f"Vous avez demandé{_for(row, who)}\u00a0: {label}, le {dates.medium(row.received_on)}."]
    if words["asked"]:
        asked.append(words["asked"])
    decision = [f"Votre demande est {row.get_state_display()}.", words["answer"]]
    if row.ground:
        decision.append(rights.GROUNDS[row.ground].text)
    sections = [("Votre demande", asked), ("Notre réponse", decision)]
    if row.outcome:
        sections.append(("Ce qui a été fait", list(row.outcome)))
    if row.kind in TOLD and row.state != RightsRequest.State.REFUSED:
        told = [known.text for known in recipients.past(keyring=keyring, patient_id=row.patient_id)]
        if told:
            sections.append(("Qui en est prévenu (article 19 du RGPD)", told))
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
    return _letter(practice, "Réponse à votre demande", words["representative"] or who.display_name, sections)


def extension(*, keyring: Keyring, practice: Practice, row: RightsRequest) -> bytes:
    """PDF/A: two more months, why, and until when (article 12.3). Raises NoKey, CannotRender."""
    who = card(keyring=keyring, patient_id=row.patient_id)
    words = requests.opened(keyring, row)
    lines = [
        f"Votre demande{_for(row, who)} ({rights.LABELS[row.kind]}) du {dates.medium(row.received_on)} demande un "
        "délai de plus.",
        f"Motif\u00a0: {words['extension']}",
        f"Vous aurez notre réponse au plus tard le {dates.medium(row.due_on)}.",
    ]
    journal.record("privacy.letter_printed", subject_id=row.patient_id, object_id=row.pk)
    addressee = words["representative"] or who.display_name
    return _letter(practice, "Prolongation de votre demande", addressee, [("Votre demande", lines)])


def _for(row: RightsRequest, who: PatientCard) -> str:
    """For whom, where someone acts for the patient: the letter goes to them."""
    if row.acts_as == RightsRequest.ActsAs.SELF:
        return ""
    return f", pour {who.display_name}, en qualité de «\u00a0{row.get_acts_as_display()}\u00a0»"


def notice_to(*, keyring: Keyring, practice: Practice, row: RightsRequest, addressee: str) -> bytes:
    """PDF/A to one past recipient: what they hold was corrected, erased or frozen (article 19). Raises NoKey."""
    who = card(keyring=keyring, patient_id=row.patient_id)
    lines = [
        f"Nous vous avons communiqué des données sur {who.display_name}, {who.born_word} "
        f"{dates.short(who.identity.birth_date)}.",
        f"À sa demande, elles ont été {TOLD[row.kind]} au cabinet le "
        f"{dates.medium(timezone.localtime(row.closed_at))}.",
        requests.opened(keyring, row)["answer"],
        "Nous vous en prévenons en application de l’article 19 du RGPD, pour que vous en teniez compte.",
    ]
    journal.record("privacy.recipient_told", subject_id=row.patient_id, object_id=row.pk)
    return _letter(practice, "Données modifiées à la demande du patient", addressee, [("À savoir", lines)])


def _letter(practice: Practice, title: str, addressee: str, sections: list[tuple[str, list[str]]]) -> bytes:
    today = timezone.localdate()
    return notice_pdf(
        NoticeDocument(
            title=title,
            intro=f"{practice.name}, le {dates.medium(today)}, à l’attention de {addressee}",
            sections=sections,
            practice=practice.name,
            on=today,
            date_text=dates.medium(today),
            poster=True,
            demo=practice.is_demo,
        )
    )
