"""``serment check``: what the machine can tell about its own safety, finding by finding; no key is needed.

`state` is True (seen to hold), False (seen not to), or None (this machine cannot tell: an attestation must).
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from serment import __version__
from serment.journal import services as journal
from serment.journal.models import Event
from serment.operations import backup, spare, tls, upgrade
from serment.operations.models import Run
from serment.practice.models import Practice
from serment.results import left
from serment.vault.tenancy import all_practices

LOW_DISK = 2_000_000_000


@dataclass(frozen=True)
class Finding:
    """``text`` is French and says what to do when ``state`` is not True."""

    code: str
    state: bool | None
    text: str


def findings(*, prove_journals: bool = False) -> list[Finding]:
    """Everything, in the order of importance. ``prove_journals`` reads every event: seconds, not milliseconds."""
    found = [
        _backup(),
        _rehearsal(),
        _another_disk(),
        _archive_disk(),
        _file_rights(),
        _disk_encryption(),
        _free_space(),
        _debug(),
        _tls(),
        _clock(),
        _updates(),
        _spare(),
        *results(),
    ]
    return [*found, _journals()] if prove_journals else found


def _backup() -> Finding:
    last = backup.last_good(Run.Kind.BACKUP)
    when = f"{timezone.localtime(last.started_at):%d/%m/%Y à %H:%M}" if last else "jamais"
    fresh = backup.is_fresh(Run.Kind.BACKUP)
    todo = "" if fresh else " : lancez « serment backup », et planifiez-la chaque jour"
    return Finding("backup", fresh, f"Dernière sauvegarde réussie\u00a0: {when}{todo}.")


def _rehearsal() -> Finding:
    last = backup.last_good(Run.Kind.REHEARSAL)
    when = f"{timezone.localtime(last.started_at):%d/%m/%Y}" if last else "jamais"
    fresh = backup.is_fresh(Run.Kind.REHEARSAL)
    todo = "" if fresh else " : elle se fait à chaque « serment backup »"
    return Finding("rehearsal", fresh, f"Dernière répétition de restauration réussie\u00a0: {when}{todo}.")


def _another_disk() -> Finding:
    target = backup.folder()
    if not target.exists():
        return Finding("backup_disk", False, "Le dossier des sauvegardes n’existe pas encore (BACKUP_DIR).")
    same = os.stat(target).st_dev == os.stat(settings.DATA_DIR).st_dev
    text = "Les sauvegardes sont sur le même disque que les données\u00a0: réglez BACKUP_DIR sur un autre."
    return Finding("backup_disk", not same, text if same else "Les sauvegardes sont sur un autre disque.")


def _file_rights() -> Finding:
    loose = [
        path.name
        for path in (
            Path(settings.DATA_DIR),
            Path(settings.DATA_DIR) / "machine.key",
            Path(settings.JOURNAL_ANCHOR),
        )
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if loose:
        return Finding(
            "rights", False, f"Lisibles par d’autres comptes\u00a0: {', '.join(loose)}. Faites chmod go-rwx."
        )
    return Finding("rights", True, "Les fichiers ne sont lisibles que par le compte du logiciel.")


def _disk_encryption() -> Finding:
    if shutil.which("lsblk") is None:
        return Finding(
            "disk", None, "Chiffrement du disque\u00a0: cette machine ne peut pas le dire, attestez-le."
        )
    source = _said("findmnt", "-no", "SOURCE", "-T", str(settings.DATA_DIR))
    kinds = _said("lsblk", "-sno", "TYPE", source).split()
    if "crypt" in kinds:
        return Finding("disk", True, "Le disque des données est chiffré.")
    return Finding("disk", None, "Chiffrement du disque non vu depuis ici\u00a0: vérifiez-le et attestez-le.")


def _free_space() -> Finding:
    free = shutil.disk_usage(settings.DATA_DIR).free
    return Finding("space", free > LOW_DISK, f"Place libre\u00a0: {free / 1e9:.0f} Go.")


def _debug() -> Finding:
    return Finding(
        "debug",
        not settings.DEBUG,
        "Aucune page d’erreur ne montre le code." if not settings.DEBUG else "DEBUG est actif.",
    )


def _archive_disk() -> Finding:
    target = Path(settings.ARCHIVE_DIR)
    if not target.exists():
        return Finding(
            "archive_disk", None, "Aucune archive encore\u00a0: choisissez son support (ARCHIVE_DIR)."
        )
    if os.stat(target).st_dev == os.stat(settings.DATA_DIR).st_dev:
        text = (
            "Les archives sont sur le même disque que la base active\u00a0: réglez ARCHIVE_DIR sur un autre."
        )
        return Finding("archive_disk", False, text)
    return Finding("archive_disk", True, "Les archives sont sur un support distinct.")


def _tls() -> Finding:
    if not settings.SECURE_COOKIES:
        text = "Servi sur cette machine seule (127.0.0.1)\u00a0: rien ne passe par le réseau."
        return Finding("tls", True, text)
    own = Path(settings.DATA_DIR) / "tls" / "serveur.crt"
    if own.exists() and tls.ends_at(own) < datetime.now(UTC) + tls.RENEW_BEFORE / 2:
        text = "Le certificat du réseau s’achève\u00a0: redémarrez « serment serve --lan », il se renouvelle."
        return Finding("tls", False, text)
    return Finding("tls", True, "Servi derrière TLS, cookies réservés à HTTPS.")


def _clock() -> Finding:
    with all_practices():
        newest = Event.unscoped.order_by("-at").values_list("at", flat=True).first()
    if newest is not None and newest > timezone.now():
        text = "L’horloge recule par rapport au journal\u00a0: remettez-la à l’heure."
        return Finding("clock", False, text)
    if _said("timedatectl", "show", "-p", "NTPSynchronized", "--value") == "no":
        text = "L’horloge n’est pas synchronisée (NTP)\u00a0: activez-la dans les réglages de la machine."
        return Finding("clock", False, text)
    return Finding("clock", True, "L’horloge avance avec le journal.")


@cache
def _pending() -> int:
    """Asked once: a program that serves runs one version on one database."""
    return len(upgrade.pending())


def _updates() -> Finding:
    """Whether this database is that of this version, and whether the system waits for a restart (P-SRV-2)."""
    if todo := _pending():
        text = f"{todo} évolutions de la base attendent\u00a0: lancez « serment upgrade »."
        return Finding("updates", False, text)
    if Path("/var/run/reboot-required").exists():
        text = "Une mise à jour du système attend un redémarrage de la machine."
        return Finding("updates", False, text)
    text = f"Serment {__version__}, base à jour. Version plus récente et mises à jour du système\u00a0: à attester."
    return Finding("updates", None, text)


def _spare() -> Finding:
    """Whether today's agenda lies ready on paper (P-SAUV-4)."""
    if not settings.DEGRADED_DIR:
        text = "Aucun dossier pour les feuilles de secours (DEGRADED_DIR)\u00a0: éditez-les à la main, ou réglez-le."
        return Finding("spare", None, text)
    if spare.anyone() and not spare.missing(timezone.localdate()):
        return Finding("spare", True, "La feuille de secours du jour est déposée.")
    text = "La feuille de secours du jour n’est pas déposée\u00a0: choisissez son mot de passe, puis connectez-vous."
    return Finding("spare", False, text)


