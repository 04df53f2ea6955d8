"""What a signer had before them. Of earlier signatures nobody knows it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0071_item_from_consensus'),
    ]

    operations = [
        migrations.AddField(
            model_name='signature',
            name='as_read',
            field=models.BinaryField(max_length=32, null=True),
        ),
    ]
