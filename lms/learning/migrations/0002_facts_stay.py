"""What is finished stays as it is, and no certificate without a completed enrollment: kept by the database."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION learning_keep_completed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF OLD.state = 'completed' THEN
        RAISE EXCEPTION 'A completed enrollment cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$body$;

CREATE FUNCTION learning_keep_submitted() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF OLD.submitted_at IS NOT NULL THEN
        RAISE EXCEPTION 'A submitted attempt cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$body$;

CREATE FUNCTION learning_certify_completed() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    state text;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'valid_from' - 'valid_until'
        IS DISTINCT FROM to_jsonb(OLD) - 'valid_from' - 'valid_until' THEN
        RAISE EXCEPTION 'Only the validity of a certificate can be set.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    EXECUTE format('SELECT state FROM %I.learning_enrollment WHERE id = $1', TG_TABLE_SCHEMA)
        INTO state USING NEW.enrollment_id;
    IF state IS DISTINCT FROM 'completed' THEN
        RAISE EXCEPTION 'A certificate needs a completed enrollment.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON learning_enrollment
    FOR EACH ROW EXECUTE FUNCTION learning_keep_completed();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON learning_quizattempt
    FOR EACH ROW EXECUTE FUNCTION learning_keep_submitted();
CREATE TRIGGER earned BEFORE INSERT OR UPDATE ON learning_certificate
    FOR EACH ROW EXECUTE FUNCTION learning_certify_completed();
"""

BACKWARD = """
DROP TRIGGER earned ON learning_certificate;
DROP TRIGGER kept ON learning_quizattempt;
DROP TRIGGER kept ON learning_enrollment;
DROP FUNCTION learning_certify_completed();
DROP FUNCTION learning_keep_submitted();
DROP FUNCTION learning_keep_completed();
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
