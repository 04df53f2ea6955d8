"""What somebody did who could not know how far an item was: kept beside it, and moving nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0007_consent_links'),
        ('records', '0078_annotated_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='itemcheckin',
            name='aside',
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.RemoveConstraint(model_name='itemcheckin', name='one_check_in_a_day'),
        migrations.AddConstraint(
            model_name='itemcheckin',
            constraint=models.UniqueConstraint(condition=models.Q(('aside', False)), fields=('school', 'item', 'day'), name='one_check_in_a_day'),
        ),
        migrations.AddConstraint(
            model_name='itemcheckin',
            constraint=models.UniqueConstraint(condition=models.Q(('aside', True)), fields=('school', 'item', 'day', 'by'), name='one_check_in_aside_a_day'),
        ),
        migrations.AddField(
            model_name='earlierwords',
            name='aside',
            field=models.BooleanField(default=False, db_default=False),
        ),
    ]
