"""The information notice of articles 12 to 14, from the register: poster, leaflet and e-mail say "
"the same (R8.1-R8.4)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from serment.access.models import Person
from serment.documents.models import NoticeDocument
from serment.formats import dates
from serment.formats.phone import display_phone
from serment.journal import services as journal
from serment.practice.models import Practice, Practitioner
from serment.privacy import profiles, register, rights
from serment.privacy.models import NoticeHanding, Settings

_OBVIOUS = {profiles.RECIPIENTS[code] for code in ("patient", "self")}
CNIL = "CNIL, 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07, www.cnil.fr"


@dataclass(frozen=True)
class Section:
    """A heading and its sentences."""

    title: str
    lines: list[str]


@dataclass(frozen=True)
class Notice:
    title: str
    intro: str
    sections: list[Section]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def text(self) -> str:
        """Plain text: the e-mail that confirms a first appointment."""
        parts = [self.title, "", self.intro]
        for section in self.sections:
            parts += ["", section.title, *(f"- {line}" for line in section.lines)]
        return "\n".join(parts) + "\n"


def build(practice: Practice) -> Notice:
    """The notice of today. Four queries."""
    settings = register.settings_of_practice()
    patients = [sheet for sheet in register.sheets("patient") if sheet.active]
    people = ", ".join(
        p.display_name for p in Practitioner.objects.filter(active=True).order_by("family_name")
    )
    address = practice.full_address
    kept = dict.fromkeys((label, text) for sheet in patients for label, text, _ in sheet.retention)
    recipients = dict.fromkeys(r for sheet in patients for r in sheet.recipients if r not in _OBVIOUS)
    return Notice(
        title="Vos données au cabinet",
        intro=(
            f"{practice.name} ({people}), {address}, est responsable des données que vous nous confiez. Elles sont "
            "couvertes par le secret professionnel et servent à vous soigner et à gérer le cabinet, "
            "à rien d’autre\u00a0: "
            "ni publicité, ni vente, ni décision automatique."
        ),
        sections=[
            Section("Pourquoi, et à quel titre", [f"{s.label} : {s.basis}." for s in patients]),
            Section(
                "Quelles données",
                [f"{_first_upper(', '.join(dict.fromkeys(c for s in patients for c in s.categories)))}."],
            ),
            Section("Qui les reçoit", [f"{_first_upper(r)}." for r in recipients]),
            Section("Combien de temps", [f"{label} : {text}." for label, text in kept]),
            Section("Où elles sont", [_hosting(settings)]),
            Section("Vos droits", _rights_lines(settings)),
            Section("À qui vous adresser", _contacts(practice, settings)),
        ],
    )


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _hosting(settings: Settings) -> str:
    if settings.hosting == Settings.Hosting.HOSTED:
        return (
            "Chez un hébergeur certifié pour les données de santé (article L.1111-8 du code de la "
            "santé publique)\u00a0; "
            "vous pouvez vous y opposer pour un motif légitime. Rien ne quitte l’Union européenne."
        )
    return (
        "Sur une machine du cabinet, chiffrées. Le logiciel ne pose que des cookies nécessaires et "
        "n’appelle aucun tiers."
    )


def _rights_lines(settings: Settings) -> list[str]:
    profile = profiles.load(settings.profile)
    opposable = [
        rule.label.lower() for rule in profile.purposes.values() if rights.allowed(rule.basis, "opposition")
    ]
    return [
        "Obtenir une copie de vos données et de votre dossier, savoir qui l’a consulté, faire corriger une erreur.",
        "Demander le gel de vos données le temps d’une vérification.",
        f"Vous opposer, pour une raison qui vous est propre, à : {' ; '.join(opposable)}. La tenue du dossier étant "
        "une obligation légale, on ne peut ni s’y opposer ni la faire effacer avant son terme.",
        "Vous opposer au partage de vos données avec un autre professionnel.",
        "Réponse en huit jours pour la copie du dossier, en un mois pour le reste, gratuitement.",
    ]


def _contacts(practice: Practice, settings: Settings) -> list[str]:
    phone = display_phone(practice.phone) if practice.phone else ""
    reach = " ou ".join(x for x in (phone, practice.email) if x)
    lines = [f"Au cabinet, {practice.full_address}{f' ({reach})' if reach else ''}."]
    if settings.dpo_name:
        contact = f", {settings.dpo_contact}" if settings.dpo_contact else ""
        lines.append(f"Délégué à la protection des données : {settings.dpo_name}{contact}.")
    return [*lines, f"Si notre réponse ne vous convient pas : {CNIL}."]


def document(practice: Practice, *, poster: bool) -> NoticeDocument:
    """What the PDF prints; ``poster``: A4 in large type for the waiting room, else a leaflet."""
    notice, today = build(practice), timezone.localdate()
    return NoticeDocument(
        title=notice.title,
        intro=notice.intro,
        sections=[(section.title, section.lines) for section in notice.sections],
        practice=practice.name,
        on=today,
        date_text=dates.long(today),
        poster=poster,
        demo=practice.is_demo,
    )


@transaction.atomic
def hand(*, author: Person, patient_id: int, how: str, practice: Practice) -> NoticeHanding:
    """Keep the proof that a patient was informed. Raises ValueError for an unknown manner."""
    if how not in NoticeHanding.How.values:
        raise ValueError("Dites comment la notice a été remise.")
    made: NoticeHanding = NoticeHanding.objects.create(
        patient_id=patient_id, how=how, text_digest=build(practice).digest, author_id=author.pk
    )
    journal.record("privacy.notice_handed", subject_id=patient_id, details={"how": how})
    return made
