"""A one-time link may lead to the page where a family says whether it agrees."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0006_consents'),
    ]

    operations = [
        migrations.AlterField(
            model_name='signinlink',
            name='purpose',
            field=models.CharField(choices=[('SIGN_IN', '登录'), ('ACKNOWLEDGE', '接报'), ('READ_CASE', '查看事项'), ('NOTICE', '阅读与确认通知'), ('MEETING', '约定会谈时间'), ('RECORD', '阅读与签署记录'), ('CONSENT', '查看说明并表示是否同意')], default='SIGN_IN', max_length=12),
        ),
    ]
