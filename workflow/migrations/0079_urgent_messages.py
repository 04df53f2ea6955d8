"""Whether a routine message may ring at night is known when it is claimed, not only when promised."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0078_due_orders'),
    ]

    operations = [
        migrations.AddField(
            model_name='notification',
            name='urgent',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
