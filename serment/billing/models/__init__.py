"""What the room keeps: claims, money received and given up, the till and the bank."""

from serment.billing.models.bank import BankAccount, BankLine, BankMatch
from serment.billing.models.claims import Claim, Counter
from serment.billing.models.ended import EndedYear
from serment.billing.models.money import Allocation, DepositSlip, Payment, TillClosing, Transfer
from serment.billing.models.readers import AccountsReader
from serment.billing.models.tariffs import ActSet, TariffConfirmation

__all__ = [
    "AccountsReader",
    "ActSet",
    "Allocation",
    "BankAccount",
    "BankLine",
    "BankMatch",
    "Claim",
    "Counter",
    "DepositSlip",
    "EndedYear",
    "Payment",
    "TariffConfirmation",
    "TillClosing",
    "Transfer",
]
