"""The agenda on paper for the day when nothing works: an encrypted PDF, left where the practice chose (P-SAUV-4)."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from serment.agenda import selectors
from serment.documents import report_pdf
from serment.documents.locked import lock_pdf
from serment.documents.models import ReportColumn, TableReport
from serment.formats import dates
from serment.journal import services as journal
from serment.practice.models import Practice
from serment.vault.ids import encode
from serment.vault.keyring import Keyring
from serment.vault.tenancy import current_practice

SECRET_LENGTH = 12


class WeakSecret(ValueError):
    """French: the secret would not protect the sheet."""


def require_strong(secret: str) -> None:
    """Raises WeakSecret."""
    if len(secret) < SECRET_LENGTH or len(set(secret)) < 5:
        raise WeakSecret(f"Choisissez un mot de passe d’au moins {SECRET_LENGTH} caractères variés.")


def sheet(*, keyring: Keyring, practice: Practice, on: date, secret: str) -> bytes:
    """One day of every practitioner, encrypted with ``secret``. Raises WeakSecret, NoKey."""
    require_strong(secret)
    people = {p.pk: p.display_name for p in selectors.practitioners()}
    lines = selectors.day(keyring=keyring, practitioner_ids=list(people), on=on)
    rows = [
        [
            dates.clock(timezone.localtime(line.row.start)),
            people[line.row.practitioner_id],
            line.name,
            line.phone,
            line.row.type.label + (", à domicile" if line.row.home_visit else ""),
        ]
        for line in lines
        if line.row.state != "cancelled"
    ]
    plain = report_pdf(
        TableReport(
            title=f"Rendez-vous du {dates.long(on)}",
            subtitle="Feuille de secours, à détruire le soir. Aucun motif de consultation n’y figure.",
            practice=practice.name,
            on=on,
            date_text=dates.long(on),
            columns=[
                ReportColumn(label="Heure", share=0),
                ReportColumn(label="Praticien", share=3),
                ReportColumn(label="Patient", share=5),
                ReportColumn(label="Téléphone", share=3),
                ReportColumn(label="Type", share=3),
            ],
            rows=rows,
            empty_text="Aucun rendez-vous.",
            demo=practice.is_demo,
        )
    )
    journal.record("agenda.degraded_sheet", details={"day": on.isoformat(), "count": len(rows)})
    return lock_pdf(plain, secret)


def leave(content: bytes, on: date) -> Path | None:
    """Put the sheet in DEGRADED_DIR and take those of past days away; None where the practice chose no folder."""
    if settings.DEGRADED_DIR is None:
        return None
    path = path_of(current_practice(), on)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    oldest = f"{min(on, timezone.localdate()):%Y-%m-%d}"
    for old in path.parent.glob("secours-*.pdf"):
        if old.stem[-len(oldest) :] < oldest:
            old.unlink()
    part = path.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
    part.replace(path)
    return path


def path_of(practice_id: int, on: date) -> Path:
    """Where a practice's sheet of a day lies: several practices may share one folder, so each has its own name."""
    return Path(settings.DEGRADED_DIR or "") / f"secours-{encode(practice_id)}-{on:%Y-%m-%d}.pdf"
