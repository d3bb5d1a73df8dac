"""A cycle that was revoked counts no longer, and what was revoked and taken back stays: kept by the database."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION records_keep_revocations() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'A revocation stays; it can be taken back by another row.'
        USING ERRCODE = 'integrity_constraint_violation';
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON records_revocation
    FOR EACH ROW EXECUTE FUNCTION records_keep_revocations();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON records_reinstatement
    FOR EACH ROW EXECUTE FUNCTION records_keep_revocations();

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
          AND NOT EXISTS (
              SELECT FROM records_revocation v
               WHERE v.record_id = d.id
                 AND NOT EXISTS (SELECT FROM records_reinstatement u WHERE u.revocation_id = v.id)
          )
        ORDER BY d.cycle DESC LIMIT 1
  ) f ON true
 WHERE a.status <> 'withdrawn';
"""

BACKWARD = """
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

DROP TRIGGER kept ON records_reinstatement;
DROP TRIGGER kept ON records_revocation;
DROP FUNCTION records_keep_revocations();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0011_revocations")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
