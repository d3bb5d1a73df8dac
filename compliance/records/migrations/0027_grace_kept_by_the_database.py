"""What was decided about the days of grace stays: figures of past days are counted by it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION records_keep_grace() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'What was decided about grace stays; a newer decision stands over it.'
        USING ERRCODE = 'integrity_constraint_violation';
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON records_gracedecision
    FOR EACH ROW EXECUTE FUNCTION records_keep_grace();
"""

BACKWARD = """
DROP TRIGGER kept ON records_gracedecision;
DROP FUNCTION records_keep_grace();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0026_grace_counts")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
