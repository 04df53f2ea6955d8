"""What a one-time link is for: one notice, one meeting, one record."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0004_sensitive_facts'),
    ]

    operations = [
        migrations.AddField(
            model_name='signinlink',
            name='target_id',
            field=models.UUIDField(blank=True, null=True, verbose_name='只为这一件'),
        ),
        migrations.AlterField(
            model_name='signinlink',
            name='purpose',
            field=models.CharField(choices=[('SIGN_IN', '登录'), ('ACKNOWLEDGE', '接报'), ('READ_CASE', '查看事项'), ('NOTICE', '阅读与确认通知'), ('MEETING', '约定会谈时间'), ('RECORD', '阅读与签署记录')], default='SIGN_IN', max_length=12),
        ),
    ]
