"""Nobody is named twice by hand for one day, and what was said stays: both kept by the database."""

from django.db import migrations

# A range of one number stands for the number: equality in such a constraint would need an extension (btree_gist).
# A draft that is discarded takes its namings with it: nothing ever rested on them.
FORWARD = """
ALTER TABLE requirements_individual ADD CONSTRAINT individual_no_two_at_once EXCLUDE USING gist (
    int8range(user_id, user_id, '[]') WITH &&,
    int8range(requirement_id, requirement_id, '[]') WITH &&,
    daterange(starts_on, COALESCE(ended_on, ends_on + 1), '[)') WITH &&
);

CREATE FUNCTION requirements_keep_individuals() RETURNS trigger LANGUAGE plpgsql AS $body$
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

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON requirements_individual
    FOR EACH ROW EXECUTE FUNCTION requirements_keep_individuals();
"""

BACKWARD = """
DROP TRIGGER kept ON requirements_individual;
DROP FUNCTION requirements_keep_individuals();
ALTER TABLE requirements_individual DROP CONSTRAINT individual_no_two_at_once;
"""


class Migration(migrations.Migration):
    dependencies = [("requirements", "0004_individuals")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
