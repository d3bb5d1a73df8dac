"""Tenants that are on trial already: have the job of their life look at them. New ones wake it when they open."""

from django.db import migrations

WAKE = """
INSERT INTO tenants_wakeup (tenant_id, job, due_at, attempts, last_error)
SELECT NULL, 'tenants.life', now(), 0, ''
 WHERE EXISTS (SELECT FROM tenants_tenant WHERE status IN ('trial', 'past_due'))
"""
SINCE = "UPDATE tenants_tenant SET status_since = created_at WHERE status_since IS NULL"


class Migration(migrations.Migration):
    dependencies = [("tenants", "0007_upgrades")]

    operations = [
        migrations.RunSQL(WAKE, migrations.RunSQL.noop),
        migrations.RunSQL(SINCE, migrations.RunSQL.noop),
    ]
