"""Lots of before the series go on from the highest number of each practice."""

from __future__ import annotations

import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from serment.vault.ids import new_id
from serment.vault.tenancy import all_practices

NEW = [("transmission", "0003_lot_series")]
OLD = [("billing", "0007_tariffs"), ("transmission", "0002_story_parts_channel")]


@pytest.mark.sqlite
def test_each_practice_goes_on_after_its_last_lot(tmp_path, django_db_blocker):
    connections.databases["upgrade"] = {**connection.settings_dict, "NAME": str(tmp_path / "old.sqlite3")}
    base = connections["upgrade"]
    first, second = new_id(), new_id()
    with django_db_blocker.unblock():
        try:
            before = MigrationExecutor(base)
            before.migrate(OLD)
            lot_of = before.loader.project_state(OLD).apps.get_model("transmission", "Lot")
            with all_practices():
                for practice, number in ((first, 1), (first, 7), (second, 3)):
                    lot_of(
                        id=new_id(),
                        practice_id=practice,
                        number=number,
                        scheme="01",
                        fund="351",
                        message=f"{practice}-{number}"[:32],
                        made_at=timezone.now(),
                    ).save(using="upgrade")
            after = MigrationExecutor(base)
            after.migrate(NEW)
            counter_of = after.loader.project_state(NEW).apps.get_model("billing", "Counter")
            with all_practices():
                rows = counter_of.unscoped.using("upgrade").filter(kind="lot")
                assert dict(rows.values_list("practice_id", "last")) == {first: 7, second: 3}
        finally:
            base.close()
            del connections.databases["upgrade"]
            delattr(connections._connections, "upgrade")
