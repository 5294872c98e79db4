from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0005_shared_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='subjectkey',
            name='closed_to',
            field=models.TextField(blank=True, default='', help_text='holders it is not opened for, at the subject’s request (`vault.closed`)'),
        ),
    ]
