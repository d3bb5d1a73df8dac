"""The functions of support know their caller as those of roll-ups do: by a unique index, however many tenants there are.

They are asked on every page that an administrator opens.
"""

from django.db import migrations

SAME = """
CREATE OR REPLACE FUNCTION public.duly_support_tenant() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT public.duly_caller();
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0021_plans")]

    # Back: the function answers the same either way.
    operations = [migrations.RunSQL(SAME, migrations.RunSQL.noop)]
