"""What became of a round stays as it was recorded, corrections are only added, and only a draft is deleted."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION program_keep_rounds() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    open_columns text[] := ARRAY['outcome', 'done_on', 'late_days', 'statement', 'evidence_note', 'closed_by_id',
                                 'closed_at'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.outcome <> 'open'
       OR to_jsonb(OLD) - open_columns IS DISTINCT FROM to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'What became of a round cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON program_dutyround
    FOR EACH ROW EXECUTE FUNCTION program_keep_rounds();

CREATE FUNCTION program_keep_corrections() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'Corrections are only added.' USING ERRCODE = 'integrity_constraint_violation';
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON program_roundcorrection
    FOR EACH ROW EXECUTE FUNCTION program_keep_corrections();

CREATE FUNCTION program_keep_duties() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF (TG_OP = 'DELETE' AND OLD.state = 'draft')
       OR (TG_OP = 'UPDATE' AND OLD.state <> 'retired' AND (NEW.state <> 'draft' OR OLD.state = 'draft')) THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'A duty that was asked of somebody stays, and a retired one stays as it is.'
        USING ERRCODE = 'integrity_constraint_violation';
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON program_duty
    FOR EACH ROW EXECUTE FUNCTION program_keep_duties();
"""

BACKWARD = """
DROP TRIGGER kept ON program_duty;
DROP FUNCTION program_keep_duties();
DROP TRIGGER kept ON program_roundcorrection;
DROP FUNCTION program_keep_corrections();
DROP TRIGGER kept ON program_dutyround;
DROP FUNCTION program_keep_rounds();
"""


class Migration(migrations.Migration):
    dependencies = [("program", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
