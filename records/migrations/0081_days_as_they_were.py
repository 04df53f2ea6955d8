"""What a day's row said before another word took its place. Of earlier days nothing was kept."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0008_right_since'),
        ('records', '0080_texts_taken_back'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='itemcheckin',
            name='one_check_in_aside_a_day',
        ),
        migrations.AddField(
            model_name='itemcheckin',
            name='replaced_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='itemcheckin',
            constraint=models.UniqueConstraint(condition=models.Q(('aside', True), ('replaced_at', None)), fields=('school', 'item', 'day', 'by'), name='one_check_in_aside_a_day'),
        ),
        migrations.AddConstraint(
            model_name='itemcheckin',
            constraint=models.CheckConstraint(condition=models.Q(('replaced_at', None), ('aside', True), _connector='OR'), name='a_replaced_check_in_is_aside'),
        ),
    ]
