"""Lots go on from the highest number of each practice, in a series that is locked while a number is taken."""

from django.db import migrations, models

import serment.vault.ids
from serment.vault.tenancy import all_practices


def go_on(apps, schema_editor):
    alias = schema_editor.connection.alias
    lot_of, counter_of = apps.get_model('transmission', 'Lot'), apps.get_model('billing', 'Counter')
    with all_practices():
        last = lot_of.unscoped.using(alias).values_list('practice_id').annotate(models.Max('number')).order_by()
        for practice_id, number in list(last):
            counter_of.unscoped.using(alias).create(
                id=serment.vault.ids.new_id(), practice_id=practice_id, kind='lot', last=number
            )


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0008_slips_and_lots'),
        ('transmission', '0002_story_parts_channel'),
    ]

    operations = [
        migrations.AlterField(
            model_name='lot',
            name='number',
            field=models.PositiveIntegerField(help_text='without a gap in the practice'),
        ),
        migrations.AlterField(
            model_name='returnline',
            name='trouble',
            field=models.CharField(blank=True, choices=[('', 'rapprochée'), ('unknown', 'aucune feuille de ce numéro'), ('settled', 'feuille déjà soldée'), ('repeated', 'déjà comptée\xa0: un autre retour la payait du même virement'), ('surplus', 'payé plus que ce qui restait dû'), ('recovery', 'somme reprise par la caisse'), ('deferred', 'paiement différé par la caisse')], max_length=10),
        ),
        migrations.RunPython(go_on, migrations.RunPython.noop),
    ]
