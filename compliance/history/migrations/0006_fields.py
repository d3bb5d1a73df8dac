"""What a university's own fields say of people is a fact that figures rest on."""

from django.db import migrations

from compliance.history.facts import FACTS, unwatch, watch

TABLES = ("people_personfield", "people_fieldvalue")


class Migration(migrations.Migration):
    dependencies = [("history", "0005_groups"), ("people", "0004_fields")]

    operations = [migrations.RunSQL(watch(table, FACTS[table]), unwatch(table)) for table in TABLES]
