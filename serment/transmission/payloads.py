"""What is sealed of a sheet: what the fund must know of it, what it answered, the engine's double; and the settings."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

INSURANCES = {
    "10": "maladie",
    "13": "maladie, régime d’Alsace-Moselle",
    "30": "maternité",
    "41": "accident du travail ou maladie professionnelle",
    "90": "prévention",
}
EXEMPTIONS = {
    "": "selon la fiche du patient",
    "0": "aucune",
    "3": "soins particuliers exonérés",
    "4": "ALD, soins en rapport avec le protocole",
    "5": "régime exonérant",
    "7": "prévention",
}
PAYEES = {
    "00": "le patient a tout réglé",
    "05": "tiers payant, part obligatoire",
    "15": "tiers payant, parts obligatoire et complémentaire",
    "25": "tiers payant, part complémentaire seule",
}


class SheetDetails(BaseModel):
    """What the claim does not say and the fund asks. ``care_on``: the day of care, the claim's own when empty."""

    insurance: Literal["10", "13", "30", "41", "90"] = "10"
    exemption: Literal["", "0", "3", "4", "5", "7"] = ""
    payee: Literal["", "00", "05", "15", "25"] = ""
    care_on: date | None = None
    accident_on: date | None = None
    maternity_on: date | None = None
    prescriber: str = Field(default="", max_length=9)
    prescribed_on: date | None = None


class Reject(BaseModel):
    """One motive of the fund, in its own words."""

    code: str = ""
    label: str = ""
    level: str = ""
    part: str = ""


class SheetAnswer(BaseModel):
    """What came back for a sheet, last."""

    rejects: list[Reject] = Field(default_factory=list, max_length=40)


class EngineSeal(BaseModel):
    """The double of a signed sheet: the engine's reference and its sealed bytes (base64), kept three months."""

    reference: str
    certificate: str = ""
    mode: str = ""
    seal: str = ""
    dre: str = ""


class MailSettings(BaseModel):
    """How lots leave. Addresses and subject are templates: what the public facts say is incomplete, « à vérifier »."""

    smtp_host: str = ""
    smtp_port: int = Field(default=465, ge=1, le=65535)
    smtp_security: Literal["tls", "starttls"] = "tls"
    imap_host: str = ""
    imap_port: int = Field(default=993, ge=1, le=65535)
    imap_security: Literal["tls", "starttls"] = "tls"
    user: str = ""
    password: str = Field(default="", repr=False)
    sender: str = ""
    authority: str = ""
    certificate: str = ""
    amo_address: str = "{scheme}{fund}@{fund}.{scheme}.rss.fr"
    amc_address: str = ""
    subject: str = "IR100500/{provider:0>14}/{stamp}{number:0>5}/{count:0>5}"
    description: str = "IRIS/B2/Z"
