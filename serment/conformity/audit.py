"""What an auditor takes away: the state of every requirement, of the machine and of the journal, in one file (E-ST-3).

Codes, counts, dates and names of the practice's own team; nothing of a patient. Each part's SHA-256 is in the first.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from serment import __version__
from serment.conformity import services
from serment.conformity.models import Attestation, Edition
from serment.journal import services as journal
from serment.operations import installation
from serment.operations.models import Run
from serment.practice.models import Practice
from serment.privacy import processors, register
from serment.privacy.models import Processor


def pack(practice: Practice) -> bytes:
    """A zip of JSON and CSV files."""
    verdict = journal.verify(practice.pk)
    parts = {
        "conformite.json": _json(services.as_json(services.lines())),
        "attestations.json": _json(
            [
                {
                    "requirement": row.requirement,
                    "answer": row.answer,
                    "text": row.text,
                    "author": row.author_name,
                    "at": row.at.isoformat(timespec="seconds"),
                    "due_on": row.due_on.isoformat(),
                }
                for row in Attestation.objects.order_by("at", "pk")
            ]
        ),
        "editions.json": _json(
            [
                {"number": row.number, "digest": row.digest, "at": row.at.isoformat(timespec="seconds")}
                for row in Edition.objects.order_by("number")
            ]
        ),
        "installation.json": _json([asdict(finding) for finding in installation.findings()]),
        "journal.json": _json({"sound": verdict.sound, "events": verdict.events}),
        "sauvegardes.json": _json(
            [
                {"kind": row.kind, "at": row.started_at.isoformat(timespec="seconds"), "ok": row.ok}
                for row in Run.objects.order_by("-started_at")[:200]
            ]
        ),
        "sous-traitants.json": _json(
            [
                {"name": row.name, "kind": row.kind, "lacks": processors.lacks(row)}
                for row in Processor.objects.order_by("name")
            ]
        ),
        "registre-article-30.csv": register.as_csv(register.sheets()),
    }
    head = {
        "practice": practice.name,
        "version": __version__,
        "at": timezone.now().isoformat(timespec="seconds"),
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in {"sommaire.json": _json(head), **parts}.items():
            file.writestr(name, content)
    return out.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
