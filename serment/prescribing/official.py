"""Lines written from the starter list, once the official medicines are in: each leads to its equivalent, or is said."""

from __future__ import annotations

from serment.catalogues.models import Medicine
from serment.catalogues.selectors import medicines
from serment.catalogues.succession import STARTER, heirs
from serment.prescribing.payloads import Line

NO_HEIR = "de la liste de départ, sans équivalent de même DCI, dosage et forme dans la base publique"


def now(rows: list[Medicine]) -> tuple[list[Medicine], list[str]]:
    """(the same medicines as they are prescribed today, labels of those that nothing takes the place of)."""
    found = heirs(rows)
    kept = [found.get(row.key, row) for row in rows]
    gone = [row.dci_label for row, one in zip(rows, kept, strict=True) if one is None]
    return [one for one in kept if one is not None], gone


def renewed(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """The same of lines: those that stay, and labels of those left out. No query where none is of the starter list."""
    keys = {line.medicine for line in lines if line.medicine.startswith(f"{STARTER}:")}
    found = heirs(medicines(keys).values()) if keys else {}
    kept = [_led(line, found) for line in lines]
    gone = [line.dci_label for line, one in zip(lines, kept, strict=True) if one is None]
    return [one for one in kept if one is not None], gone


def _led(line: Line, found: dict[str, Medicine | None]) -> Line | None:
    if line.medicine not in found:
        return line
    heir = found[line.medicine]
    if heir is None:
        return None
    return line.model_copy(
        update={
            "medicine": heir.key,
            "dci_label": heir.dci_label,
            "brand": "",
            "substances": [row[1] for row in heir.substances],
            "source": heir.source,
        }
    )
