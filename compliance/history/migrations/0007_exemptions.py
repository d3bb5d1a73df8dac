"""Who is exempt, and which extensions were taken back, are facts that figures rest on."""

from django.db import migrations

from compliance.history.facts import unwatch, watch

EXEMPTION = (
    "user_id", "requirement_id", "state", "starts_on", "ends_on", "ended_on", "review_on", "reason", "decided_at",
)  # fmt: skip
BEFORE = ("user_id", "requirement_id", "record_id", "state", "moved_from", "moved_to", "decided_at")
EXTENSION = (*BEFORE, "undone_at")


class Migration(migrations.Migration):
    dependencies = [("history", "0006_fields"), ("records", "0017_exemptions_kept_by_the_database")]

    operations = [
        migrations.RunSQL(watch("records_exemption", EXEMPTION), unwatch("records_exemption")),
        migrations.RunSQL(watch("records_extension", EXTENSION), watch("records_extension", BEFORE)),
    ]
