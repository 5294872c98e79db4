"""Ask for the password once more before a grave act, within the same limit of tries as signing in (P-ARCH-1)."""

from __future__ import annotations

from typing import Any

from serment.access import accounts, throttle
from serment.access.views.sign_in import address_of, waiting_text
from serment.journal import services as journal


def refused(request: Any, password: str) -> str:
    """Why the password does not do, in French; empty when it is right."""
    login = request.person.login
    account, address = throttle.account_key(login), throttle.address_key(address_of(request))
    if wait := throttle.waiting(account, address):
        return waiting_text(wait.total_seconds())
    if accounts.authenticate(login, password) is None:
        throttle.failed(account, address)
        journal.record("access.unlock_failed", details={"how": "again"})
        return "Mot de passe incorrect."
    throttle.succeeded(account)
    return ""
