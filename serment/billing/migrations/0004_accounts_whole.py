"""The old link of a payment to its claim goes, and each payment has its practitioner."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0003_accounts'),
    ]

    operations = [
        migrations.RemoveField('payment', 'claim'),
        migrations.AlterField('payment', 'practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='practice.practitioner')),
        migrations.AddIndex('payment', models.Index(fields=['practice_id', 'patient_id'], name='payment_by_patient')),
        migrations.AddConstraint('payment', models.UniqueConstraint(fields=('practice_id', 'practitioner', 'number'), name='payment_number_once')),
    ]
