"""Models, signing, printing."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.documents import CannotRender, letter_pdf
from serment.documents.models import LetterDocument
from serment.formats import dates
from serment.journal import services as journal
from serment.letters.fields import blanks, unknown
from serment.letters.models import LetterModel
from serment.letters.payloads import Letter
from serment.patients.selectors import PatientCard, card
from serment.practice.letterhead import letterhead
from serment.record import selectors as record
from serment.record.models import Entry
from serment.record.services import add_entry
from serment.vault.keyring import Keyring

_STARTERS = Path(__file__).parent / "data" / "starters.toml"


class Refused(ValueError):
    """French: why nothing was kept."""


@dataclass(frozen=True)
class Offered:
    """A model to begin from: the practice's own, or one that ships. ``key`` names it in the address.

    ``id``: the row of the practice's own.
    """

    key: str
    label: str
    kind: str
    body: str
    own: bool
    id: int | None = None


def offered(profession: str = "") -> list[Offered]:
    """The practice's models first, then those that ship and that it has not replaced: one query.

    ``profession``: whom they are offered to; without one, all of them.
    """
    own = [
        Offered(f"m{row.pk}", row.label, row.kind, row.body, True, row.pk)
        for row in LetterModel.objects.order_by("label")
    ]
    taken = {model.label for model in own}
    shipped = tomllib.loads(_STARTERS.read_text())["model"]
    return own + [
        Offered(f"s{number}", row["label"], row["kind"], row["body"].strip(), False)
        for number, row in enumerate(shipped)
        if row["label"] not in taken
        and (not profession or profession in row.get("professions", (profession,)))
    ]


@transaction.atomic
def keep_model(*, author: Person, label: str, kind: str, body: str) -> LetterModel:
    """Keep a model under its name, replacing one of the same. Raises Refused for a field nobody knows."""
    wrong = unknown(body)
    if wrong:
        raise Refused(f"Champ inconnu\u00a0: {', '.join('{' + name + '}' for name in wrong)}.")
    row, _ = LetterModel.objects.update_or_create(
        practice_id=author.practice_id,
        label=label.strip()[:80],
        defaults={"kind": kind, "body": body, "owner_id": author.pk},
    )
    journal.record("letter.model", object_id=row.pk)
    return row


@transaction.atomic
def forget_model(*, model: LetterModel) -> None:
    """A model of the practice goes; what was signed from it stays. One that ships under the same name comes back."""
    journal.record("letter.model", object_id=model.pk, details={"forgotten": True})
    model.delete()


def sign(*, keyring: Keyring, author: Person, patient_id: int, letter: Letter) -> Entry:
    """Into the record, signed by its author. Raises Refused (a field left empty, a text that cannot be printed), NoKey,
    Frozen."""
    left = unknown(letter.body)
    if author.practitioner is None:
        raise Refused("Seul un praticien signe un courrier ou un certificat.")
    if left:
        raise Refused(
            f"Un champ est resté dans le texte\u00a0: {', '.join('{' + name + '}' for name in left)}."
        )
    if blank := blanks(f"{letter.title} {letter.body}"):
        raise Refused(f"Il reste à compléter\u00a0: {', '.join(blank)}.")
    try:
        _paper(letter, author, card(keyring=keyring, patient_id=patient_id), timezone.localdate())
    except CannotRender:
        raise Refused(
            "Ce texte ne se met pas en page\u00a0: raccourcissez-le, ou retirez-en les signes inhabituels."
        ) from None
    return add_entry(
        keyring=keyring,
        author=author,
        patient_id=patient_id,
        kind="letter",
        payload=letter,
        action="letter.signed",
    )


def pdf(*, keyring: Keyring, entry: Entry) -> bytes:
    """PDF/A on the author's letterhead. Raises NoKey, CannotOpen, CannotRender."""
    item = record.one(keyring=keyring, entry=entry)
    letter: Letter = item.content  # type: ignore[assignment]
    author = Person.objects.select_related("practitioner").get(pk=entry.author_id)
    who = card(keyring=keyring, patient_id=entry.patient_id)
    day = timezone.localtime(entry.occurred_at).date()
    journal.record("letter.printed", subject_id=entry.patient_id, object_id=entry.pk)
    return _paper(letter, author, who, day, cancelled=entry.state == Entry.State.IN_ERROR)


def _paper(letter: Letter, author: Person, who: PatientCard, day: date, *, cancelled: bool = False) -> bytes:
    """Raises CannotRender."""
    assert author.practitioner is not None
    return letter_pdf(
        LetterDocument(
            letterhead=letterhead(author.practitioner, author.practice),
            title=letter.title,
            recipient=letter.recipient,
            about=f"{who.display_name}, {who.born_word} {dates.short(who.identity.birth_date)}",
            paragraphs=[part.strip() for part in letter.body.split("\n\n") if part.strip()],
            on=day,
            date_text=dates.medium(day),
            place=author.practice.city,
            cancelled=cancelled,
            demo=author.practice.is_demo,
        )
    )
