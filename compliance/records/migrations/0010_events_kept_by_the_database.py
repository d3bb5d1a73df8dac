"""What happened and whom it concerned stays as it was recorded, and an obligation knows the event of its open cycle."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION records_keep_events() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    open_columns text[] := CASE
        WHEN TG_OP = 'DELETE' THEN NULL
        WHEN TG_TABLE_NAME = 'records_triggeringevent' AND to_jsonb(OLD) -> 'ended_at' = 'null'
            THEN ARRAY['ended_at', 'ended_by_id', 'end_reason']
        ELSE ARRAY[]::text[] END;
BEGIN
    IF open_columns IS NULL
       OR to_jsonb(OLD) - open_columns IS DISTINCT FROM to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'An event and whom it concerned cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON records_triggeringevent
    FOR EACH ROW EXECUTE FUNCTION records_keep_events();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON records_concern
    FOR EACH ROW EXECUTE FUNCTION records_keep_events();

CREATE OR REPLACE VIEW records_obligation WITH (security_invoker = true) AS
SELECT a.id AS assignment_id, a.user_id, a.requirement_id, a.status AS assignment_status,
       o.id AS open_record_id, o.cycle, o.window_opens_on, o.due_on, o.original_due_on, o.grace_ends_on,
       f.id AS done_record_id, f.completed_on, f.valid_until, f.late_days,
       f.enrollment_id AS done_enrollment_id, o.event_id
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
DROP TRIGGER kept ON records_concern;
DROP TRIGGER kept ON records_triggeringevent;
DROP FUNCTION records_keep_events();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0009_events")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
