"""A family that does not come to an agreed time is a try to reach it, like a call or a visit."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0007_consent_links'),
        ('records', '0074_replaced_evidence'),
    ]

    operations = [
        migrations.AlterField(
            model_name='meetingattempt',
            name='channel',
            field=models.CharField(choices=[('PHONE', '电话'), ('MESSAGE', '短信或微信'), ('LETTER', '书面函'), ('HOME_VISIT', '家访'), ('MEETING', '约定的会谈'), ('OTHER', '其他')], max_length=10),
        ),
        migrations.AlterField(
            model_name='meetingattempt',
            name='outcome',
            field=models.CharField(choices=[('AGREED', '已约定时间'), ('MET', '当场会谈'), ('OTHER_TIME', '希望另约时间'), ('REFUSED', '联系到，不愿会谈'), ('NO_ANSWER', '未联系到'), ('NO_SHOW', '未到场')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='meetingattempt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'MEETING'), ('outcome', 'NO_SHOW')), models.Q(models.Q(('channel', 'MEETING'), _negated=True), models.Q(('outcome', 'NO_SHOW'), _negated=True)), _connector='OR'), name='no_show_is_of_an_agreed_meeting'),
        ),
    ]
