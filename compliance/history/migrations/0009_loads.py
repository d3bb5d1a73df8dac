"""Which loads were taken back is what days past are judged by: the table is not emptied at once."""

from django.db import migrations

from compliance.history.facts import keep_whole, let_empty


class Migration(migrations.Migration):
    dependencies = [("history", "0008_not_emptied"), ("records", "0024_loads_kept_by_the_database")]

    operations = [migrations.RunSQL(keep_whole("records_loadundo"), let_empty("records_loadundo"))]
