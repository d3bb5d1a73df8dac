"""The one thing a tenant's role may do to the shared schema: wake a job of its own."""

from django.db import migrations

# The caller is known by the role it has set, never by an argument: a tenant cannot wake another's jobs.
CREATE = """
CREATE FUNCTION public.duly_wake(job_name text, wake_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller text := current_setting('role');
    caller_id bigint;
BEGIN
    SELECT id INTO caller_id FROM public.tenants_tenant WHERE 'r_' || schema_name = caller;
    IF caller_id IS NULL THEN
        RAISE EXCEPTION 'role % is no tenant', caller USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO public.tenants_wakeup (tenant_id, job, due_at, attempts, last_error)
    VALUES (caller_id, job_name, wake_at, 0, '');
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION public.duly_wake(text, timestamptz)")]
