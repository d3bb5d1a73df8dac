"""Who is in a group or has access to a system is a fact that figures rest on."""

from django.db import migrations

from compliance.history.facts import FACTS, unwatch, watch

TABLES = ("people_group", "people_groupmember")


class Migration(migrations.Migration):
    dependencies = [("history", "0004_events"), ("people", "0002_groups")]

    operations = [migrations.RunSQL(watch(table, FACTS[table]), unwatch(table)) for table in TABLES]
