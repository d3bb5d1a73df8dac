"""Who signed in first on a certain day is found without reading everybody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0007_first_sign_in")]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("first_signed_in_at__isnull", False)),
                fields=["first_signed_in_at"],
                name="user_first_signed_in",
            ),
        ),
    ]
