"""Every model says what personal data it holds, and every tenant table can be distributed by practice (R3.1, R5.1)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from serment.vault.fields import SealedField
from serment.vault.inventory import NO_PERSONAL_DATA, Inventory

OURS = [m for m in apps.get_models(include_auto_created=True) if m.__module__.startswith("serment.")]
TEXT = (models.CharField, models.TextField, models.JSONField)


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_the_model_declares_its_data(model):
    inventory = getattr(model, "inventory", None)
    assert inventory == NO_PERSONAL_DATA or isinstance(inventory, Inventory), (
        f"{model._meta.label} says nothing"
    )
    sealed = {f.name for f in model._meta.concrete_fields if isinstance(f, SealedField)}
    if sealed:
        assert isinstance(inventory, Inventory), "a sealed field holds personal data"
        assert sealed <= set(inventory.fields), f"not declared: {sealed - set(inventory.fields)}"
    if isinstance(inventory, Inventory):
        columns = {f.name for f in model._meta.concrete_fields} | {
            f.attname for f in model._meta.concrete_fields
        }
        assert set(inventory.fields) <= columns
        clear = {name for name in inventory.fields if name not in sealed}
        assert clear <= set(inventory.fields) and (not clear or inventory.clear), (
            "readable data needs its reason"
        )


@pytest.mark.parametrize(
    "model",
    [m for m in OURS if any(f.name == "practice_id" for f in m._meta.concrete_fields)],
    ids=lambda m: m._meta.label,
)
def test_unique_constraints_carry_the_practice(model):
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            assert "practice_id" in constraint.fields, constraint.name
    allowed = {"login"}  # found before the practice is known
    for field in model._meta.concrete_fields:
        assert not field.unique or field.primary_key or field.name in allowed, field.name


def test_every_tenant_model_is_scoped_by_default():
    for model in OURS:
        if (
            any(f.name == "practice_id" for f in model._meta.concrete_fields)
            and model._meta.model_name != "head"
        ):
            assert hasattr(model, "unscoped"), model._meta.label
