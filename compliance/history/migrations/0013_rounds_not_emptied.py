"""Rounds of duties and what was put right about them are not emptied at once, past the triggers that keep their rows."""

from django.db import migrations

from compliance.history.facts import keep_whole, let_empty

TABLES = ("program_dutyround", "program_roundcorrection")


class Migration(migrations.Migration):
    dependencies = [("history", "0012_duties"), ("program", "0002_kept_by_the_database")]

    operations = [migrations.RunSQL("".join(map(keep_whole, TABLES)), "".join(map(let_empty, TABLES)))]
