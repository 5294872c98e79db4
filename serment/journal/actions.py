"""Every action the journal knows: its code, and the French that people read.

Rooms register theirs on import; writing an unknown code is an error, so that no event can be read without a label.
"""

from __future__ import annotations

_labels: dict[str, str] = {}


def register(**labels: str) -> None:
    """Add actions: ``register(patient_viewed="Dossier consulté")`` gives the code ``patient.viewed``.

    The first underscore separates the room from the act.
    """
    for name, label in labels.items():
        _labels[name.replace("_", ".", 1)] = label


def label(code: str) -> str:
    return _labels.get(code, code)


def known(code: str) -> bool:
    return code in _labels


def all_actions() -> dict[str, str]:
    return dict(_labels)
