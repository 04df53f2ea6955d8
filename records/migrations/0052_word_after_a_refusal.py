"""A refusal that others wrote down and the signature that follows it are two rows."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
        ('records', '0051_slip_scans'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='signature',
            name='one_signature_per_person',
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.UniqueConstraint(condition=models.Q(('method', 'REFUSED'), _negated=True), fields=('school', 'record', 'signer'), name='one_signature_per_person'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.UniqueConstraint(condition=models.Q(('method', 'REFUSED')), fields=('school', 'record', 'signer'), name='one_refusal_per_person'),
        ),
    ]
