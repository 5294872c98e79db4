"""Limit tries per account and per address (référentiel E-AUTH-4; délibération 2022-100).

After 5 failures each try waits a minute, then twice as long each time, up to an hour; after 10 the account refuses
for an hour and after 25 in 24 hours for the rest of the day. Unknown logins are counted the same way, so answers do
not tell whether an account exists. Keys are SHA-256 of the login or address with the machine's secret.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from serment.access.models import Throttle

ADDRESS_FACTOR = 4
DAY = timedelta(hours=24)


def account_key(login: str) -> str:
    return _key(f"account:{login.strip().lower()}")


def address_key(address: str) -> str:
    return _key(f"address:{address}")


def _key(text: str) -> str:
    return sha256(f"{settings.SECRET_KEY}|{text}".encode()).hexdigest()


def delay_after(failures: int) -> timedelta:
    """How long to refuse after so many failures within a day."""
    if failures < 5:
        return timedelta(0)
    if failures >= 25:
        return DAY
    if failures >= 10:
        return timedelta(hours=1)
    return timedelta(minutes=2 ** (failures - 5))


def waiting(*keys: str) -> timedelta:
    """How long these keys must still wait; zero when a try is allowed."""
    now = timezone.now()
    blocks = Throttle.objects.filter(key__in=keys, blocked_until__gt=now).values_list(
        "blocked_until", flat=True
    )
    return max((until - now for until in blocks), default=timedelta(0))


@transaction.atomic
def failed(account: str, address: str) -> None:
    """Count a failure for the account and for the address (which may fail more: several people share it)."""
    now = timezone.now()
    for key, factor in ((account, 1), (address, ADDRESS_FACTOR)):
        row, _ = Throttle.objects.select_for_update().get_or_create(key=key)
        if now - row.since > DAY:
            row.failures, row.since = 0, now
        row.failures += 1
        delay = delay_after(row.failures // factor)
        row.blocked_until = now + delay if delay else None
        row.save()


def succeeded(account: str) -> None:
    """Forget an account's failures."""
    Throttle.objects.filter(key=account).delete()
