"""Put a backup back on a fresh machine: two files and the code in the safe, or the files' own keys in a rehearsal."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from serment.access.setup import normal_code
from serment.journal import anchor
from serment.journal import services as journal
from serment.journal.models import Event, Head
from serment.operations import dump, sealed_file
from serment.operations.models import Run
from serment.practice.models import Practice
from serment.record import guests
from serment.vault import crypto, portable
from serment.vault.models import SubjectKey
from serment.vault.tenancy import all_practices


class Refused(Exception):
    """French: why nothing was restored."""


@dataclass(frozen=True)
class Report:
    """``counts``: rows found after the restore; ``events``: journal events proven."""

    counts: dict[str, int]
    events: int
    stamp: str

    @property
    def text(self) -> str:
        return (
            f"Sauvegarde du {self.stamp} restaurée\u00a0: {self.counts['patients_patient']} patients, "
            f"{self.counts['record_entry']} éléments de dossier, {self.events} événements de journal vérifiés."
        )


def key_from_code(path: Path, code: str) -> bytes:
    """The key of a backup file, by the recovery code of one of its practices. Raises Refused, Damaged."""
    header = sealed_file.read_header(path)
    for carried in header["holders"]:
        try:
            return portable.unwrap(carried, carried["wrapped"], header["info"], normal_code(code))
        except crypto.CannotOpen:
            continue
    raise Refused(
        "Ce code n’ouvre pas cette sauvegarde. Essayez la feuille du coffre qui valait à sa "
        "date\u00a0: un code renouvelé "
        "n’ouvre que les sauvegardes faites après lui."
    )


def restore(data: Path, keyring: Path, data_key: bytes, keyring_key: bytes) -> Report:
    """Fill the empty database of this installation. Raises Refused, Damaged, CannotDump."""
    if not dump.is_empty():
        raise Refused(
            "Cette installation contient déjà un cabinet\u00a0: restaurez dans un dossier DATA_DIR neuf."
        )
    header, keys_header = sealed_file.read_header(data), sealed_file.read_header(keyring)
    if (header["kind"], keys_header["kind"]) != ("data", "keyring"):
        raise Refused("Donnez d’abord le fichier « donnees-… », puis le fichier « cles-… ».")
    if header["database"] != dump.connection.vendor:
        raise Refused(
            f"Cette sauvegarde vient de {header['database']}\u00a0: réglez DATABASE_URL en conséquence."
        )
    with tempfile.TemporaryDirectory(prefix="serment-", dir=settings.DATA_DIR) as place:
        plain = Path(place) / "database"
        sealed_file.extract(data, data_key, plain)
        dump.load(plain)
    call_command("migrate", interactive=False, verbosity=0)
    _load_keyring(b"".join(sealed_file.pieces(keyring, keyring_key)))
    found = dump.counts()
    if found != header["counts"]:
        raise Refused(
            f"Les comptes ne correspondent pas\u00a0: {header['counts']} attendus, {found} trouvés."
        )
    return Report(found, _prove_journals(), header["stamp"])


@transaction.atomic
def _load_keyring(lines: bytes) -> None:
    with all_practices():
        carried = [json.loads(line) for line in lines.splitlines()]
        SubjectKey.unscoped.bulk_create(
            (SubjectKey(**{**values, "wrapped": bytes.fromhex(values["wrapped"])}) for values in carried),
            batch_size=1000,
        )
        if any("shared" not in values for values in carried):
            # A keyring from before the column: the journal, restored with it, told of each sharing.
            guests.mark(Event.unscoped.all(), SubjectKey.unscoped.all())


def _prove_journals() -> int:
    """Verify every chain, and start its anchor again where this machine has none. Raises Refused."""
    events = 0
    for practice in Practice.objects.order_by("pk"):
        with all_practices():
            head = Head.objects.filter(practice_id=practice.pk).first()
        if head is not None:
            anchor.remember(practice.pk, head.seq, bytes(head.digest))
        verdict = journal.verify(practice.pk)
        if not verdict.sound:
            raise Refused(f"Le journal restauré est altéré au n° {verdict.first_bad} ({verdict.reason}).")
        events += verdict.events
    return events


def note(report: Report) -> None:
    """Write the restore down among the runs of the restored installation."""
    now = timezone.now()
    Run.objects.create(
        kind=Run.Kind.RESTORE, ok=True, finished_at=now, counts=report.counts, message=report.text[:300]
    )
