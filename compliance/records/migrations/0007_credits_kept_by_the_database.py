"""A credit stays as it was given: kept by the database."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION records_keep_credits() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'A credit cannot be changed; it can be revoked.'
        USING ERRCODE = 'integrity_constraint_violation';
END
$body$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON records_credit
    FOR EACH ROW EXECUTE FUNCTION records_keep_credits();
"""

BACKWARD = """
DROP TRIGGER kept ON records_credit;
DROP FUNCTION records_keep_credits();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0006_credits")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
