"""Who may do what in the agenda, beyond the permission table.

Names and contacts are of the `admin` domain, so the whole practice's agenda is readable by whoever holds it. Starting
a consultation opens the record: it takes ``record.write`` and the patient's care key.
"""

from __future__ import annotations

from serment.access.models import Person
from serment.agenda.models import Appointment
from serment.vault.domains import Domain
from serment.vault.keyring import Keyring


def may_start(person: Person, appointment: Appointment) -> bool:
    """Whether the button that starts the consultation is offered."""
    return (
        person.can("record.write")
        and appointment.patient_id is not None
        and appointment.state in ("booked", "arrived", "in_consultation")
    )


def follows(keyring: Keyring, patient_id: int) -> bool:
    """Whether this session holds the care key of a patient."""
    return keyring.holds(Domain.CARE) and patient_id in keyring.subject_keys([patient_id], Domain.CARE)
