"""Which consent or duty a psychological report rests on. Earlier rows name neither."""

import django.db.models.deletion
from django.db import migrations, models

from parties.row_security import ReferenceWithinSchool


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0006_consents'),
        ('records', '0068_guests_reasons'),
    ]

    operations = [
        migrations.AddField(
            model_name='dossieritem',
            name='consent',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.consent'),
        ),
        ReferenceWithinSchool('DossierItem', 'consent'),
        migrations.AddField(
            model_name='dossieritem',
            name='duty',
            field=models.CharField(blank=True, choices=[('', '—'), ('TALK', '与监护人沟通学生心理健康情况（《精神卫生法》第十六条第四款）'), ('DANGER', '制止伤害自身、危害他人的危险并送医（《精神卫生法》第二十八条第二款）'), ('REPORT', '发现侵害或者危险，立即报告（《未成年人保护法》第十一条第二款）'), ('STATUTORY', '法定职责、义务所必需（《个人信息保护法》第十三条第一款第三项）'), ('EMERGENCY', '紧急情况下保护生命健康（《个人信息保护法》第十三条第一款第四项）')], default='', max_length=9, verbose_name='职责'),
        ),
        migrations.AddField(
            model_name='prepareditem',
            name='consent',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.consent'),
        ),
        ReferenceWithinSchool('PreparedItem', 'consent'),
        migrations.AddField(
            model_name='prepareditem',
            name='duty',
            field=models.CharField(blank=True, choices=[('', '—'), ('TALK', '与监护人沟通学生心理健康情况（《精神卫生法》第十六条第四款）'), ('DANGER', '制止伤害自身、危害他人的危险并送医（《精神卫生法》第二十八条第二款）'), ('REPORT', '发现侵害或者危险，立即报告（《未成年人保护法》第十一条第二款）'), ('STATUTORY', '法定职责、义务所必需（《个人信息保护法》第十三条第一款第三项）'), ('EMERGENCY', '紧急情况下保护生命健康（《个人信息保护法》第十三条第一款第四项）')], default='', max_length=9, verbose_name='职责'),
        ),
        migrations.AddConstraint(
            model_name='dossieritem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('consent__isnull', True), ('basis', 'CONSENT'), _connector='OR'), models.Q(('duty', ''), ('basis', 'DUTY'), _connector='OR')), name='paper_basis_is_what_it_names'),
        ),
        migrations.AddConstraint(
            model_name='prepareditem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('consent__isnull', True), ('basis', 'CONSENT'), _connector='OR'), models.Q(('duty', ''), ('basis', 'DUTY'), _connector='OR')), name='basis_is_what_it_names'),
        ),
    ]
