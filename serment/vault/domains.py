"""The key domains: they follow the référentiel's data categories (section 5) and recipients (section 6)."""

from __future__ import annotations

from enum import StrEnum


class Domain(StrEnum):
    """What a key opens."""

    ADMIN = "admin"  # 5a identity and contact, appointments
    BILLING = "billing"  # 5c social-security number, coverage, claims
    CARE = "care"  # 5b INS, 5d 5e situation, 5f health, 5g lifestyle
    ARCHIVE = "archive"  # what the retention clock put away
    EMERGENCY = (
        "urgent"  # every care key once more, for a practitioner who must read without following (ADR 0013)
    )

    @property
    def per_circle(self) -> bool:
        """Care and archive exist once per care circle; the others once per practice."""
        return self in (Domain.CARE, Domain.ARCHIVE)
