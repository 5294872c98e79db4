"""What is sealed of a claim: the acts, and why each is there."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field


class ActLine(BaseModel):
    """One act or majoration at the price of its day; the tariff's source is kept with it.

    ``act``: what was typed (`quote.Act` as JSON), so that a session can be taken up again and its day's limits held.
    ``amo_cents``, ``amc_cents`` and ``excess_cents``: the shares as they were reckoned that day. ``group``: the
    grouping of a CCAM act (ATM, ADC…), which is what a complementary is told.
    """

    code: str
    label: str
    kind: str = "act"
    amount_cents: int = Field(ge=0)
    excess_cents: int = Field(default=0, ge=0)
    amo_cents: int = 0
    amc_cents: int = 0
    rate: int = 0
    association: str = ""
    group: str = ""
    tariff: str = ""
    source: str = ""
    confidence: str = ""
    why: str = ""
    act: dict[str, Any] = Field(default_factory=dict)


class ClaimPayload(BaseModel):
    """The acts of a claim. ``rate`` is the share of the compulsory scheme, in percent, shown for information.

    ``performed_on``: the day of the care, where it is not the claim's. ``third_party``: none, amo or full.
    """

    lines: list[ActLine] = Field(min_length=1, max_length=20)
    rate: int = 70
    rate_why: str = ""
    place: str = "office"
    performed_on: date | None = None
    third_party: str = "none"


class PaymentDetails(BaseModel):
    """What is written on a cheque, for the deposit slip: who signed it, on which bank, its number."""

    drawer: str = Field(default="", max_length=80)
    bank: str = Field(default="", max_length=40)
    cheque: str = Field(default="", max_length=20)


class BankAccountPayload(BaseModel):
    """The number of an account as its bank writes it."""

    number: str


class BankLinePayload(BaseModel):
    """What the bank says of a movement: it names whoever pays."""

    label: str = ""
    reference: str = ""
