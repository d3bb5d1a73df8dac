"""Who answered for a duty of the program, and when it was due, is kept for days past."""

from django.db import migrations

from compliance.history.facts import keep_whole, let_empty, unwatch, watch

DUTY = ("public_id", "title", "owner_id", "deputy_id", "first_due_on", "repeats_months", "state")


class Migration(migrations.Migration):
    dependencies = [("history", "0011_grace"), ("program", "0002_kept_by_the_database")]

    operations = [
        migrations.RunSQL(watch("program_duty", DUTY), unwatch("program_duty")),
        migrations.RunSQL(keep_whole("program_duty"), let_empty("program_duty")),
    ]
