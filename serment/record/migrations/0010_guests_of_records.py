"""Say which care keys were shared: the journal told of each sharing. The others are those of the first circles."""

from django.db import migrations

from serment.record import guests
from serment.vault.tenancy import all_practices


def mark(apps, schema_editor):
    alias = schema_editor.connection.alias
    with all_practices():
        guests.mark(
            apps.get_model('journal', 'Event').unscoped.using(alias),
            apps.get_model('vault', 'SubjectKey').unscoped.using(alias),
        )


class Migration(migrations.Migration):

    dependencies = [
        ('record', '0009_standing_in_order'),
        ('vault', '0005_shared_keys'),
        ('journal', '0003_event_by_time'),
    ]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
