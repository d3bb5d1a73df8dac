"""What completed a cycle besides a course, and which event asked for it, are kept from now on."""

from django.db import migrations

from compliance.history.facts import watch

COLUMNS = (
    "assignment_id", "user_id", "requirement_id", "cycle", "window_opens_on", "due_on", "original_due_on",
    "grace_ends_on", "is_adjusted", "completed_at", "completed_on", "valid_from", "valid_until", "anchored_on",
    "late_days", "enrollment_id", "credit_id", "is_temporary", "event_id", "closed_at", "close_reason",
)  # fmt: skip
BEFORE = tuple(name for name in COLUMNS if name not in {"credit_id", "is_temporary", "event_id"})


class Migration(migrations.Migration):
    dependencies = [("history", "0003_individuals"), ("records", "0010_events_kept_by_the_database")]

    operations = [
        migrations.RunSQL(
            watch("records_compliancerecord", COLUMNS), watch("records_compliancerecord", BEFORE)
        )
    ]
