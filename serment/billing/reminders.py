"""What a patient still owes, and the letter that reminds them. The letter names no act: others open the post too."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from serment.billing.models import Claim
from serment.billing.owed import Share, shares
from serment.billing.perms import Whose
from serment.documents import letter_pdf
from serment.documents.models import LetterDocument
from serment.formats import dates
from serment.formats.money import format_euros
from serment.patients import representatives
from serment.patients.selectors import PatientCard, card, names_of
from serment.practice.letterhead import letterhead
from serment.practice.models import Practice, Practitioner
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring

ADULT = 18
AFTER_DAYS = 30
"""A claim younger than this is not reminded: our choice."""


@dataclass
class Debt:
    """What one patient owes one practitioner. ``claims``: (claim, cents owed by the patient), oldest first."""

    patient_id: int
    practitioner: Practitioner
    name: str = ""
    claims: list[tuple[Claim, int]] = field(default_factory=list)

    @property
    def cents(self) -> int:
        return sum(cents for _, cents in self.claims)

    @property
    def oldest(self) -> date:
        return self.claims[0][0].established_on


def debts(*, patient_id: int | None = None, whose: Whose = None, today: date | None = None) -> list[Debt]:
    """Oldest first, without names: three queries. What a fund owes is not asked of the patient."""
    before = (today or timezone.localdate()) - timedelta(days=AFTER_DAYS)
    return of(shares(patient_id=patient_id, whose=whose, before=before), before)


def of(found: list[Share], before: date) -> list[Debt]:
    """The debts among shares already read, of claims not younger than ``before``."""
    debts: dict[tuple[int, int], Debt] = {}
    for share in found:
        claim = share.claim
        if share.patient > 0 and claim.established_on <= before:
            key = (claim.patient_id, claim.practitioner_id)
            debts.setdefault(key, Debt(claim.patient_id, claim.practitioner)).claims.append(
                (claim, share.patient)
            )
    return list(debts.values())


def named(keyring: Keyring, found: list[Debt]) -> list[Debt]:
    """The same with names, where the session may read them: one query more."""
    if keyring.holds(Domain.ADMIN):
        names = names_of(keyring=keyring, patient_ids={debt.patient_id for debt in found})
        for debt in found:
            if debt.patient_id in names:
                debt.name = names[debt.patient_id].display_name
    return found


def addressee(who: PatientCard) -> list[str]:
    """Who pays, as written on the envelope: a child is never asked; the insured who carries them is, or their
    representatives, named where the card names them.
    """
    if who.age_years >= ADULT:
        return [who.display_name]
    payer = who.coverage.insured_name if who.coverage and not who.coverage.insured_is_patient else ""
    parents = representatives.in_force(who.identity, timezone.localdate())
    payer = payer or " et ".join(one.name for one in parents[:2])
    return [payer, f"pour {who.display_name}"] if payer else ["Aux représentants légaux de", who.display_name]


def letter(*, keyring: Keyring, practice: Practice, debt: Debt) -> bytes:
    """PDF/A, ready for a window envelope. Raises NoKey, CannotOpen, CannotRender."""
    who = card(keyring=keyring, patient_id=debt.patient_id)
    contact = who.identity.contact
    address = [
        *addressee(who),
        contact.address,
        contact.address_more,
        f"{contact.postal_code} {contact.city}",
    ]
    today = timezone.localdate()
    lines = [
        f"Note n° {claim.number} du {dates.short(claim.established_on)}\u00a0: {format_euros(cents)}"
        for claim, cents in debt.claims
    ]
    many = len(lines) > 1
    return letter_pdf(
        LetterDocument(
            letterhead=letterhead(debt.practitioner, practice),
            title="Rappel de paiement",
            recipient="\n".join(part.strip() for part in address if part.strip()),
            about=who.display_name,
            paragraphs=[
                "Madame, Monsieur,",
                "Sauf erreur de notre part, "
                + (
                    "les notes d’honoraires suivantes restent"
                    if many
                    else "la note d’honoraires suivante reste"
                )
                + " à régler\u00a0:",
                *lines,
                f"Soit en tout {format_euros(debt.cents)}. Si vous avez déjà payé, ne tenez pas compte de ce courrier. "
                "En cas de difficulté, appelez-nous\u00a0: nous chercherons ensemble une solution.",
                "Avec nos salutations les meilleures.",
            ],
            on=today,
            date_text=dates.medium(today),
            place=practice.city,
            demo=practice.is_demo,
        )
    )
