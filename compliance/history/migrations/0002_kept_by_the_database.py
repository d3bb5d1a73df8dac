"""What was believed is kept by triggers, once a statement, and cannot be changed afterwards."""

from django.db import migrations

from compliance.history.facts import unwatch, watch

# As they were when this migration was made: a later one watches again what has got more columns.
FACTS = {
    "people_user": ("is_active", "given_name", "family_name", "preferred_name", "email", "external_id"),
    "people_affiliation": (
        "user_id", "department_id", "kind", "title", "manager_id", "starts_on", "ends_on", "fte_percent", "source",
    ),
    "people_leave": ("user_id", "starts_on", "ends_on"),
    "people_department": ("code", "name", "parent_id"),
    "requirements_requirement": ("public_id", "title", "state", "number", "turned_on_at"),
    "requirements_requirementpause": ("requirement_id", "starts_on", "resumes_on"),
    "requirements_holiday": ("on", "name"),
    "records_assignment": (
        "user_id", "requirement_id", "requirement_number", "status", "assigned_on", "withdrawn_on",
    ),
    "records_compliancerecord": (
        "assignment_id", "user_id", "requirement_id", "cycle", "window_opens_on", "due_on", "original_due_on",
        "grace_ends_on", "is_adjusted", "completed_at", "completed_on", "valid_from", "valid_until", "anchored_on",
        "late_days", "enrollment_id", "closed_at", "close_reason",
    ),
    "records_waiver": (
        "user_id", "requirement_id", "state", "starts_on", "ends_on", "ended_on", "reason", "decided_at",
    ),
    "records_extension": (
        "user_id", "requirement_id", "record_id", "state", "moved_from", "moved_to", "decided_at",
    ),
}  # fmt: skip

# The table lies beside the one that changed, whatever the search path says. The setting is for whoever tells a story
# of the past (the demo, tests): there, the moment of the story is the moment something became known.
CREATE = """
CREATE FUNCTION history_record() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    at timestamptz := COALESCE(NULLIF(current_setting('duly.recorded_at', true), '')::timestamptz,
                               transaction_timestamp());
    target text := format('INSERT INTO %I.history_change (source, row_id, recorded_at, before) ', TG_TABLE_SCHEMA);
    image text;
    old_columns text;
    new_columns text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        EXECUTE target || 'SELECT $1, id, $2, NULL FROM later' USING TG_TABLE_NAME, at;
        RETURN NULL;
    END IF;
    SELECT string_agg(format('%L, o.%I', name, name), ', '), string_agg(format('o.%I', name), ', '),
           string_agg(format('n.%I', name), ', ')
      INTO image, old_columns, new_columns FROM unnest(TG_ARGV) AS name;
    IF TG_OP = 'DELETE' THEN
        EXECUTE target || format('SELECT $1, o.id, $2, jsonb_build_object(%s) FROM earlier o', image)
          USING TG_TABLE_NAME, at;
    ELSE
        EXECUTE target || format('SELECT $1, o.id, $2, jsonb_build_object(%s) FROM earlier o JOIN later n USING (id)'
                                 ' WHERE (%s) IS DISTINCT FROM (%s)', image, old_columns, new_columns)
          USING TG_TABLE_NAME, at;
    END IF;
    RETURN NULL;
END
$body$;

CREATE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'What was believed cannot be changed: % refused.', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$body$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE OR TRUNCATE ON history_change
    FOR EACH STATEMENT EXECUTE FUNCTION history_refuse();
"""

REMOVE = """
DROP TRIGGER kept ON history_change;
DROP FUNCTION history_refuse();
DROP FUNCTION history_record();
"""


# The facts there were then; later ones have migrations of their own.
TABLES = (
    "people_user",
    "people_affiliation",
    "people_leave",
    "people_department",
    "requirements_requirement",
    "requirements_requirementpause",
    "requirements_holiday",
    "records_assignment",
    "records_compliancerecord",
    "records_waiver",
    "records_extension",
)


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0001_initial"),
        ("people", "0001_initial"),
        ("requirements", "0003_basis"),
        ("records", "0005_waivers_kept_by_the_database"),
    ]

    operations = [
        migrations.RunSQL(CREATE, REMOVE),
        migrations.RunSQL(
            "".join(watch(table, FACTS[table]) for table in TABLES),
            "".join(map(unwatch, TABLES)),
        ),
    ]
