"""A refusal that others wrote down and the person's own beside it are two rows."""

from django.db import migrations, models

_WHO = ('school', 'record', 'signer')


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0092_why_it_changed'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='signature',
            name='one_refusal_per_person',
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.UniqueConstraint(condition=models.Q(('method', 'REFUSED'), ('witness__isnull', True)), fields=_WHO, name='one_own_refusal_per_person'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.UniqueConstraint(condition=models.Q(('method', 'REFUSED'), ('witness__isnull', False)), fields=_WHO, name='one_told_refusal_per_person'),
        ),
    ]
