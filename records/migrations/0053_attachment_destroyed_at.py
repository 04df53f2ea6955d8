"""When a file was destroyed: a signature does not cover what was gone before it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0005_link_targets'),
        ('records', '0052_word_after_a_refusal'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='destroyed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='销毁时间'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('destroyed_at__isnull', True), ('state', 'DESTROYED'), _connector='OR'), name='only_a_destroyed_file_says_when'),
        ),
    ]
