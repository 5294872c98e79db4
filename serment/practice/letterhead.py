"""Who signs a document, as every paper prints it: from the practitioner and the practice."""

from __future__ import annotations

from serment.documents.models import Letterhead
from serment.formats.phone import international_phone
from serment.practice.models import Practice, Practitioner
from serment.practice.professions import PROFESSIONS, SECTORS


def letterhead(who: Practitioner, practice: Practice) -> Letterhead:
    """The block that R.5132-3 CSP (1°) wants: the title in full, the telephone with its country code."""
    title = PROFESSIONS[who.profession].title
    phone = who.phone or practice.phone
    return Letterhead(
        name=f"{title} {who.given_name} {who.family_name}".strip(),
        qualification=who.qualification,
        rpps=who.rpps,
        am_number=who.am_number,
        siret=who.siret,
        sector=SECTORS.get(who.sector, ""),
        practice=practice.name,
        address=practice.address,
        postal_code=practice.postal_code,
        city=practice.city,
        phone=international_phone(phone) if phone else "",
        email=who.email or practice.email,
    )
