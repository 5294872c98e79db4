"""Who works in the demonstration and who comes to it. All invented; phone numbers are of the range kept for fiction."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from serment.patients.payloads import Contact, Coverage, Identity

PASSWORD = "tulipe-granit-oreiller-42"  # noqa: S105 (printed at start, for fictitious data only)


@dataclass(frozen=True)
class DemoPerson:
    login: str
    given: str
    family: str
    profile: str
    rpps: str = ""
    profession: str = "medecin"
    specialty: str = ""
    """What is read under the name on paper; empty for the profession."""


DOCTOR = DemoPerson("camille.aubry", "Camille", "Aubry", "doctor", "10000000017")
STAFF = (
    DemoPerson("sacha.morvan", "Sacha", "Morvan", "doctor", "10000000025", specialty="Médecine générale"),
    DemoPerson("lea.guillou", "Léa", "Guillou", "paramedic", "10000000033", "infirmier", "Infirmière"),
    DemoPerson("nolwenn.jego", "Nolwenn", "Jégo", "doctor", "10000000041", "sage_femme"),
    DemoPerson("maud.riou", "Maud", "Riou", "secretary"),
    DemoPerson("theo.cadiou", "Théo", "Cadiou", "technician"),
)
FAMILIES = (
    "Lestrange Kermorvan Quéméner Bellanger Fontaneau Delacourt Verdier-Lopes Mazurier Santini Ouedraogo Benhaddou "
    "Traversier Lagadec Poulichet Grandjean Rousselin Da-Costa Nguyen-Van Marchetti Le-Goff Charpentier Beauvallet "
    "Dumontier Kowalczyk Abgrall Jourdain Perrault Lemonnier Haddad Bourgoin Chevalier Thibault Lefebvre Schmitt"
).split()
WOMEN = (
    "Apolline Théodora Maëlle Rozenn Inès Fatou Clémence Yasmine Solène Odile Ginette Hélène Louna Capucine Aïcha"
).split()
MEN = "Elouan Gaspard Malo Yannick Karim Augustin Lucien Tanguy Bastien Omar Marius Joseph Émile Ludovic Yann".split()
STREETS = (
    "rue des Lavandières",
    "allée du Verger",
    "place de la Halle",
    "chemin du Moulin",
    "avenue des Genêts",
)
CITIES = (("35000", "Rennes"), ("35170", "Bruz"), ("35510", "Cesson-Sévigné"), ("35000", "Rennes"))


def identity(number: int, today: date) -> tuple[Identity, Coverage]:
    """The n-th fictitious patient; the same each time."""
    pick = random.Random(number)  # noqa: S311 (fiction, not a secret)
    sex = "F" if number % 2 else "M"
    given = (WOMEN if sex == "F" else MEN)[number // 2 % 15]
    family = FAMILIES[number % len(FAMILIES)].replace(
        "-", " " if "Le" in FAMILIES[number % len(FAMILIES)] else "-"
    )
    born = today - timedelta(days=pick.randrange(200, 33_000))
    postal, city = CITIES[number % len(CITIES)]
    grown = (today - born).days > 24 * 365
    used = FAMILIES[(number * 7 + 3) % len(FAMILIES)] if sex == "F" and number % 5 == 1 and grown else ""
    contact = Contact(
        mobile=f"+33639980{number % 1000:03d}",
        email="" if number % 3 else f"patient{number}@example.fr",
        address=f"{1 + number % 80} {STREETS[number % len(STREETS)]}",
        postal_code=postal,
        city=city,
    )
    return (
        Identity(
            birth_family_name=family,
            used_family_name=used,
            first_given_name=given,
            sex="F" if sex == "F" else "M",
            birth_date=born,
            contact=contact,
            confirmed_on=today,
        ),
        Coverage(nir=_nir(sex, born, number), scheme="01", fund="999", centre="0000", ald=number % 9 == 0),
    )


def _nir(sex: str, born: date, number: int) -> str:
    """A number of the right shape in a commune code (999) that France never gives."""
    from serment.formats.nir import nir_key

    first = f"{2 if sex == 'F' else 1}{born.year % 100:02d}{born.month:02d}35999{number % 1000:03d}"
    return first + nir_key(first)
