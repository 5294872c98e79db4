"""``serment backup`` and ``serment restore``: what a technician may do without reading anything."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from pathlib import Path

from serment.operations import archives, dump, restore, sealed_file
from serment.operations import backup as verbs


def run(arguments: argparse.Namespace) -> int:
    """Back up into BACKUP_DIR, and prove it by a rehearsal. 1 when the backup or its rehearsal failed."""
    row = verbs.run(rehearse=not arguments.no_rehearsal)
    if not row.ok:
        print(f"serment : sauvegarde manquée. {row.message}", file=sys.stderr)
        return 1
    print(f"Sauvegarde {row.file} ({row.bytes / 1e6:.1f} Mo) dans {verbs.folder()}.")
    if arguments.no_rehearsal:
        return 0
    rehearsal = verbs.Run.objects.filter(kind="rehearsal").order_by("-started_at").first()
    assert rehearsal is not None
    print(f"Répétition de restauration : {rehearsal.message}")
    return 0 if rehearsal.ok else 1


def put_back(arguments: argparse.Namespace) -> int:
    """Restore two files into an empty installation."""
    data, keyring = Path(arguments.data), Path(arguments.keyring)
    try:
        if arguments.keys_on_stdin:
            data_key, keyring_key = (bytes.fromhex(sys.stdin.readline().strip()) for _ in range(2))
        else:
            code = getpass.getpass("Code de secours du cabinet : ")
            data_key = restore.key_from_code(data, code)
            keyring_key = restore.key_from_code(keyring, code)
        report = restore.restore(data, keyring, data_key, keyring_key)
        restore.note(report)
        brought = 0 if arguments.keys_on_stdin else archives.bring(data.parent / verbs.ARCHIVES)
    except (restore.Refused, sealed_file.Damaged, dump.CannotDump, OSError) as error:
        print(f"serment : {error}", file=sys.stderr)
        return 1
    if arguments.keys_on_stdin:
        print(json.dumps({"counts": report.counts, "text": report.text}, ensure_ascii=False))
    else:
        print(report.text)
        print(f"Archives remises sur leur support : {brought}." if brought else "Aucune archive à remettre.")
        print("Chacun se connecte comme avant. Pensez à vérifier le journal : serment journal verify")
    return 0
