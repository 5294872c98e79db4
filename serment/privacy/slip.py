"""The confirmation of an appointment, with the information notice the first time (R8.6)."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import quote, urlencode

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.agenda.models import Appointment
from serment.documents import notice_pdf
from serment.documents.models import NoticeDocument
from serment.formats import dates
from serment.formats.phone import display_phone
from serment.journal import services as journal
from serment.patients.selectors import card
from serment.practice.models import Practice
from serment.privacy import notice
from serment.privacy.models import NoticeHanding
from serment.vault.keyring import Keyring


def lines(practice: Practice, row: Appointment) -> list[str]:
    """Day, hour, place and whom to call; no patient's name, no reason, no type (R8.6)."""
    start = timezone.localtime(row.start)
    phone = display_phone(practice.phone) if practice.phone else ""
    return [
        f"{dates.long(start)} à {dates.clock(start)}, avec {row.practitioner.display_name}.",
        "À votre domicile." if row.home_visit else f"{practice.name}, {practice.full_address}.",
        f"Pour le déplacer ou l’annuler\u00a0: {phone or 'prévenez le cabinet'}.",
    ]


@dataclass(frozen=True)
class Mail:
    """A confirmation for one's own mail program: who, subject, text; no health datum and no name (R8.6)."""

    address: str
    subject: str
    text: str
    first: bool

    @property
    def link(self) -> str:
        said = urlencode({"subject": self.subject, "body": self.text}, quote_via=quote)
        return f"mailto:{quote(self.address)}?{said}"


def mail(*, keyring: Keyring, practice: Practice, row: Appointment) -> Mail:
    """What to send; Serment sends nothing itself. Raises NoKey."""
    first = is_first(row)
    said = [*lines(practice, row), "", f"{practice.name}"]
    if first:
        said[-1:-1] = ["La notice d’information sur vos données est jointe à ce courriel.", ""]
    address = ""
    if row.patient_id is not None:
        address = card(keyring=keyring, patient_id=row.patient_id).identity.contact.email
    day = timezone.localtime(row.start)
    return Mail(
        address, f"Votre rendez-vous du {dates.long(day)} à {dates.clock(day)}", "\n".join(said), first
    )


def is_first(row: Appointment) -> bool:
    """Whether the patient was never given the notice: the confirmation then carries it."""
    return row.patient_id is not None and not NoticeHanding.objects.filter(patient_id=row.patient_id).exists()


@transaction.atomic
def message(*, keyring: Keyring, author: Person, practice: Practice, row: Appointment) -> bytes:
    """A draft for one's own mail program (RFC 5322, « X-Unsent »): the text, and the confirmation joined to it.

    Neither holds a name or a reason: a mail travels in clear (R8.6). The notice's handing is kept as by mail, the first
    time. Raises NoKey.
    """
    said = mail(keyring=keyring, practice=practice, row=row)
    draft = EmailMessage()
    draft["X-Unsent"] = "1"
    draft["Subject"] = said.subject
    if said.address:
        draft["To"] = said.address
    draft.set_content(said.text)
    joined = confirmation(author=author, practice=practice, row=row, how=NoticeHanding.How.EMAIL)
    draft.add_attachment(joined, maintype="application", subtype="pdf", filename="confirmation.pdf")
    return draft.as_bytes()


@transaction.atomic
def confirmation(
    *,
    author: Person,
    practice: Practice,
    row: Appointment,
    how: str = NoticeHanding.How.CONFIRMATION,
) -> bytes:
    """PDF with day, hour, place and practitioner, no name and no reason; the notice follows where none was given yet.

    The proof of its handing is kept then.
    """
    first = is_first(row)
    start = timezone.localtime(row.start)
    sections = [("Votre rendez-vous", lines(practice, row))]
    text = notice.build(practice)
    if first:
        sections += [(section.title, section.lines) for section in text.sections]
        notice.hand(author=author, patient_id=row.patient_id, how=how, practice=practice)
    journal.record(
        "privacy.slip_printed", subject_id=row.patient_id, object_id=row.pk, details={"notice": first}
    )
    return notice_pdf(
        NoticeDocument(
            title="Confirmation de rendez-vous",
            intro=text.intro if first else "Merci de prévenir si vous ne pouvez pas venir.",
            sections=sections,
            practice=practice.name,
            on=start.date(),
            date_text=dates.long(start),
            demo=practice.is_demo,
        )
    )
