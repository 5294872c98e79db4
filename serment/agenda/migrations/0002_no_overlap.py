"""The database refuses overlapping appointments: see `serment.agenda.overlap`."""

from django.db import migrations

from serment.agenda import overlap


class Migration(migrations.Migration):

    dependencies = [("agenda", "0001_initial")]

    operations = [migrations.RunPython(overlap.install_by_migration, migrations.RunPython.noop)]
