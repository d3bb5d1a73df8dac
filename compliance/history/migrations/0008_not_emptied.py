"""A table that days past are judged by is not emptied at once either, past the triggers that keep its rows."""

from django.db import migrations

from compliance.history.facts import keep_whole, let_empty

# As they were when this migration was made.
TABLES = (
    "people_user", "people_affiliation", "people_leave", "people_department", "people_group", "people_groupmember",
    "people_personfield", "people_fieldvalue", "requirements_requirement", "requirements_requirementpause",
    "requirements_holiday", "requirements_individual", "records_assignment", "records_compliancerecord",
    "records_waiver", "records_exemption", "records_extension", "records_shift", "records_credit",
    "records_revocation", "records_reinstatement", "records_triggeringevent", "records_concern",
    "requirements_requirementversion", "requirements_equivalence",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0007_exemptions"),
        ("records", "0020_shifts_say_when"),
        ("requirements", "0010_versions_kept_by_the_database"),
    ]

    operations = [migrations.RunSQL("".join(map(keep_whole, TABLES)), "".join(map(let_empty, TABLES)))]
