"""Feuilles de soins of the demonstration: past ones sent and answered by the simulators, recent ones at each stage."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from serment.access.models import Person
from serment.billing.models import Claim
from serment.transmission import returns, sending, signing
from serment.transmission.insured import Refused
from serment.transmission.payloads import SheetDetails
from serment.vault.keyring import Keyring

FRESH = timedelta(days=2)


def fill(keyring: Keyring, author: Person) -> None:
    """``author`` helps every practitioner. What a patient still owes stays theirs: their sheets pay them, not us."""
    practice = author.practice
    given = {"keyring": keyring, "author": author, "practice": practice}
    claims = Claim.objects.filter(amo_cents__gt=0).exclude(state="cancelled").order_by("pk")
    for claim in claims.filter(established_on__lt=timezone.localdate() - FRESH):
        try:
            if claim.paid_cents < claim.total_cents:
                details = SheetDetails(payee="00")
                signing.save_details(**given, claim_id=claim.pk, details=details, draft=False)
            signing.sign(**given, claim_id=claim.pk)
        except Refused:
            continue
    sending.send_due(**given)
    returns.fetch(**given)
    recent = list(claims.filter(established_on__gte=timezone.localdate() - FRESH)[:9])
    for number, claim in enumerate(recent):
        try:
            if number % 3 == 0:
                signing.sign(**given, claim_id=claim.pk)
            elif number == 1:
                accident = SheetDetails(insurance="41")
                signing.save_details(**given, claim_id=claim.pk, details=accident, draft=True)
        except Refused:
            continue
