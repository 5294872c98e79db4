"""The register of article 30.1, written from the data-inventory declarations (R2.5, R3.1, R4.1, R7.1).

One sheet per purpose. What is held, for whom and how long comes from the models themselves; bases and durations from
the profile; the practice adds its own words. Change a declaration and the register changes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.apps import apps
from django.db import models, transaction

from serment.access.models import Person
from serment.journal import services as journal
from serment.privacy import profiles
from serment.privacy.models import Particulars, RegisterVersion, Settings
from serment.vault.inventory import Inventory

HEALTH_EXCEPTION = "soins (article 9.2.h du RGPD)"
SECURITY = (
    "Chaque donnée est chiffrée (AES-256-GCM) sous une clé du patient, détenue par les personnes et "
    "non par la machine.",
    "Le secrétariat n’a pas de clé pour les données de soins ; un technicien n’a aucune clé.",
    "Identifiant propre à chacun, mot de passe et second facteur, verrouillage automatique.",
    "Chaque consultation et chaque modification est inscrite dans un journal chaîné dont la coupure se voit.",
)


@dataclass(frozen=True)
class Sheet:
    """One purpose as the register shows it. All texts are French and final."""

    code: str
    label: str
    goal: str
    active: bool
    basis: str
    exception: str
    subjects: list[str]
    categories: list[str]
    recipients: list[str]
    retention: list[tuple[str, str, str]]
    security: list[str]
    note: str
    balancing: str
    needs_balancing: bool

    @property
    def complete(self) -> bool:
        """A legitimate interest without its balancing test is not justified (R4.9)."""
        return not (self.active and self.needs_balancing and not self.balancing.strip())


def settings_of_practice() -> Settings:
    """The practice's answers; the defaults of a local, individual practice until it gives them."""
    return Settings.objects.first() or Settings()


def declarations() -> list[tuple[type[models.Model], Inventory]]:
    """Every model that holds personal data, with what it declares."""
    found = []
    for model in apps.get_models():
        inventory = getattr(model, "inventory", None)
        if isinstance(inventory, Inventory):
            found.append((model, inventory))
    return found


def _ordered(values: Any, labels: dict[str, str]) -> list[str]:
    wanted = set(values)
    return [label for code, label in labels.items() if code in wanted]


def sheets(subject: str = "") -> list[Sheet]:
    """The register as it stands, or what concerns one kind of people (« patient »): three queries at most."""
    profile = profiles.load(settings_of_practice().profile)
    own = {row.purpose: row for row in Particulars.objects.all()}
    declared = declarations()
    found = []
    for code, rule in profile.purposes.items():
        held = [
            inventory
            for _, inventory in declared
            if code in (inventory.purpose, *inventory.also) and subject in ("", inventory.subject)
        ]
        words = own.get(code) or Particulars(purpose=code)
        kept = list(dict.fromkeys(inventory.retention for inventory in held))
        found.append(
            Sheet(
                code=code,
                label=rule.label,
                goal=rule.goal,
                active=bool(held),
                basis=rule.basis_text,
                exception=HEALTH_EXCEPTION if rule.health else "",
                subjects=_ordered((i.subject for i in held), profiles.SUBJECTS),
                categories=_ordered(
                    (str(c) for i in held for cats in i.fields.values() for c in cats), profiles.CATEGORIES
                ),
                recipients=_ordered((r for i in held for r in i.recipients), profiles.RECIPIENTS),
                retention=[
                    (profile.retention[r].label, profile.retention[r].text, profile.retention[r].ground)
                    for r in kept
                ],
                security=list(SECURITY) if held else [],
                note=words.note,
                balancing=words.balancing,
                needs_balancing=rule.basis == "6.1.f",
            )
        )
    return found


def _digest(found: list[Sheet]) -> str:
    text = json.dumps([asdict(sheet) for sheet in found], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def latest() -> RegisterVersion | None:
    return RegisterVersion.objects.order_by("-number").first()


def is_current() -> bool:
    """Whether the published register is the one that the program would write today."""
    last = latest()
    return last is not None and last.digest == _digest(sheets())


def published(number: int) -> list[Sheet]:
    """The sheets of a published version, as they were. Raises RegisterVersion.DoesNotExist."""
    row = RegisterVersion.objects.get(number=number)
    known = {field.name for field in fields(Sheet)}
    return [
        Sheet(
            **{
                **{name: value for name, value in kept.items() if name in known},
                "retention": [tuple(rule) for rule in kept["retention"]],
            }
        )
        for kept in row.sheets
    ]


@transaction.atomic
def publish(*, author: Person) -> RegisterVersion:
    """Keep the register as a numbered version; the same content twice is the same version."""
    found = sheets()
    last = latest()
    digest = _digest(found)
    if last is not None and last.digest == digest:
        return last
    made: RegisterVersion = RegisterVersion.objects.create(
        number=last.number + 1 if last else 1,
        sheets=[asdict(sheet) for sheet in found],
        digest=digest,
        author_id=author.pk,
    )
    journal.record("privacy.register_published", object_id=made.pk, details={"version": made.number})
    return made


COLUMNS = (
    "Finalité",
    "En service",
    "Objet",
    "Base légale",
    "Exception article 9",
    "Personnes",
    "Catégories de données",
    "Destinataires",
    "Durées",
    "Sécurité",
    "Particularités",
    "Mise en balance",
)


FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a cell for a formula."""


def as_rows(found: list[Sheet]) -> list[list[str]]:
    return [
        [
            sheet.label,
            "oui" if sheet.active else "non",
            sheet.goal,
            sheet.basis,
            sheet.exception,
            " ; ".join(sheet.subjects),
            " ; ".join(sheet.categories),
            " ; ".join(sheet.recipients),
            " ; ".join(f"{label} : {text}" for label, text, _ in sheet.retention),
            " ; ".join(sheet.security),
            sheet.note,
            sheet.balancing,
        ]
        for sheet in found
    ]


def as_csv(found: list[Sheet]) -> bytes:
    """UTF-8 with its mark, semicolons: what a French spreadsheet opens by itself. No cell starts a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in as_rows(found):
        writer.writerow([f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