def results() -> list[Finding]:
    """What lies in the drop folder for nobody: how many and why, never whose nor under what name (C, Results)."""
    if not settings.RESULTS_DIR:
        return []
    if not Path(settings.RESULTS_DIR).is_dir():
        return [Finding("results", False, "Le dossier de dépôt des résultats est introuvable (RESULTS_DIR).")]
    reasons = left.nobodys()
    if not reasons:
        return [Finding("results", True, "Dossier de dépôt\u00a0: aucun résultat sans cabinet.")]
    count = sum(reasons.values())
    many, least = ("s" if count > 1 else ""), ("au moins " if count >= left.COUNTED else "")
    said = ", ".join(f"{why} ({number})" for why, number in reasons.items())
    text = f"Dossier de dépôt\u00a0: {least}{count} résultat{many} sans cabinet\u00a0: {said}."
    return [Finding("results", False, f"{text} Dossiers à employer\u00a0: « serment results folders ».")]


def _said(*command: str) -> str:
    """What a program of the system answers; empty where it is absent or fails."""
    if shutil.which(command[0]) is None:
        return ""
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def _journals() -> Finding:
    verdicts = [journal.verify(practice.pk) for practice in Practice.objects.order_by("pk")]
    sound = all(verdict.sound for verdict in verdicts)
    events = sum(verdict.events for verdict in verdicts)
    text = (
        f"Journal prouvé\u00a0: {events} événements."
        if sound
        else "Journal ALTÉRÉ\u00a0: lancez « serment journal verify »."
    )
    return Finding("journal", sound, text)
