"""Who is named by hand is a fact that figures rest on."""

from django.db import migrations

from compliance.history.facts import FACTS, unwatch, watch

TABLE = "requirements_individual"


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0002_kept_by_the_database"),
        ("requirements", "0005_individuals_kept_by_the_database"),
    ]

    operations = [migrations.RunSQL(watch(TABLE, FACTS[TABLE]), unwatch(TABLE))]
