"""Specialties are written with their accents, whatever the capitals of the BDPM."""

import pytest

from serment.prescribing.safety import specialties


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("prescription réservée aux spécialistes et services ONCOLOGIE MEDICALE", "oncologie médicale"),
        (
            "prescription réservée aux spécialistes et services HEPATO/GASTRO-ENTEROLOGIE",
            "hépato/gastro-entérologie",
        ),
        ("prescription réservée aux spécialistes et services MEDECINE D'URGENCE", "médecine d'urgence"),
        ("prescription réservée aux médecins compétents en maladie du sang", "maladie du sang"),
        (
            "prescription réservée aux médecins exerçant en addictologie (CSAPA)",
            "exerçant en addictologie (CSAPA)",
        ),
        ("prescription limitée à 4 semaines", ""),
    ],
)
def test_as_one_writes_them(text, who):
    assert specialties.named(text) == who
