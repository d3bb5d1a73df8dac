"""What was loaded and what was taken back stays as it was decided; what was loaded before gets its load."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION records_keep_loads() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'waiting' THEN
        RAISE EXCEPTION 'What was decided about a load cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON records_load
    FOR EACH ROW EXECUTE FUNCTION records_keep_loads();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON records_loadundo
    FOR EACH ROW EXECUTE FUNCTION records_keep_loads();

INSERT INTO records_load (
    public_id, state, reason, seen, people_count, cycle_count, asked_by_id, asked_at, decision_note, made_at, file_name,
    text, line_count
)
SELECT c.batch, 'made', min(c.reason), '', count(DISTINCT c.user_id), count(DISTINCT r.id), min(c.by_id), min(c.at),
       '', min(c.at), '', '', count(DISTINCT c.id)
  FROM records_credit c
  LEFT JOIN records_compliancerecord r ON r.credit_id = c.id
 WHERE c.batch IS NOT NULL AND c.source = 'history'
   AND NOT EXISTS (SELECT FROM records_load known WHERE known.public_id = c.batch)
 GROUP BY c.batch;
"""

BACKWARD = """
DROP TRIGGER kept ON records_loadundo;
DROP TRIGGER kept ON records_load;
DROP FUNCTION records_keep_loads();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0023_loads")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
