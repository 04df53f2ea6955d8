"""A guest of a meeting may say why they do not come."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0067_objections_after_a_handover'),
    ]

    operations = [
        migrations.AlterField(
            model_name='meetingreply',
            name='kind',
            field=models.CharField(choices=[('CHOSE', '选定时间'), ('CHANGE', '请求改期'), ('DECLINED', '不参加'), ('EXCUSED', '受邀人说明不参加的原因')], max_length=8),
        ),
    ]
