"""What the read-only login may see: counts over all tenants, with no tenant's row and no name among them."""

from django.db import migrations

# Counts of fewer than five tenants are shown as they are: they are the operator's own business, not a person's.
CREATE = """
CREATE VIEW public.duly_figures AS
    SELECT tenant.kind, tenant.status, count(*) AS tenants, coalesce(sum(health.people), 0) AS people,
           coalesce(sum(health.mail_sent), 0) AS mail_sent, coalesce(sum(health.mail_refused), 0) AS mail_refused
    FROM public.tenants_tenant tenant LEFT JOIN public.tenants_tenanthealth health ON health.tenant_id = tenant.id
    WHERE tenant.kind <> 'operator'
    GROUP BY tenant.kind, tenant.status;
CREATE VIEW public.duly_sign_ups_by_day AS
    SELECT (created_at AT TIME ZONE 'UTC')::date AS day, state, count(*) AS sign_ups
    FROM public.tenants_signup GROUP BY 1, 2;
"""
DROP = "DROP VIEW public.duly_figures; DROP VIEW public.duly_sign_ups_by_day"


class Migration(migrations.Migration):
    dependencies = [("tenants", "0017_operators")]

    operations = [migrations.RunSQL(CREATE, DROP)]
