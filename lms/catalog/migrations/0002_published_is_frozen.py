"""A published version and everything in it is refused every change, by the database itself."""

from django.db import migrations

# The schema of the table that fired is named outright: the search path of whoever writes decides nothing.
# The version is locked against being published while its content is being written.
FORWARD = """
CREATE FUNCTION catalog_refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    parent bigint;
    state text;
    path text := format(
        CASE TG_TABLE_NAME
            WHEN 'catalog_module' THEN
                'SELECT v.state FROM %1$I.catalog_courseversion v WHERE v.id = $1 FOR SHARE OF v'
            WHEN 'catalog_lesson' THEN
                'SELECT v.state FROM %1$I.catalog_courseversion v WHERE v.id = $1 FOR SHARE OF v'
            WHEN 'catalog_question' THEN
                'SELECT v.state FROM %1$I.catalog_courseversion v'
                ' JOIN %1$I.catalog_lesson l ON l.version_id = v.id WHERE l.id = $1 FOR SHARE OF v'
            ELSE
                'SELECT v.state FROM %1$I.catalog_courseversion v'
                ' JOIN %1$I.catalog_lesson l ON l.version_id = v.id'
                ' JOIN %1$I.catalog_question q ON q.lesson_id = l.id WHERE q.id = $1 FOR SHARE OF v'
        END, TG_TABLE_SCHEMA);
    parents bigint[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        parents := parents || (to_jsonb(OLD) ->> TG_ARGV[0])::bigint;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        parents := parents || (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    END IF;
    FOREACH parent IN ARRAY parents LOOP
        EXECUTE path INTO state USING parent;
        IF state <> 'draft' THEN
            RAISE EXCEPTION 'A % version of a course cannot be changed.', state
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END
$body$;

CREATE FUNCTION catalog_refuse_frozen_version() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state IN ('published', 'retired')
        AND to_jsonb(NEW) - 'state' - 'retired_at' = to_jsonb(OLD) - 'state' - 'retired_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A % version of a course cannot be changed.', OLD.state
        USING ERRCODE = 'integrity_constraint_violation';
END
$body$;

CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON catalog_courseversion
    FOR EACH ROW EXECUTE FUNCTION catalog_refuse_frozen_version();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON catalog_module
    FOR EACH ROW EXECUTE FUNCTION catalog_refuse_frozen('version_id');
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON catalog_lesson
    FOR EACH ROW EXECUTE FUNCTION catalog_refuse_frozen('version_id');
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON catalog_question
    FOR EACH ROW EXECUTE FUNCTION catalog_refuse_frozen('lesson_id');
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON catalog_choice
    FOR EACH ROW EXECUTE FUNCTION catalog_refuse_frozen('question_id');
"""

BACKWARD = """
DROP TRIGGER frozen ON catalog_choice;
DROP TRIGGER frozen ON catalog_question;
DROP TRIGGER frozen ON catalog_lesson;
DROP TRIGGER frozen ON catalog_module;
DROP TRIGGER frozen ON catalog_courseversion;
DROP FUNCTION catalog_refuse_frozen_version();
DROP FUNCTION catalog_refuse_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
