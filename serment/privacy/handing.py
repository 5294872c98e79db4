"""Hand a patient's copy over, and write down who receives it: they, who acts for them, whom they named (R9.2)."""

from __future__ import annotations

from django.db import transaction

from serment.access.models import Person
from serment.practice.models import Practice
from serment.privacy import copy, requests
from serment.privacy.models import CopyHanding, RightsRequest
from serment.privacy.requests import Refused
from serment.vault.domains import Domain
from serment.vault.ids import new_id
from serment.vault.keyring import Keyring, NoKey

To = CopyHanding.To
NOTHING_TO_NAME = (To.SELF,)


@transaction.atomic
def hand(
    *,
    keyring: Keyring,
    author: Person,
    practice: Practice,
    patient_id: int,
    to: str,
    identity_check: str,
    recipient: str = "",
    ground: str = "",
    secret: str = "",
) -> tuple[bytes, str]:
    """(encrypted PDF, its secret), with who receives it kept. Raises Refused, NoKey, CannotRender.

    ``recipient``: their name, unless it is the patient; ``ground``: what lets them have it (paper seen, the patient's
    agreement). Both are sealed; the journal keeps the code alone.
    """
    if to not in To.values:
        raise Refused("Dites à qui la copie est remise.")
    if to not in NOTHING_TO_NAME and not (recipient.strip() and ground.strip()):
        raise Refused("Nommez qui reçoit la copie, et ce qui l’y autorise.")
    row = CopyHanding(
        id=new_id(),
        practice_id=keyring.practice_id,
        patient_id=patient_id,
        to=to,
        identity_check=identity_check,
        author_id=author.pk,
    )
    if to not in NOTHING_TO_NAME:
        keys = keyring.subject_keys([patient_id], Domain.ADMIN)
        if patient_id not in keys:
            raise NoKey("no admin key for this patient")
        keys.seal(row, "recipient", {"name": recipient.strip(), "ground": ground.strip()})
    row.save(force_insert=True)
    return copy.make(keyring=keyring, practice=practice, patient_id=patient_id, secret=secret, handing=row)


def for_request(keyring: Keyring, row: RightsRequest) -> dict[str, str]:
    """What a request already says of who receives its copy: the arguments of `hand`. Raises NoKey."""
    words = requests.opened(keyring, row)
    return {
        "to": row.acts_as,
        "recipient": words["representative"],
        "ground": words["ground"],
        "identity_check": row.identity_check,
    }


def of_patient(*, keyring: Keyring, patient_id: int) -> list[tuple[CopyHanding, str, str]]:
    """(copy, name, ground), newest first; « — » where the name may not be read. Two queries."""
    rows = list(CopyHanding.objects.filter(patient_id=patient_id).order_by("-at"))
    keys = keyring.subject_keys([patient_id], Domain.ADMIN) if any(row.recipient for row in rows) else None
    found = []
    for row in rows:
        said = keys.open(row, "recipient") if keys and row.recipient and patient_id in keys else {}
        found.append((row, said.get("name", "—" if row.recipient else ""), said.get("ground", "")))
    return found
