"""What is sealed of a claim: the acts, and why each is there."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ActLine(BaseModel):
    """One act or majoration at the price of its day; the tariff's source is kept with it."""

    code: str
    label: str
    kind: str = "act"
    amount_cents: int = Field(ge=0)
    tariff_id: int = 0
    source: str = ""
    confidence: str = ""
    why: str = ""


class ClaimPayload(BaseModel):
    """The acts of a claim. ``rate`` is the share of the compulsory scheme, in percent, shown for information."""

    lines: list[ActLine] = Field(min_length=1, max_length=20)
    rate: int = 70
    rate_why: str = ""
    place: str = "office"


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
