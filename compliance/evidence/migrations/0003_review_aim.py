from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evidence", "0002_kept_by_the_database")]

    operations = [
        migrations.CreateModel(
            name="ReviewAim",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("days", models.PositiveSmallIntegerField(verbose_name="working days")),
            ],
            options={
                "verbose_name": "aim for reviews",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="review_aim_is_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 1), ("days__lte", 60)),
                        name="review_aim_is_1_to_60_days",
                    ),
                ],
            },
        ),
    ]
