"""Payments become rows of the accounts: numbered, of a practitioner, shared out among claims by their own rows."""

from collections import defaultdict

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import serment.vault.fields
import serment.vault.ids
from serment.vault.tenancy import all_practices


def _id():
    return ('id', serment.vault.fields.IdField(default=serment.vault.ids.new_id, editable=False, primary_key=True, serialize=False))


def _practice():
    return ('practice_id', models.BigIntegerField(editable=False))


def _owner():
    return ('practitioner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='practice.practitioner'))


MANAGERS = [
    ('objects', django.db.models.manager.Manager()),
    ('unscoped', django.db.models.manager.Manager()),
]
BASE = {'base_manager_name': 'unscoped'}


def share_out(apps, schema_editor):
    """Each payment had one claim: it takes its practitioner and patient from it, a number, and an allocation."""
    alias = schema_editor.connection.alias
    payment_of, allocation_of = apps.get_model('billing', 'Payment'), apps.get_model('billing', 'Allocation')
    counter_of = apps.get_model('billing', 'Counter')
    last = defaultdict(int)
    with all_practices():
        for row in payment_of.unscoped.using(alias).select_related('claim').order_by('received_at', 'pk').iterator():
            key = (row.practice_id, row.claim.practitioner_id)
            last[key] += 1
            row.practitioner_id, row.patient_id = row.claim.practitioner_id, row.claim.patient_id
            row.number, row.gesture = last[key], row.pk
            row.kind = 'reversal' if row.reverses_id else 'receipt'
            row.payer = 'amo' if row.request_key.startswith('noemie-') else 'patient'
            row.save(using=alias)
            allocation_of.unscoped.using(alias).create(
                id=serment.vault.ids.new_id(),
                practice_id=row.practice_id,
                claim_id=row.claim_id,
                payment_id=row.pk,
                cents=row.amount_cents,
                made_at=row.received_at,
                author_id=row.received_by,
            )
        for (practice_id, practitioner_id), number in last.items():
            counter_of.unscoped.using(alias).create(
                id=serment.vault.ids.new_id(),
                practice_id=practice_id,
                kind='payment',
                practitioner_id=practitioner_id,
                last=number,
            )
        apps.get_model('billing', 'TillClosing').unscoped.using(alias).update(scheme=1)


class Migration(migrations.Migration):

    dependencies = [
        ('practice', '0001_initial'),
        ('billing', '0002_closing'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='counter', name='counter_once_per_year'),
        migrations.AddField('counter', 'kind', models.CharField(choices=[('claim', 'facture'), ('payment', 'encaissement'), ('slip', 'remise'), ('closing', 'clôture')], default='claim', max_length=8)),
        migrations.AddField('counter', 'practitioner_id', models.BigIntegerField(default=0)),
        migrations.AlterField('counter', 'year', models.PositiveSmallIntegerField(default=0)),
        migrations.AddConstraint(
            model_name='counter',
            constraint=models.UniqueConstraint(fields=('practice_id', 'kind', 'practitioner_id', 'year'), name='counter_once_per_series'),
        ),
        migrations.AddField('claim', 'waived_cents', models.IntegerField(default=0, help_text='given up, with a reason (`Allocation`)')),
        migrations.CreateModel(
            name='DepositSlip',
            fields=[
                _id(),
                _practice(),
                ('number', models.PositiveIntegerField()),
                ('made_on', models.DateField()),
                ('total_cents', models.IntegerField()),
                ('count', models.PositiveIntegerField(help_text='cheques')),
                ('author_id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                _owner(),
            ],
            options={**BASE, 'constraints': [models.UniqueConstraint(fields=('practice_id', 'practitioner', 'number'), name='slip_number_once')]},
            managers=MANAGERS,
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                _id(),
                _practice(),
                ('source_key', models.CharField(max_length=64)),
                ('reference', models.CharField(blank=True, max_length=64)),
                ('payer_code', models.CharField(blank=True, help_text='scheme and fund: « 01351 »', max_length=12)),
                ('announced_on', models.DateField()),
                ('cents', models.IntegerField(help_text='to come on the practitioner\'s account')),
                ('repaid_cents', models.IntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                _owner(),
            ],
            options={**BASE, 'constraints': [models.UniqueConstraint(fields=('practice_id', 'practitioner', 'source_key'), name='transfer_announced_once')]},
            managers=MANAGERS,
        ),
        migrations.CreateModel(
            name='Allocation',
            fields=[
                _id(),
                _practice(),
                ('cents', models.IntegerField()),
                ('reason', models.CharField(blank=True, choices=[('gesture', 'geste envers le patient'), ('small', 'somme trop petite pour être réclamée'), ('lost', 'irrécouvrable après rappels'), ('tariff', 'différence de tarif avec la caisse'), ('ended', 'délai de paiement dépassé')], max_length=8)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('author_id', models.BigIntegerField()),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='billing.claim')),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='billing.payment')),
            ],
            options={**BASE, 'indexes': [models.Index(fields=['practice_id', 'made_at'], name='allocation_by_day')]},
            managers=MANAGERS,
        ),
        migrations.AddField('payment', 'practitioner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='practice.practitioner')),
        migrations.AddField('payment', 'patient_id', models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField('payment', 'number', models.PositiveIntegerField(default=0, help_text='without a gap for each practitioner'), preserve_default=False),
        migrations.AddField('payment', 'kind', models.CharField(choices=[('receipt', 'encaissement'), ('reversal', 'annulation'), ('refund', 'remboursement')], default='receipt', max_length=8)),
        migrations.AddField('payment', 'payer', models.CharField(choices=[('patient', 'patient'), ('amo', 'assurance maladie'), ('amc', 'complémentaire')], default='patient', max_length=8)),
        migrations.AddField('payment', 'reason', models.CharField(blank=True, default='', help_text='code: why it is reversed or refunded', max_length=12), preserve_default=False),
        migrations.AddField('payment', 'details', serment.vault.fields.SealedField(domain='admin', null=True)),
        migrations.AlterField('payment', 'request_key', models.CharField(max_length=40)),
        migrations.AddField('payment', 'gesture', models.BigIntegerField(default=0, help_text='id of the first payment received in the same gesture'), preserve_default=False),
        migrations.AddField('payment', 'slip', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cheques', to='billing.depositslip')),
        migrations.AddField('payment', 'transfer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='billing.transfer')),
        migrations.AlterField('payment', 'received_at', models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddField('tillclosing', 'scheme', models.PositiveSmallIntegerField(default=2)),
        migrations.AddField('tillclosing', 'practitioner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='practice.practitioner')),
        migrations.RemoveConstraint('tillclosing', 'till_closed_once'),
        migrations.RemoveConstraint('tillclosing', 'till_number_once'),
        migrations.AddConstraint('tillclosing', models.UniqueConstraint(fields=('practice_id', 'practitioner', 'day'), name='till_closed_once')),
        migrations.AddConstraint('tillclosing', models.UniqueConstraint(fields=('practice_id', 'practitioner', 'number'), name='till_number_once')),
        migrations.RunPython(share_out, migrations.RunPython.noop),
    ]
