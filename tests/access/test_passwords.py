"""Twenty passwords, accepted or refused as the CNIL's recommendation wants (P-AUTH-2)."""

from __future__ import annotations

import pytest

from serment.access.passwords import WeakPassword, check_password

PERSONAL = ["camille.aubry", "Camille", "Aubry", "Cabinet des Tilleuls", "Rennes"]


@pytest.mark.parametrize(
    "password",
    [
        "tulipe-granit-oreiller-42",
        "correct cheval pile agrafe",
        "Vx9!kq2#Lm7&Tr",
        "brume orage cerf lampadaire",
        "quatorze mouettes dansent",
        "p3tite-Usine,de_nuages",
        "J’ai 3 grenouilles mauves",
    ],
)
def test_good_passwords(password):
    check_password(password, PERSONAL)


@pytest.mark.parametrize(
    "password",
    [
        "court",
        "azerty",
        "azertyuiop12",
        "motdepasse123",
        "password1234",
        "aaaaaaaaaaaa",
        "123456789012",
        "camilleaubry1",
        "Aubry-Camille-1",
        "soleilsoleil",
        "marseille2026",
        "janvier2026!!",
        "qwertyuiop123",
    ],
)
def test_weak_passwords_are_refused_in_french(password):
    with pytest.raises(WeakPassword) as refusal:
        check_password(password, PERSONAL)
    assert str(refusal.value)[0].isupper() and "password" not in str(refusal.value).lower()
