"""What was signed stays as it was, and a course that ends with a statement is not over unsigned: kept by the database."""

from django.db import migrations

# The schema of the table that fired is named outright: the search path of whoever writes decides nothing.
FORWARD = """
CREATE FUNCTION learning_keep_signed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.digest <> encode(sha256(convert_to(NEW.statement, 'UTF8')), 'hex') THEN
            RAISE EXCEPTION 'The digest is not that of the statement.'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A signed statement cannot be changed.'
        USING ERRCODE = 'integrity_constraint_violation';
END
$body$;

CREATE FUNCTION learning_sign_first() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    is_signed boolean;
BEGIN
    EXECUTE format(
        'SELECT v.statement = '''' OR EXISTS (SELECT FROM %1$I.learning_attestation a WHERE a.enrollment_id = $2)'
        ' FROM %1$I.catalog_courseversion v WHERE v.id = $1', TG_TABLE_SCHEMA)
        INTO is_signed USING NEW.course_version_id, NEW.id;
    IF NOT is_signed THEN
        RAISE EXCEPTION 'The statement at the end of the course is not signed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER kept BEFORE INSERT OR UPDATE OR DELETE ON learning_attestation
    FOR EACH ROW EXECUTE FUNCTION learning_keep_signed();
CREATE TRIGGER signed BEFORE UPDATE OF state ON learning_enrollment
    FOR EACH ROW WHEN (NEW.state = 'completed') EXECUTE FUNCTION learning_sign_first();
"""

BACKWARD = """
DROP TRIGGER signed ON learning_enrollment;
DROP TRIGGER kept ON learning_attestation;
DROP FUNCTION learning_sign_first();
DROP FUNCTION learning_keep_signed();
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0005_attestation"), ("catalog", "0004_statements")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
