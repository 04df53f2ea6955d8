"""A no to a consent, kept before there ever was a yes."""

import django_fsm
from django.db import migrations, models

from parties.row_security import GuardStates

_LEGAL = {("GIVEN", "WITHDRAWN")}


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0010_school_keys'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='consent',
            name='consent_has_a_period',
        ),
        migrations.RemoveConstraint(
            model_name='consent',
            name='withdrawn_consent_says_by_whom',
        ),
        migrations.AlterField(
            model_name='consent',
            name='proof',
            field=models.CharField(blank=True, choices=[('IN_APP', '本人在系统内同意'), ('PAPER', '纸质同意书'), ('PHONE', '电话同意并复述')], max_length=6, verbose_name='取得方式'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='state',
            field=django_fsm.FSMField(choices=[('GIVEN', '已同意'), ('WITHDRAWN', '已撤回'), ('REFUSED', '不同意')], default='GIVEN', max_length=50, protected=True),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ends_at__gt', models.F('starts_at')), models.Q(('state', 'REFUSED'), _negated=True)), models.Q(('ends_at', models.F('starts_at')), ('state', 'REFUSED')), _connector='OR'), name='consent_has_a_period'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'GIVEN'), ('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('state__in', ['WITHDRAWN', 'REFUSED']), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='withdrawn_consent_says_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'REFUSED'), models.Q(('proof', ''), _negated=True), _connector='OR'), name='yes_says_how_it_is_proven'),
        ),
        GuardStates(
            "Consent",
            "state",
            initial={"GIVEN", "REFUSED"},
            legal=_LEGAL,
            replaces=GuardStates("Consent", "state", initial={"GIVEN"}, legal=_LEGAL),
        ),
    ]
