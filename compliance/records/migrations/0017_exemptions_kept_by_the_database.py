"""Two exemptions never overlap; their look and their end, and the undoing of an extension, are written once each."""

from django.db import migrations

FORWARD = """
ALTER TABLE records_exemption ADD CONSTRAINT exemption_no_two_at_once EXCLUDE USING gist (
    int8range(user_id, user_id, '[]') WITH &&,
    int8range(requirement_id, requirement_id, '[]') WITH &&,
    daterange(starts_on, COALESCE(ended_on, ends_on + 1), '[)') WITH &&
) WHERE (state = 'approved');

CREATE OR REPLACE FUNCTION records_keep_requests() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    before jsonb := to_jsonb(OLD);
    open_columns text[] := CASE
        WHEN TG_OP = 'DELETE' THEN NULL
        WHEN OLD.state = 'waiting' THEN ARRAY['state', 'decided_by_id', 'decided_at', 'decision_note']
        WHEN OLD.state = 'approved' AND before -> 'ended_on' = 'null'
            THEN ARRAY['ended_on', 'ended_by_id', 'ended_at', 'end_reason',
                       'review_on', 'reviewed_by_id', 'reviewed_at', 'review_note']
        WHEN OLD.state = 'approved' AND before -> 'undone_at' = 'null'
            THEN ARRAY['undone_by_id', 'undone_at', 'undo_reason']
        ELSE ARRAY[]::text[] END;
BEGIN
    IF open_columns IS NULL
       OR before - open_columns IS DISTINCT FROM to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'What was asked and decided cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON records_exemption
    FOR EACH ROW EXECUTE FUNCTION records_keep_requests();
"""

BACKWARD = """
DROP TRIGGER kept ON records_exemption;
ALTER TABLE records_exemption DROP CONSTRAINT exemption_no_two_at_once;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0016_exemptions")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
