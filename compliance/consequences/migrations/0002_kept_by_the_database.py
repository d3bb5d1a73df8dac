"""What befell somebody, and what a consequence said, stays as it was; each is ended once."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION consequences_end_once() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    end_columns text[] := TG_ARGV[1]::text[];
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) -> TG_ARGV[0] <> 'null'
       OR to_jsonb(OLD) - end_columns IS DISTINCT FROM to_jsonb(NEW) - end_columns THEN
        RAISE EXCEPTION 'What was decided and what befell somebody cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON consequences_withdrawal
    FOR EACH ROW EXECUTE FUNCTION consequences_end_once('restored_at', '{restored_at,cause,regained_by_id}');
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON consequences_consequence
    FOR EACH ROW EXECUTE FUNCTION consequences_end_once('ended_at', '{ended_at,ended_by_id}');

CREATE FUNCTION consequences_keep_calls() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.public_id, OLD.receiver_id, OLD.user_id, OLD.kind, OLD.body, OLD.created_at)
       IS DISTINCT FROM (NEW.public_id, NEW.receiver_id, NEW.user_id, NEW.kind, NEW.body, NEW.created_at) THEN
        RAISE EXCEPTION 'What another system is told cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON consequences_delivery
    FOR EACH ROW EXECUTE FUNCTION consequences_keep_calls();
"""

BACKWARD = """
DROP TRIGGER kept ON consequences_delivery;
DROP FUNCTION consequences_keep_calls();
DROP TRIGGER kept ON consequences_consequence;
DROP TRIGGER kept ON consequences_withdrawal;
DROP FUNCTION consequences_end_once();
"""


class Migration(migrations.Migration):
    dependencies = [("consequences", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
