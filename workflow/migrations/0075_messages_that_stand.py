"""What follows a family's own answer reaches them, whatever the case has become for others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0074_school_of_references'),
    ]

    operations = [
        migrations.AddField(
            model_name='notification',
            name='stands',
            field=models.BooleanField(default=False, db_default=False),
        ),
    ]
