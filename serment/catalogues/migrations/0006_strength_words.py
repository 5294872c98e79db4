"""Strengths become words of the search: those of the medicines already there, until the next import says them again."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.db import migrations

from serment.catalogues.strengths import marks

_ELSEWHERE = 2


def index_strengths(apps: Any, schema_editor: Any) -> None:
    medicine, word = apps.get_model("catalogues", "Medicine"), apps.get_model("catalogues", "Word")
    rows = medicine.objects.values_list("key", "dci_label", "name").iterator()
    found = (
        word(kind="m", word=mark[:60], target=key, rank=_ELSEWHERE)
        for key, label, name in rows
        for mark in sorted(marks(label, name))
    )
    while batch := list(islice(found, 2000)):
        word.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("catalogues", "0005_primary_care")]
    operations = [migrations.RunPython(index_strengths, migrations.RunPython.noop)]
