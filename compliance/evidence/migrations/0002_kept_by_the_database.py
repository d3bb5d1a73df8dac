"""What was sent and decided stays as it was; a file goes only with what was withdrawn."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION evidence_keep_decisions() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    open_columns text[] := ARRAY['state', 'decided_by_id', 'decided_at', 'decision_note', 'reject_reason',
                                 'credited_on', 'credited_until'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'waiting'
       OR to_jsonb(OLD) - open_columns IS DISTINCT FROM to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'What was sent and decided cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON evidence_evidence
    FOR EACH ROW EXECUTE FUNCTION evidence_keep_decisions();

CREATE FUNCTION evidence_keep_files() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' AND (
        EXISTS (SELECT FROM evidence_evidence WHERE id = OLD.evidence_id AND state = 'withdrawn')
        OR EXISTS (SELECT FROM records_waiver WHERE id = OLD.waiver_id AND state = 'withdrawn')
        OR EXISTS (SELECT FROM records_extension WHERE id = OLD.extension_id AND state = 'withdrawn')) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Files that were sent stay, unless what they belong to was withdrawn.'
        USING ERRCODE = 'integrity_constraint_violation';
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON evidence_evidencefile
    FOR EACH ROW EXECUTE FUNCTION evidence_keep_files();
"""

BACKWARD = """
DROP TRIGGER kept ON evidence_evidencefile;
DROP FUNCTION evidence_keep_files();
DROP TRIGGER kept ON evidence_evidence;
DROP FUNCTION evidence_keep_decisions();
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
