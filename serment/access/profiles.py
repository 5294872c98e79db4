"""The permission table: what each profile may do, and which key domains it is given (référentiel R6.1, E-HAB-1).

This is the only source of authorisations; anything not written here is refused. A permission lets a view run; the
domains decide what can be read at all, so a mistake in one does not undo the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from serment.vault.domains import Domain

PERMISSIONS = {
    "site.home": "Ouvrir « Ma journée »",
    "account.own": "Gérer son propre compte",
    "patients.view": "Chercher un patient, voir son identité et ses coordonnées",
    "patients.edit": "Créer et modifier l’identité d’un patient",
    "patients.import": "Importer des patients",
    "patients.trace": "Voir qui a consulté un dossier",
    "agenda.view": "Voir l’agenda",
    "agenda.edit": "Donner, déplacer, annuler un rendez-vous",
    "agenda.settings": "Régler horaires, absences et types de rendez-vous",
    "record.view": "Lire le dossier médical",
    "record.write": "Écrire dans le dossier médical",
    "prescribing.write": "Établir une ordonnance",
    "billing.view": "Voir les honoraires d’un patient",
    "billing.cash": "Encaisser, rendre, remettre les chèques, clore la caisse",
    "billing.write": "Facturer, rapprocher la banque, télétransmettre",
    "billing.till": "Voir la caisse du jour",
    "catalogues.view": "Consulter les référentiels (médicaments, actes)",
    "journal.view": "Consulter le journal du cabinet",
    "journal.verify": "Vérifier la chaîne du journal",
    "team.manage": "Inviter, suspendre, réinitialiser un membre de l’équipe",
    "practice.settings": "Régler le cabinet",
    "privacy.patient": "Remettre la notice, noter une demande d’un patient sur ses données",
    "privacy.decide": "Répondre à une demande, geler des données, remettre une copie du dossier",
    "operations.view": "Voir l’état de l’installation, les sauvegardes et la main courante",
    "operations.run": "Lancer une sauvegarde",
    "operations.manage": "Ouvrir et clore une intervention de maintenance",
    "conformity.view": "Voir la conformité, éditer le dossier",
    "conformity.attest": "Attester une mesure d’organisation",
    "retention.view": "Voir ce qui arrive au terme de sa conservation",
    "retention.act": "Archiver, ouvrir une archive avec un motif, la rendre active",
    "retention.destroy": "Détruire les archives arrivées à terme",
    "emergency.open": "Ouvrir en urgence, avec un motif, le dossier d’un patient suivi par d’autres",
    "emergency.follow": "Voir et viser les accès d’urgence",
    "privacy.manage": "Tenir les registres (traitements, sous-traitants, violations)",
}

EVERYONE = frozenset({"site.home", "account.own"})
_FRONT_DESK = EVERYONE | {"patients.view", "patients.edit", "agenda.view", "agenda.edit", "privacy.patient"}
# Amounts alone: acts take the billing domain.
_CASH = frozenset({"billing.view", "billing.cash", "billing.till"})
_BILLING = _CASH | {"billing.write"}
_CARE = frozenset(
    {
        "record.view",
        "record.write",
        "patients.trace",
        "catalogues.view",
        "emergency.open",
        "emergency.follow",
    }
)
# Whoever answers for their own patients, which a substitute does not.
_ANSWERING = frozenset({"agenda.settings", "privacy.decide", "retention.view", "retention.act"})
OWNER = frozenset(
    {
        "team.manage",
        "practice.settings",
        "journal.view",
        "journal.verify",
        "agenda.settings",
        "patients.import",
        "privacy.manage",
        "operations.view",
        "operations.run",
        "operations.manage",
        "conformity.view",
        "conformity.attest",
        "retention.view",
        "retention.destroy",
        "emergency.follow",
    }
)


@dataclass(frozen=True)
class Profile:
    """One line of the table. ``dated``: an end date is compulsory. ``practitioner``: has an RPPS of their own."""

    code: str
    label: str
    permissions: frozenset[str]
    domains: tuple[Domain, ...]
    practitioner: bool = False
    dated: bool = False


PROFILES = {
    profile.code: profile
    for profile in (
        Profile(
            "doctor",
            "Praticien médical",
            _FRONT_DESK | _BILLING | _CARE | _ANSWERING | {"prescribing.write"},
            (Domain.ADMIN, Domain.BILLING, Domain.CARE, Domain.ARCHIVE),
            practitioner=True,
        ),
        Profile(
            "paramedic",
            "Praticien paramédical",
            _FRONT_DESK | _BILLING | _CARE | _ANSWERING | {"prescribing.write"},
            (Domain.ADMIN, Domain.BILLING, Domain.CARE, Domain.ARCHIVE),
            practitioner=True,
        ),
        Profile(
            "substitute",
            "Remplaçant",
            _FRONT_DESK | _BILLING | _CARE | {"prescribing.write"},
            (Domain.ADMIN, Domain.BILLING, Domain.CARE),
            practitioner=True,
            dated=True,
        ),
        Profile(
            "secretary",
            "Secrétariat",
            _FRONT_DESK | {"agenda.settings", "patients.import"},
            (Domain.ADMIN,),
        ),
        Profile("accounting", "Aide comptable", EVERYONE | {"billing.till"}, ()),
        Profile(
            "manager",
            "Gestion, sans données de soins",
            _FRONT_DESK | _BILLING | {"agenda.settings", "patients.import", "practice.settings"},
            (Domain.ADMIN, Domain.BILLING),
        ),
        Profile(
            "auditor",
            "Auditeur, en lecture, sans données de patients",
            EVERYONE | {"journal.verify", "operations.view", "conformity.view"},
            (),
            dated=True,
        ),
        Profile(
            "technician",
            "Technicien de maintenance",
            EVERYONE | {"journal.verify", "operations.view", "operations.run"},
            (),
        ),
    )
}


def permissions_of(
    profile_code: str, *, owner: bool, secretary_billing: bool, secretary_cash: bool = False
) -> frozenset[str]:
    """What a person may do. Raises KeyError for an unknown profile."""
    granted = PROFILES[profile_code].permissions
    if owner:
        granted |= OWNER
    if profile_code == "secretary" and (secretary_billing or secretary_cash):
        granted |= _BILLING if secretary_billing else _CASH
    return granted


def domains_of(profile_code: str, *, secretary_billing: bool) -> tuple[Domain, ...]:
    """Which key domains a profile is given."""
    domains = PROFILES[profile_code].domains
    if profile_code == "secretary" and secretary_billing:
        domains = (*domains, Domain.BILLING)
    return domains
