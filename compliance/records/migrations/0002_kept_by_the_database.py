"""A finished cycle stays as it is, and each obligation stands on one line: both kept by the database."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION records_keep_finished() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF OLD.completed_at IS NOT NULL THEN
        RAISE EXCEPTION 'A finished cycle cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON records_compliancerecord
    FOR EACH ROW EXECUTE FUNCTION records_keep_finished();

-- An open cycle is always the last one. Asked for like this, each assignment costs two look-ups in the index on
-- (assignment, cycle) even where no statistics were gathered yet; anything that names the open cycles themselves is
-- planned as a full scan of the partial index for each assignment then.
CREATE VIEW records_obligation WITH (security_invoker = true) AS
SELECT a.id AS assignment_id, a.user_id, a.requirement_id, a.status AS assignment_status,
       o.id AS open_record_id, o.cycle, o.window_opens_on, o.due_on, o.original_due_on, o.grace_ends_on,
       f.id AS done_record_id, f.completed_on, f.valid_until, f.late_days,
       f.enrollment_id AS done_enrollment_id
  FROM records_assignment a
  JOIN requirements_requirement r ON r.id = a.requirement_id AND r.state = 'active'
  LEFT JOIN LATERAL (
       SELECT n.* FROM (
              SELECT * FROM records_compliancerecord WHERE assignment_id = a.id ORDER BY cycle DESC LIMIT 1
       ) n WHERE n.completed_at IS NULL AND n.closed_at IS NULL
  ) o ON true
  LEFT JOIN LATERAL (
       SELECT d.id, d.completed_on, d.valid_until, d.late_days, d.enrollment_id
         FROM records_compliancerecord d
        WHERE d.assignment_id = a.id AND d.completed_at IS NOT NULL
        ORDER BY d.cycle DESC LIMIT 1
  ) f ON true
 WHERE a.status <> 'withdrawn';
"""

BACKWARD = """
DROP VIEW records_obligation;
DROP TRIGGER kept ON records_compliancerecord;
DROP FUNCTION records_keep_finished();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
