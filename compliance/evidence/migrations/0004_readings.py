import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("evidence", "0003_review_aim")]

    operations = [
        migrations.CreateModel(
            name="EvidenceReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("read", "Read"),
                            ("no_text", "Holds no text: perhaps a scan"),
                            ("protected", "Protected by a password"),
                            ("too_large", "Too large to be read"),
                            ("broken", "Damaged, or not made as a PDF should be"),
                        ],
                        max_length=10,
                    ),
                ),
                ("days", models.JSONField(default=list)),
                ("is_name_found", models.BooleanField(default=False)),
                ("is_title_found", models.BooleanField(default=False)),
                ("is_issuer_found", models.BooleanField(default=False)),
                ("is_part", models.BooleanField(default=False)),
                ("read_at", models.DateTimeField()),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reading", to="evidence.evidencefile"
                    ),
                ),
            ],
            options={
                "verbose_name": "reading of a file",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "read"),
                            models.Q(("days", []), ("is_issuer_found", False), ("is_name_found", False), ("is_title_found", False)),
                            _connector="OR",
                        ),
                        name="evidencereading_found_only_if_read",
                    )
                ],
            },
        ),
    ]
