"""Tenants that were there before are counted every night, too (tenants/health.py)."""

from django.db import migrations

COUNT = """
INSERT INTO public.tenants_duework (tenant_id, job, local_time, next_run_at, is_enabled)
SELECT id, 'tenants.health', '03:40', now(), true FROM public.tenants_tenant WHERE kind <> 'operator'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0019_endings")]

    operations = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
