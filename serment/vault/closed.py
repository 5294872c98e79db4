"""Care keys closed to someone at the subject's request: written beside the key, so that reading it tells (R6.2).

``SubjectKey.closed_to`` holds the ids of holders, separated by spaces; `Keyring` passes over a row that names its own.
Within one circle all share the domain's secret: this is a rule of the program, not of the keys (docs/keys.md).
"""

from __future__ import annotations

from collections.abc import Iterable

from serment.vault.domains import Domain
from serment.vault.models import SubjectKey


def close_to(subject_id: int, holder_ids: Iterable[int]) -> None:
    """Say to whom a subject's care is closed, in place of what was said before: one query."""
    text = " ".join(str(holder_id) for holder_id in sorted(holder_ids))
    SubjectKey.objects.filter(subject_id=subject_id, domain=Domain.CARE.value).update(closed_to=text)


def text_of(subject_id: int) -> str:
    """What `close_to` wrote; empty for nobody."""
    return _texts([subject_id]).get(subject_id, "")


def _texts(subject_ids: Iterable[int]) -> dict[int, str]:
    rows = SubjectKey.objects.filter(subject_id__in=list(subject_ids), domain=Domain.CARE.value)
    return dict(rows.exclude(closed_to="").values_list("subject_id", "closed_to"))


def carry(archives: dict[int, int]) -> None:
    """Close archives (archive → subject) to those to whom the subject's care is closed, and to no others.

    Two queries where it is closed to nobody.
    """
    texts = _texts(archives.values())
    SubjectKey.objects.filter(subject_id__in=list(archives)).exclude(closed_to="").update(closed_to="")
    for archive_id, subject_id in archives.items():
        if subject_id in texts:
            SubjectKey.objects.filter(subject_id=archive_id).update(closed_to=texts[subject_id])


def names(closed_to: str, holder_id: int) -> bool:
    """Whether a row's ``closed_to`` names this holder."""
    return bool(closed_to) and str(holder_id) in closed_to.split()


def follow(old_id: int, new_id: int) -> None:
    """Someone was given a new holder: what was closed to the old one is closed to the new one."""
    for row in SubjectKey.objects.filter(closed_to__contains=str(old_id)):
        if names(row.closed_to, old_id):
            kept = sorted({*(int(text) for text in row.closed_to.split() if text != str(old_id)), new_id})
            SubjectKey.objects.filter(
                subject_id=row.subject_id, domain=row.domain, circle_id=row.circle_id
            ).update(closed_to=" ".join(str(one) for one in kept))
