"""What was asked about certifying and revoking is decided once, with the row that followed, and stays."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION records_keep_requests() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    before jsonb := to_jsonb(OLD);
    open_columns text[] := CASE
        WHEN TG_OP = 'DELETE' THEN NULL
        WHEN OLD.state = 'waiting' THEN ARRAY['state', 'decided_by_id', 'decided_at', 'decision_note'{outcome}]
        WHEN OLD.state = 'approved' AND before -> 'ended_on' = 'null'
            THEN ARRAY['ended_on', 'ended_by_id', 'ended_at', 'end_reason',
                       'review_on', 'reviewed_by_id', 'reviewed_at', 'review_note']
        WHEN OLD.state = 'approved' AND before -> 'undone_at' = 'null'
            THEN ARRAY['undone_by_id', 'undone_at', 'undo_reason']
        ELSE ARRAY[]::text[] END;
BEGIN
    IF open_columns IS NULL
       OR before - open_columns IS DISTINCT FROM to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION 'What was asked and decided cannot be changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$body$;
"""
TABLES = ("records_certificationrequest", "records_revocationrequest", "records_reinstatementrequest")
KEPT = "".join(
    f"CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON {table} "
    f"FOR EACH ROW EXECUTE FUNCTION records_keep_requests();\n"
    for table in TABLES
)
LET_GO = "".join(f"DROP TRIGGER kept ON {table};\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("records", "0021_asked_and_approved")]

    operations = [
        migrations.RunSQL(
            FUNCTION.replace("{outcome}", ", 'outcome_id'") + KEPT, LET_GO + FUNCTION.replace("{outcome}", "")
        )
    ]
