"""The confirmation of an appointment, with the information notice the first time (R8.6)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.agenda.models import Appointment
from serment.documents import notice_pdf
from serment.documents.models import NoticeDocument
from serment.formats import dates
from serment.formats.phone import display_phone
from serment.journal import services as journal
from serment.practice.models import Practice
from serment.privacy import notice
from serment.privacy.models import NoticeHanding


@transaction.atomic
def confirmation(*, author: Person, practice: Practice, row: Appointment) -> bytes:
    """PDF with day, hour, place and practitioner, no name and no reason; the notice follows where none was given yet.

    The proof of its handing is kept then.
    """
    first = (
        row.patient_id is not None and not NoticeHanding.objects.filter(patient_id=row.patient_id).exists()
    )
    start = timezone.localtime(row.start)
    phone = display_phone(practice.phone) if practice.phone else ""
    sections = [
        (
            "Votre rendez-vous",
            [
                f"{dates.long(start)} à {dates.clock(start)}, avec {row.practitioner.display_name}.",
                "À votre domicile." if row.home_visit else f"{practice.name}, {practice.full_address}.",
                f"Pour le déplacer ou l’annuler\u00a0: {phone or 'prévenez le cabinet'}.",
            ],
        )
    ]
    text = notice.build(practice)
    if first:
        sections += [(section.title, section.lines) for section in text.sections]
        notice.hand(
            author=author, patient_id=row.patient_id, how=NoticeHanding.How.CONFIRMATION, practice=practice
        )
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
