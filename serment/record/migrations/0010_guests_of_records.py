"""Say which care keys were shared: the journal told of each sharing. The others are those of the first circles."""

from django.db import migrations

from serment.vault.tenancy import all_practices


def mark(apps, schema_editor):
    """The last word of the journal counts; where every key of a patient would be a guest's, the oldest circle stays."""
    alias = schema_editor.connection.alias
    events = apps.get_model('journal', 'Event').unscoped.using(alias)
    keys = apps.get_model('vault', 'SubjectKey').unscoped.using(alias)
    guests = {}
    with all_practices():
        told = events.filter(action__in=('record.shared', 'record.unshared')).order_by('practice_id', 'seq')
        for practice, patient, circle, action in told.values_list('practice_id', 'subject_id', 'object_id', 'action'):
            invited = guests.setdefault((practice, patient), set())
            invited.add(circle) if action == 'record.shared' else invited.discard(circle)
        for (practice, patient), invited in guests.items():
            held = keys.filter(practice_id=practice, subject_id=patient, domain='care')
            circles = set(held.values_list('circle_id', flat=True))
            if circles and circles <= invited:
                invited.discard(min(circles))
            held.filter(circle_id__in=invited).update(shared=True)


class Migration(migrations.Migration):

    dependencies = [
        ('record', '0009_standing_in_order'),
        ('vault', '0005_shared_keys'),
        ('journal', '0003_event_by_time'),
    ]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
