"""A certificate can be marked as revoked; all else about it stays: kept by the database."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION learning_certify_completed() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    state text;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'valid_from' - 'valid_until' - 'revoked_on'
        IS DISTINCT FROM to_jsonb(OLD) - 'valid_from' - 'valid_until' - 'revoked_on' THEN
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
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION learning_certify_completed() RETURNS trigger LANGUAGE plpgsql AS $body$
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
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0003_revoked_certificates")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
