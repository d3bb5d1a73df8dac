"""How many calls of a system wait or failed is found without reading all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consequences", "0002_kept_by_the_database")]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["receiver", "state", "-id"], name="delivery_by_state"),
        ),
    ]
