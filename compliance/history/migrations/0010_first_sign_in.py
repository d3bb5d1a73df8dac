"""When a person first signed in is a fact that due dates are counted from: since when it is known is kept."""

from django.db import migrations

from compliance.history.facts import FACTS, watch

# As it was kept before; a belief from then says of nobody that they had signed in.
BEFORE = tuple(name for name in FACTS["people_user"] if name != "first_signed_in_at")


class Migration(migrations.Migration):
    dependencies = [("history", "0009_loads"), ("people", "0007_first_sign_in")]

    operations = [
        migrations.RunSQL(watch("people_user", FACTS["people_user"]), watch("people_user", BEFORE)),
    ]
