"""The *charte informatique*: written from the real settings, versioned by its digest, signed on screen (P-SENS-2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db import transaction

from serment.access.models import Person
from serment.journal import services as journal
from serment.practice.models import Practice
from serment.privacy import profiles, register
from serment.privacy.models import CharterSignature
from serment.vault import crypto
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring


@dataclass(frozen=True)
class Charter:
    """Headings and their rules, in French; ``digest`` changes with any word."""

    title: str
    parts: list[tuple[str, list[str]]]

    @property
    def digest(self) -> str:
        text = self.title + "".join(heading + "".join(rules) for heading, rules in self.parts)
        return hashlib.sha256(text.encode()).hexdigest()


def build(practice: Practice) -> Charter:
    """The charter of today, from the practice's settings and the retention profile."""
    journal_rule = profiles.load(register.settings_of_practice().profile).retention["journal"]
    return Charter(
        title=f"Charte informatique – {practice.name}",
        parts=[
            (
                "Le secret",
                [
                    "Ce que je vois ou entends d’un patient est couvert par le secret professionnel, pendant et après "
                    "mon travail ici (articles L.1110-4 du code de la santé publique et 226-13 du code pénal).",
                    "Je n’ouvre que les dossiers dont mon travail a besoin. Chaque ouverture est inscrite.",
                ],
            ),
            (
                "Mon compte",
                [
                    "Mon identifiant, mon mot de passe, mon second facteur et ma carte "
                    "professionnelle sont à moi seul.",
                    "Mon mot de passe ne sert nulle part ailleurs ; le logiciel refuse ceux qui se devinent.",
                    "Je verrouille en quittant l’écran ; sinon le logiciel verrouille après "
                    f"{practice.idle_minutes} minutes.",
                ],
            ),
            (
                "Les appareils",
                [
                    "Aucune donnée de patient sur une clé USB, un téléphone ou une messagerie personnels.",
                    "Un téléphone ou une tablette de travail a un code, est chiffré, et ne se prête pas.",
                    "L’écran ne se lit ni de la salle d’attente ni de la rue.",
                    "Personne n’intervient sur mon poste sans mon accord et sans que ce soit inscrit.",
                ],
            ),
            (
                "Les échanges",
                [
                    "Un document de santé part par une messagerie sécurisée de santé, ou chiffré, "
                    "son code par un autre canal.",
                    "Je vérifie le destinataire avant d’envoyer.",
                ],
            ),
            (
                "Le journal",
                [
                    "Mes actions sont inscrites dans un journal gardé "
                    f"{profiles.months_text(journal_rule.active_months)}, "
                    "lu par la personne responsable du cabinet et, pour son dossier, par le patient.",
                ],
            ),
            (
                "Quand quelque chose ne va pas",
                [
                    "Perte, vol, courriel suspect, envoi au mauvais destinataire : je le dis tout de "
                    "suite à la personne "
                    "responsable ; le cabinet a 72 heures pour prévenir la CNIL.",
                    "Ne pas respecter cette charte peut entraîner le retrait de mes accès et engager "
                    "ma responsabilité.",
                ],
            ),
        ],
    )


def message(row: CharterSignature) -> bytes:
    """The bytes that a signature covers."""
    return f"{row.practice_id}|{row.pk}|{row.person_id}|{row.text_digest}".encode()


@transaction.atomic
def sign(*, keyring: Keyring, person: Person, practice: Practice) -> CharterSignature:
    """Sign the charter of today with one's own key; twice is once."""
    digest = build(practice).digest
    known: CharterSignature | None = CharterSignature.objects.filter(
        person_id=person.pk, text_digest=digest
    ).first()
    if known is not None:
        return known
    row = CharterSignature(
        id=new_id(),
        practice_id=practice.pk,
        person_id=person.pk,
        text_digest=digest,
        signer_id=keyring.holder_id,
    )
    row.signature = crypto.sign(keyring.signing_seed, message(row))
    row.save(force_insert=True)
    journal.record("privacy.charter_signed", object_id=row.pk)
    return row


def has_signed(practice: Practice, person: Person) -> bool:
    """Whether this person signed the charter of today: two queries."""
    digest = build(practice).digest
    return bool(CharterSignature.objects.filter(person_id=person.pk, text_digest=digest).exists())


def missing(practice: Practice) -> list[Person]:
    """Those at work who have not signed the charter of today: three queries."""
    digest = build(practice).digest
    signed = set(CharterSignature.objects.filter(text_digest=digest).values_list("person_id", flat=True))
    people = Person.objects.select_related("practitioner").filter(suspended_at=None).order_by("family_name")
    return [person for person in people if person.in_force() and person.pk not in signed]
