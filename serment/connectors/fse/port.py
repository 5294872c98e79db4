"""What an engine is asked and what it answers: the contract, version 1 (docs/engine.md). Amounts in cents.

The contract is this project's proposal: the homologated engines' own interfaces are not public. An adapter stands
between the two.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

CONTRACT = 1

TROUBLES = {
    "no_card": "Aucune carte dans le lecteur : insérez la carte Vitale, ou demandez l’application carte Vitale.",
    "card_withdrawn": "La carte a été retirée pendant la lecture : remettez-la et recommencez. Rien n’a été signé.",
    "card_expired": "La carte n’est plus valable : mettez-la à jour, ou faites une feuille sur papier.",
    "rights_closed": "Les droits du patient sont fermés à cette date : vérifiez auprès de sa caisse.",
    "wrong_card": "La carte lue n’est pas celle de ce patient.",
    "no_professional_card": "La carte CPS n’est pas dans le lecteur.",
    "wrong_professional": "La carte CPS est celle d’un autre professionnel : à lui de signer.",
    "no_network": "Le réseau ne répond pas : recommencez, ou faites un duplicata papier avant la fin du délai.",
    "refused": "Le moteur refuse la feuille.",
    "unknown": "Le moteur ne connaît pas cette feuille.",
    "unknown_verb": "Le moteur ne connaît pas ce geste.",
    "bad_contract": "Le moteur ne parle pas cette version du contrat.",
    "bad_request": "Le moteur ne comprend pas la demande.",
    "unavailable": "Le moteur ne répond pas sur cette machine : vérifiez qu’il est démarré.",
    "bad_answer": "La réponse du moteur ne se lit pas : rien n’a été retenu.",
}
"""Every code an engine may answer, with its French for whoever stands at the desk."""


class Trouble(Exception):
    """What an engine could not do. ``code`` is a key of `TROUBLES`; ``detail`` may add the engine's own words."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code if code in TROUBLES else "bad_answer"
        self.detail = detail[:200]
        super().__init__(f"{TROUBLES[self.code]} {self.detail}".strip())


class Message(BaseModel):
    """Strict: a field that the contract does not know is refused, never ignored."""

    model_config = ConfigDict(extra="forbid")


class State(Message):
    """``simulated`` is true for anything that is not homologated: the screens say so."""

    name: str = Field(min_length=1, max_length=60)
    contract: int
    simulated: bool
    transmits: bool = False


class CardAsked(Message):
    """``expected_nir``: 15 characters; an engine that reads another person's card answers ``wrong_card``."""

    channel: Literal["vitale", "apcv"] = "vitale"
    expected_nir: str = Field(default="", max_length=15)


class Card(Message):
    """What a Vitale card, or the application, says of an insured person."""

    channel: Literal["vitale", "apcv"]
    nir: str = Field(min_length=15, max_length=15)
    family: str = Field(max_length=80)
    given: str = Field(max_length=80)
    born_on: date
    scheme: str = Field(min_length=2, max_length=2)
    fund: str = Field(min_length=3, max_length=3)
    centre: str = Field(min_length=4, max_length=4)
    rights_until: date | None = None
    amc_number: str = Field(default="", max_length=10)


class Professional(Message):
    """What a CPS card says."""

    rpps: str = Field(max_length=11)
    am_number: str = Field(default="", max_length=9)
    name: str = Field(max_length=80)


class Line(Message):
    """One act for the compulsory scheme. ``coefficient`` in hundredths; ``place`` 0 office, 1 home.

    A CCAM act has its own code in ``ccam``, with its activity, phase, modifiers and association.
    """

    code: str = Field(min_length=1, max_length=7)
    done_on: date
    quantity: int = Field(ge=1, le=99)
    coefficient: int = Field(ge=0, le=999_999)
    unit_price: int = Field(ge=0)
    base: int = Field(ge=0)
    rate: int = Field(ge=0, le=100)
    amo: int = Field(ge=0)
    amc: int = Field(ge=0)
    fee: int = Field(ge=0)
    place: int = Field(ge=0, le=1)
    ccam: str = Field(default="", max_length=7)
    activity: str = Field(default="", max_length=1)
    phase: str = Field(default="", max_length=1)
    modifiers: str = Field(default="", max_length=4)
    association: str = Field(default="", max_length=1)


class Group(Message):
    """One line for the complementary body: a grouped code and sums, never an act (référentiel §6, R6.8)."""

    code: str = Field(min_length=1, max_length=5)
    base: int = Field(ge=0)
    amc: int = Field(ge=0)
    fee: int = Field(ge=0)


class SheetToSign(Message):
    """A feuille de soins to sign. ``id``: the same id is the same sheet, signed once whatever happens between.

    ``complementary`` is what a DRE may carry; empty when nothing is asked of a complementary body.
    """

    id: str = Field(min_length=8, max_length=40)
    invoice: int = Field(ge=1, le=999_999_999)
    rpps: str = Field(min_length=11, max_length=11)
    am_number: str = Field(default="", max_length=9)
    nir: str = Field(min_length=15, max_length=15)
    born_on: date
    scheme: str = Field(min_length=2, max_length=2)
    fund: str = Field(min_length=3, max_length=3)
    centre: str = Field(min_length=4, max_length=4)
    insurance: str = Field(default="10", max_length=2)
    exemption: str = Field(default="0", max_length=1)
    payee: str = Field(default="00", max_length=2)
    accident_on: date | None = None
    maternity_on: date | None = None
    prescriber: str = Field(default="", max_length=9)
    prescribed_on: date | None = None
    lines: list[Line] = Field(min_length=1, max_length=20)
    total: int = Field(ge=0)
    amc_number: str = Field(default="", max_length=10)
    complementary: list[Group] = Field(default_factory=list, max_length=20)

    @model_validator(mode="after")
    def _sums(self) -> SheetToSign:
        if sum(line.fee for line in self.lines) != self.total:
            raise ValueError("the total is not the sum of the lines")
        return self


class Signed(Message):
    """``certificate`` goes into the sheet's file (ASCII, 32 at most); ``seal`` is the engine's own sealed double,
    in base64, kept three months; ``dre``: the DRE's reference where one was made.
    """

    reference: str = Field(min_length=1, max_length=64)
    certificate: str = Field(default="", max_length=32, pattern=r"^[\x20-\x7e]*$")
    mode: Literal["S", "F", "D"] = "S"
    seal: str = Field(default="", max_length=20_000)
    dre: str = Field(default="", max_length=64)


class Engine(Protocol):
    """Each verb raises Trouble."""

    def state(self) -> State: ...

    def read_card(self, asked: CardAsked) -> Card: ...

    def read_professional(self) -> Professional: ...

    def sign(self, sheet: SheetToSign) -> Signed: ...

    def cancel(self, reference: str) -> None:
        """Forget a signed sheet that was not sent. An unknown one raises Trouble « unknown »."""
