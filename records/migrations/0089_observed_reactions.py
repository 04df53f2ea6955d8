"""What was observed of a guardian, as a code beside the words. Of earlier reactions nobody knows it,
and what was signed then stays what it was.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0088_set_aside_may_end'),
    ]

    operations = [
        migrations.AddField(
            model_name='statement',
            name='observed',
            field=models.CharField(blank=True, choices=[('SILENT', '沉默'), ('TEARFUL', '流泪'), ('LOUDER', '提高声音'), ('SOFTER', '声音变低'), ('STOOD_UP', '起身或离开'), ('REPEATED', '反复说同一件事'), ('ASKED', '连续提问'), ('NODDED', '点头或微笑'), ('LOOKED_AWAY', '低头或移开目光'), ('CALM', '语气平稳'), ('OTHER', '其他（见文字）')], db_default='', default='', max_length=16, verbose_name='观察到'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('section', 'EMOTION'), ('observed', ''), _connector='OR'), name='only_an_emotion_was_observed'),
        ),
    ]
