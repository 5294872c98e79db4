from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0004_token_of_subject'),
    ]

    operations = [
        migrations.AddField(
            model_name='subjectkey',
            name='shared',
            field=models.BooleanField(default=False, help_text='given by a circle that holds by right, which may take it back'),
        ),
    ]
