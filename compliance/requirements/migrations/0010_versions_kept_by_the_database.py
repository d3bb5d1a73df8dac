"""What a requirement said, and which course was decided to count for another, stay: kept by the database."""

from django.db import migrations

# Whoever made a version may be deleted as a person one day; what it says stays.
FORWARD = """
CREATE FUNCTION requirements_keep_versions() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.by_id IS NOT NULL AND NEW.by_id IS DISTINCT FROM OLD.by_id
       OR to_jsonb(OLD) - 'by_id' IS DISTINCT FROM to_jsonb(NEW) - 'by_id' THEN
        RAISE EXCEPTION 'What a requirement said cannot be changed.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON requirements_requirementversion
    FOR EACH ROW EXECUTE FUNCTION requirements_keep_versions();

CREATE FUNCTION requirements_keep_equivalences() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    open_columns text[] := CASE
        WHEN TG_OP = 'DELETE' THEN NULL
        WHEN OLD.state = 'waiting' THEN ARRAY['state', 'decided_by_id', 'decided_at', 'decision_note']
        WHEN OLD.state = 'approved' AND OLD.ended_on IS NULL
            THEN ARRAY['ended_on', 'ended_by_id', 'ended_at', 'end_reason']
        ELSE ARRAY[]::text[] END;
BEGIN
    IF open_columns IS NULL OR to_jsonb(OLD) - open_columns IS DISTINCT FROM to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'What was proposed and decided cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON requirements_equivalence
    FOR EACH ROW EXECUTE FUNCTION requirements_keep_equivalences();

CREATE OR REPLACE FUNCTION requirements_keep_individuals() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    open_columns text[] := ARRAY['ended_on', 'ended_by_id', 'ended_at', 'end_reason'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        -- Turned on once, even if that was undone: days past were judged by it.
        IF EXISTS (SELECT FROM requirements_requirementversion WHERE requirement_id = OLD.requirement_id)
           OR EXISTS (SELECT FROM requirements_requirement
                       WHERE id = OLD.requirement_id AND turned_on_at IS NOT NULL) THEN
            RAISE EXCEPTION 'What was said by hand cannot be deleted.' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.ended_on IS NOT NULL OR to_jsonb(OLD) - open_columns IS DISTINCT FROM to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'What was said by hand cannot be changed.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION requirements_keep_individuals() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    open_columns text[] := ARRAY['ended_on', 'ended_by_id', 'ended_at', 'end_reason'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM requirements_requirement
                    WHERE id = OLD.requirement_id AND turned_on_at IS NOT NULL) THEN
            RAISE EXCEPTION 'What was said by hand cannot be deleted.' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.ended_on IS NOT NULL OR to_jsonb(OLD) - open_columns IS DISTINCT FROM to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'What was said by hand cannot be changed.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;
DROP TRIGGER kept ON requirements_equivalence;
DROP FUNCTION requirements_keep_equivalences();
DROP TRIGGER kept ON requirements_requirementversion;
DROP FUNCTION requirements_keep_versions();
"""


class Migration(migrations.Migration):
    dependencies = [("requirements", "0009_due_field")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
