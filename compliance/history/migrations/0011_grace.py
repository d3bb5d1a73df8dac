"""How grace counts is what days past are judged by: the table is not emptied at once."""

from django.db import migrations

from compliance.history.facts import keep_whole, let_empty


class Migration(migrations.Migration):
    dependencies = [("history", "0010_first_sign_in"), ("records", "0027_grace_kept_by_the_database")]

    operations = [migrations.RunSQL(keep_whole("records_gracedecision"), let_empty("records_gracedecision"))]
