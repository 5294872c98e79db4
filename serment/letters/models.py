"""The practice's own models of letters and certificates, without any patient's data."""

from __future__ import annotations

from django.db import models

from serment.vault.inventory import NO_PERSONAL_DATA
from serment.vault.tenancy import TenantModel


class LetterModel(TenantModel):
    """A text with fields between braces (`fields.FIELDS`); ``kind``: letter or certificate."""

    inventory = NO_PERSONAL_DATA

    label = models.CharField("nom", max_length=80)
    kind = models.CharField(
        "nature", max_length=12, choices=[("letter", "courrier"), ("certificate", "certificat")]
    )
    body = models.TextField("texte", max_length=6000)
    owner_id = models.BigIntegerField()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [models.UniqueConstraint(fields=["practice_id", "label"], name="letter_model_once")]
