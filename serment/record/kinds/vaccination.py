"""A vaccination: what, when, which lot, where on the body, and when the next one is due."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from serment.record.kinds import Kind
from serment.record.kinds.content import Content

ANTIGENS = {
    "dtcap_hib_hepb": "diphtérie, tétanos, polio, coqueluche, Hib, hépatite B",
    "dtcap_hib": "diphtérie, tétanos, polio, coqueluche, Hib",
    "dtcap": "diphtérie, tétanos, polio, coqueluche",
    "dtp": "diphtérie, tétanos, polio",
    "rota": "rotavirus",
    "hib": "Haemophilus influenzae b (Hib)",
    "pneumo": "pneumocoque",
    "men_acwy": "méningocoques ACWY",
    "men_b": "méningocoque B",
    "men_c": "méningocoque C",
    "ror": "rougeole, oreillons, rubéole",
    "varicella": "varicelle",
    "hpv": "papillomavirus",
    "flu": "grippe",
    "zoster": "zona",
    "covid": "covid-19",
    "hepatitis_b": "hépatite B",
    "hepatitis_a": "hépatite A",
    "hepatitis_ab": "hépatites A et B",
    "bcg": "tuberculose (BCG)",
    "yellow_fever": "fièvre jaune",
    "rsv": "virus respiratoire syncytial",
    "rabies": "rage",
    "typhoid": "typhoïde",
    "tick_encephalitis": "encéphalite à tiques",
    "japanese_encephalitis": "encéphalite japonaise",
    "dengue": "dengue",
    "chikungunya": "chikungunya",
    "cholera": "choléra",
    "leptospirosis": "leptospirose",
    "mpox": "mpox (variole)",
    "other": "autre",
}
SITES = {
    "": "—",
    "left_arm": "bras gauche (deltoïde)",
    "right_arm": "bras droit (deltoïde)",
    "left_thigh": "cuisse gauche",
    "right_thigh": "cuisse droite",
    "left_buttock": "fesse gauche",
    "right_buttock": "fesse droite",
}
ROUTES = {
    "": "—",
    "im": "intramusculaire",
    "sc": "sous-cutanée",
    "id": "intradermique",
    "oral": "orale",
    "nasal": "nasale",
}


class Vaccination(Content):
    """``given_on`` may be long past (carnet de santé); ``next_on`` is what the practitioner decides."""

    antigen: Literal[
        "dtcap_hib_hepb",
        "dtcap_hib",
        "dtcap",
        "dtp",
        "rota",
        "hib",
        "pneumo",
        "men_acwy",
        "men_b",
        "men_c",
        "ror",
        "varicella",
        "hpv",
        "flu",
        "zoster",
        "covid",
        "hepatitis_b",
        "hepatitis_a",
        "hepatitis_ab",
        "bcg",
        "yellow_fever",
        "rsv",
        "rabies",
        "typhoid",
        "tick_encephalitis",
        "japanese_encephalitis",
        "dengue",
        "chikungunya",
        "cholera",
        "leptospirosis",
        "mpox",
        "other",
    ] = Field(title="Contre")
    vaccine: str = Field(default="", title="Vaccin", max_length=120)
    given_on: date = Field(title="Fait le")
    lot: str = Field(default="", title="Lot", max_length=40)
    site: Literal[
        "", "left_arm", "right_arm", "left_thigh", "right_thigh", "left_buttock", "right_buttock"
    ] = Field(default="", title="Site")
    route: Literal["", "im", "sc", "id", "oral", "nasal"] = Field(default="", title="Voie")
    next_on: date | None = Field(default=None, title="Prochain rappel")

    own_day = "given_on"
    words = {"antigen": ANTIGENS, "site": SITES, "route": ROUTES}

    def line(self) -> str:
        name = f" ({self.vaccine})" if self.vaccine else ""
        return f"{ANTIGENS[self.antigen]}{name}, le {self.given_on:%d/%m/%Y}"


KIND = Kind("vaccination", Vaccination, "Vaccination", "Vaccinations", "shield-check")
