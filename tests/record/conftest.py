"""A patient of the practice, and short ways to write in their record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from serment.record import services
from serment.record.kinds.problem import Problem
from serment.record.models import Entry
from serment.vault.ids import encode


@pytest.fixture
def patient(cabinet: Any) -> Any:
    return cabinet.patient()


@pytest.fixture
def add(cabinet: Any, patient: Any) -> Callable[..., Entry]:
    """``add("allergy", Allergy(…))`` writes in the patient's record as the doctor."""

    def write(kind: str = "problem", payload: Any = None, **more: Any) -> Entry:
        with cabinet.at_work(cabinet.doctor) as keyring:
            return services.add_entry(
                keyring=keyring,
                author=cabinet.doctor,
                patient_id=patient.pk,
                kind=kind,
                payload=payload or Problem(label="Asthme"),
                **more,
            )

    return write


@pytest.fixture
def record_path(patient: Any) -> str:
    return f"/patients/{encode(patient.pk)}/dossier/"
