"""Two waivers never overlap, and what was asked and decided stays: both kept by the database."""

from django.db import migrations

# A range of one number stands for the number: equality in such a constraint would need an extension (btree_gist).
FORWARD = """
ALTER TABLE records_waiver ADD CONSTRAINT waiver_no_two_at_once EXCLUDE USING gist (
    int8range(user_id, user_id, '[]') WITH &&,
    int8range(requirement_id, requirement_id, '[]') WITH &&,
    daterange(starts_on, COALESCE(ended_on, ends_on + 1), '[)') WITH &&
) WHERE (state = 'approved');

CREATE FUNCTION records_keep_requests() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    open_columns text[] := CASE
        WHEN TG_OP = 'DELETE' THEN NULL
        WHEN OLD.state = 'waiting' THEN ARRAY['state', 'decided_by_id', 'decided_at', 'decision_note']
        WHEN OLD.state = 'approved' AND to_jsonb(OLD) -> 'ended_on' = 'null'
            THEN ARRAY['ended_on', 'ended_by_id', 'ended_at', 'end_reason']
        ELSE ARRAY[]::text[] END;
BEGIN
    IF open_columns IS NULL
       OR to_jsonb(OLD) - open_columns IS DISTINCT FROM to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'What was asked and decided cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON records_waiver
    FOR EACH ROW EXECUTE FUNCTION records_keep_requests();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON records_extension
    FOR EACH ROW EXECUTE FUNCTION records_keep_requests();
"""

BACKWARD = """
DROP TRIGGER kept ON records_extension;
DROP TRIGGER kept ON records_waiver;
DROP FUNCTION records_keep_requests();
ALTER TABLE records_waiver DROP CONSTRAINT waiver_no_two_at_once;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0004_waivers")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
