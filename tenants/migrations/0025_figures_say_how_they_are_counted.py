"""A shared figure says whether people in the days of grace are counted as compliant in it.

`duly_rollup_figures` stays for the release before this one, which knows no such column.
"""

from django.db import migrations, models

FUNCTIONS = """
CREATE OR REPLACE FUNCTION public.duly_rollup_publish(p_figures jsonb, p_as_of date, p_at timestamptz)
RETURNS TABLE (sites int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller bigint := public.duly_caller();
    its_month date := date_trunc('month', p_as_of)::date;
    agreed bigint;
    told int := 0;
BEGIN
    IF jsonb_array_length(p_figures) > 1000 THEN
        RAISE EXCEPTION 'more figures than a site has requirements' USING ERRCODE = 'program_limit_exceeded';
    END IF;
    FOR agreed IN SELECT a.id FROM public.tenants_rollupagreement a
                   WHERE a.department_id = caller AND a.state = 'in_force' ORDER BY a.id FOR SHARE LOOP
        DELETE FROM public.tenants_rollupfigure f
         WHERE f.agreement_id = agreed AND (f.month = its_month OR f.month < its_month - interval '36 months');
        INSERT INTO public.tenants_rollupfigure
            (agreement_id, month, as_of, requirement, title, compliant, required, grace_counts, published_at)
        SELECT agreed, its_month, p_as_of, r.requirement, r.title, r.compliant, r.required,
               coalesce(r.grace_counts, false), p_at
          FROM jsonb_to_recordset(p_figures)
            AS r (requirement uuid, title text, compliant int, required int, grace_counts boolean);
        told := told + 1;
    END LOOP;
    RETURN QUERY SELECT told;
END
$$;

CREATE FUNCTION public.duly_rollup_counted(p_agreement uuid)
RETURNS TABLE (agreement uuid, month date, as_of date, requirement uuid, title text, compliant int, required int,
               grace_counts boolean, published_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH me AS MATERIALIZED (SELECT public.duly_caller() AS id)
    SELECT a.public_id, f.month, f.as_of, f.requirement, f.title, f.compliant, f.required, f.grace_counts,
           f.published_at
      FROM me JOIN public.tenants_rollupagreement a ON me.id IN (a.parent_id, a.department_id)
      JOIN public.tenants_rollupfigure f ON f.agreement_id = a.id
      JOIN public.tenants_tenant d ON d.id = a.department_id AND d.status <> 'purged'
     WHERE a.state = 'in_force'
       AND CASE WHEN p_agreement IS NULL THEN a.parent_id = me.id AND f.requirement IS NULL
                ELSE a.public_id = p_agreement END
     ORDER BY f.month DESC, f.requirement IS NOT NULL, f.title, f.id
$$;
"""

# What is published goes on without the word; the column is dropped by the operation before.
BACK = "DROP FUNCTION public.duly_rollup_counted(uuid);"


class Migration(migrations.Migration):
    dependencies = [("tenants", "0024_backups")]

    operations = [
        migrations.AddField("rollupfigure", "grace_counts", models.BooleanField(default=False, db_default=False)),
        migrations.RunSQL(FUNCTIONS, BACK),
    ]
