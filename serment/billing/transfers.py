"""Transfers that a fund announces, for the bank's statement to confirm; and what it repaid to patients, shown apart."""

from __future__ import annotations

from datetime import date

from serment.billing.models import Transfer
from serment.vault.tenancy import current_practice


def announce(
    *,
    practitioner_id: int,
    source_key: str,
    reference: str,
    payer_code: str = "",
    announced_on: date,
    cents: int,
    repaid_cents: int = 0,
) -> Transfer:
    """Note a transfer once for each return and practitioner; read again, the return changes nothing.

    ``cents``: what comes to the practitioner; ``repaid_cents``: what the fund repaid to patients who had paid in full.
    """
    row, _ = Transfer.objects.get_or_create(
        practice_id=current_practice(),
        practitioner_id=practitioner_id,
        source_key=source_key[:64],
        defaults={
            "reference": reference[:64],
            "payer_code": payer_code[:12],
            "announced_on": announced_on,
            "cents": cents,
            "repaid_cents": repaid_cents,
        },
    )
    return row
